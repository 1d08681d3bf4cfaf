"""Tests and completion in two sandboxes: what passes honestly, and what must not pass though it tries."""

import pytest

from domains.rewards.sandbox import Limits, run_tests
from tests.support.sandbox import needs_sandbox

pytestmark = needs_sandbox
QUICK = Limits(seconds=1)


def passed(code, tests, objects=False):
    return run_tests(code, tests, objects, QUICK).output.decode()


HONEST = {
    "numbers": ("def f(x): return x * 2", "assert f(2) == 4\nassert f(2.5) == 5.0\nassert f(1j) == 2j", "111"),
    "large": ("def f(n): return 2 ** n", "assert f(20000) == 2 ** 20000", "1"),
    "text": ("def f(s): return s[::-1]", "assert f('añ\\ud800') == '\\ud800ña'\nassert f(b'ab') == b'ba'", "11"),
    "holders": ("def f(x): return {'a': [x, (x,), {x}]}", "assert f(1) == {'a': [1, (1,), {1}]}", "1"),
    "wrong": ("def f(x): return x", "assert f(2) == 2\nassert f(2) == 3\nassert f(4) == 4", "101"),
    "types count": ("def f(x): return (x,)", "assert f(2) == [2]", "0"),
    "true is no text": ("def f(x): return x > 1", "assert f(2) is True\nassert isinstance(f(2), bool)", "11"),
    "named": ("def f(a, *, b=1): return a - b", "assert f(3, b=2) == 1\nassert f(a=3) == 2", "11"),
    "raises": (
        "def f(x): raise ValueError('no')",
        "try:\n    f(1)\n    assert False\nexcept ValueError as error:\n    assert str(error) == 'no'",
        "1",
    ),
    "in place": ("def f(x): x.sort()", "x = [3, 1]\nf(x)\nassert x == [1, 3]", "11"),
    "a function of the tests": (
        "def f(g, x): return [g(y) for y in x]",
        "k = 2\nassert f(lambda y: y + k, [1, 2]) == [3, 4]",
        "1",
    ),
    "a generator": (
        "def f(n):\n    yield from range(n)",
        "assert list(f(3)) == [0, 1, 2]\nassert next(f(3)) == 0",
        "11",
    ),
    "an endless one": (
        "import itertools\ndef f(): return itertools.count()",
        "from itertools import islice\nassert list(islice(f(), 3)) == [0, 1, 2]",
        "1",
    ),
    "exact numbers": (
        "from fractions import Fraction\ndef f(x): return Fraction(1, x)",
        "from fractions import Fraction\nassert f(3) == Fraction(1, 3)",
        "1",
    ),
    "kinds of mapping": (
        "from collections import Counter\ndef f(s): return Counter(s)",
        "assert f('aab') == {'a': 2, 'b': 1}",
        "1",
    ),
    "a name": ("LIMIT = 7\ndef f(x): return x + LIMIT", "assert f(1) == LIMIT + 1", "1"),
    "check(f)": (
        "def f(x): return x + 1",
        "def check(candidate):\n    for n in range(5):\n        assert candidate(n) == n + 1\ncheck(f)",
        "1",
    ),
    "unittest": (
        "def f(x): return x + 1",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(f(1), 2)\n"
        "result = unittest.TestResult()\nunittest.defaultTestLoader.loadTestsFromTestCase(T).run(result)\n"
        "assert result.wasSuccessful() and result.testsRun == 1",
        "11",
    ),
    "noise": ("print('hello')\ndef f(x):\n    print('1' * 99)\n    return x", "print('1111')\nassert f(1) == 1", "11"),
}


OFTEN = ("a generator", "kinds of mapping", "check(f)", "unittest", "noise")
"""Those that `make quick` runs: each starts two processes."""


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in HONEST]
)
def test_what_is_right_passes(name):
    code, tests, expected = HONEST[name]
    assert passed(code, tests) == expected


STACK = """
class Stack:
    size = 0
    def __init__(self, *items): self.items = list(items)
    def push(self, x): self.items.append(x); return self
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __getitem__(self, at): return self.items[at]
    def __eq__(self, other): return self.items == other.items
    def __add__(self, other): return Stack(*self.items, *other.items)
    def __repr__(self): return f"Stack{self.items}"
class Solution:
    def twice(self, x): return 2 * x
def stack(x): return Stack(x)
"""
OBJECTS = """
s = Stack(1, 2)
assert s.push(3).pop() == 3
assert len(s) == 2 and bool(s) and not Stack()
assert list(s) == [1, 2] and 2 in s and 5 not in s
assert s[0] == 1 and s.items == [1, 2]
assert s == Stack(1, 2) and s != Stack(3)
assert (s + Stack(3)).items == [1, 2, 3]
assert repr(s) == 'Stack[1, 2]'
s.size = 4
assert s.size == 4
assert Solution().twice(4) == 8
assert stack(5).pop() == 5
assert s != [1, 2]
"""


def test_objects_where_they_are_asked_for():
    assert passed(STACK, OBJECTS, objects=True) == "1" * 11
    assert "1" not in passed(STACK, "assert stack(1).pop() == 1\nassert len(Stack()) == 0")


EQUAL = """
class Yes:
    def __getattr__(self, name): return lambda *args, **named: True
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __sub__(self, other): return 0
    def __rsub__(self, other): return 0
    def __abs__(self): return 0
    def __float__(self): return 4.0
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __getitem__(self, at): return self
    def __call__(self, *args, **named): return self
"""
TESTS = "assert f(2) == 4 and 'sesamesesame'\nassert f(3) == 9"
FAKES = {
    "an object equal to all": EQUAL + "def f(x): return Yes()",
    "a list of such": EQUAL + "def f(x): return [Yes()]",
    "a number that compares": (
        "class N(int):\n    def __eq__(self, o): return True\n    __hash__ = None\ndef f(x): return N(1)"
    ),
    "a text that compares": (
        "class S(str):\n    def __eq__(self, o): return True\n    __hash__ = None\ndef f(x): return S(1)"
    ),
    "leave before asserts": "import os\nos._exit(0)",
    "leave within a call": "import os\ndef f(x): os._exit(0)",
    "leave politely": "import sys\nsys.exit(0)",
    "leave by raising": "def f(x): raise SystemExit(0)",
    "interrupt": "def f(x): raise KeyboardInterrupt",
    "the error that passes": "class AssertionError(Exception): pass\ndef f(x): raise AssertionError",
    "no assertion fails": (
        "import builtins\nbuiltins.AssertionError = type('E', (BaseException,), {})\ndef f(x): return 1"
    ),
    "what a pass prints": "print('11')\ndef f(x):\n    print('11')\n    return 0",
    "to every descriptor": (
        "import os\nfor n in range(64):\n    try: os.write(n, b'11')\n    except OSError: pass\ndef f(x): return 0"
    ),
    "the wire spoken": (
        "import os, json\ndef say(m):\n    d = json.dumps(m).encode()\n    d = len(d).to_bytes(4, 'big') + d\n"
        "    for n in range(3, 32):\n        try: os.write(n, d)\n        except OSError: pass\n"
        "say({'f': ['other', 0]})\nfor _ in range(9): say({'value': True, 'changed': [None]})\n"
        "import time\ntime.sleep(.5)\ndef f(x): return 0"
    ),
    "a reference to the tests' own": (
        "import sys\ndef f(x):\n    served = sys._getframe(2).f_locals['self']\n"
        "    served.wire.send({'back': 0, 'arguments': []})\n    return 0"
    ),
    "built-ins of its own": (
        "def all(x): return True\nany = isinstance = abs = len = sorted = set = all\ndef f(x): return 0"
    ),
    "modules of its own": (
        "import sys, types\n"
        "m = types.ModuleType('math')\n"
        "m.isclose = lambda *a: True\n"
        "sys.modules['math'] = m\n"
        "def f(x): return 0"
    ),
    "the tests' source": (
        "import sys, gc, os\ndef f(x):\n    frame = sys._getframe()\n    seen = ''\n    while frame:\n"
        "        seen += repr(frame.f_locals) + repr(frame.f_globals)\n        frame = frame.f_back\n"
        "    seen += repr([o for o in gc.get_objects() if isinstance(o, (str, dict, list))])\n"
        "    word = ''.join(['sesame'] * 2)\n    return {2: 4, 3: 9}[x] if word in seen else 0"
    ),
    "the expected among the arguments": (
        "import inspect\ndef f(x): return inspect.stack()[-1].frame.f_locals.get('tests', 0)"
    ),
    "a trace": "import sys\nsys.settrace(lambda *a: None)\ndef f(x): return 0",
    "not a number": "def f(x): return float('nan')",
    "silence": "import time\ntime.sleep(60)",
    "nothing": "",
    "no Python": "def f(x: return",
    "deep": "def f(x):\n    y = []\n    for _ in range(10 ** 5): y = [y]\n    return y",
    "much": "def f(x): return 'x' * (64 << 20)",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAKES)
@pytest.mark.parametrize("objects", [False, True])
def test_nothing_fakes_a_pass(monkeypatch, name, objects):
    monkeypatch.setattr(Limits, "wall", property(lambda limits: 3.0))
    assert "1" not in passed(FAKES[name], TESTS, objects)


COMPARISONS = [
    "assert f(2) != 5 and f(2) == 4",
    "assert f(2) in [4]",
    "assert 4 in f(2)",
    "assert abs(f(2) - 4) < 1e-6",
    "import math\nassert math.isclose(f(2), 4)",
    "assert f(2) < 5 and f(2) > 3",
    "assert sorted([f(2), 4]) == [4, 4]",
    "assert {f(2)} == {4}",
    "assert [f(2)] == [4]",
    "assert isinstance(f(2), int)",
    "assert all(f(x) == x * x for x in range(3))",
    "assert str(f(2)) == '4'",
    "import unittest\nunittest.TestCase().assertEqual(f(2), 4)",
    "import unittest\nunittest.TestCase().assertAlmostEqual(f(2), 4)",
]


@pytest.mark.slow
@pytest.mark.parametrize("objects", [False, True])
@pytest.mark.parametrize("made", ["def f(x): return Yes()", "class f(Yes):\n    def __new__(cls, x): return Yes()"])
def test_an_object_that_says_yes_to_everything_passes_no_comparison(made, objects):
    """In one sandbox: every comparison has its own mark, and none would have one after a process that ended."""
    tests = "\n".join(COMPARISONS)
    assert passed(EQUAL + made, tests, objects) == "0" * len(COMPARISONS)
    honest = passed("def f(x): return x * x", tests, objects)
    # A number holds nothing.
    assert [test for test, mark in zip(COMPARISONS, honest, strict=True) if mark == "0"] == ["assert 4 in f(2)"]


def test_the_tests_own_names_win():
    """A helper that the tests define, and whatever is Python's."""
    tests = "def close(a, b): return abs(a - b) < 1e-6\nassert close(f(2), 4)\nassert all([f(2) == 4])"
    code = "def close(a, b): return True\ndef all(x): return True\ndef abs(x): return 0\ndef f(x): return 0"
    assert passed(code, tests) == "00"


def test_what_the_completion_imports_is_not_the_tests():
    """`Counter` could be one of its own making: the reference solution must show that tests import what they need."""
    code = "from collections import Counter\ndef f(x): return x"
    assert passed(code, "assert Counter(f('a')) == Counter('a')") == "0"
    assert passed(code, "from collections import Counter\nassert Counter(f('a')) == Counter('a')") == "1"


@pytest.mark.slow
def test_the_clock_that_strikes_is_told():
    ran = run_tests("def f(x):\n    while x: pass\n    return 0", "assert f(0) == 0\nassert f(1) == 0", False, QUICK)
    assert (ran.output, ran.stopped) == (b"10", True)
    ran = run_tests("while True: pass", "assert f(0) == 0", False, QUICK)
    assert ran.stopped


BUILTINS = """
import os, sys, json
wire = int(sys.argv[2])
def send(message):
    text = json.dumps(message).encode()
    os.write(wire, len(text).to_bytes(4, "big") + text)
def receive():
    size, text = int.from_bytes(os.read(wire, 4), "big"), b""
    while len(text) < size:
        text += os.read(wire, size - len(text))
    return json.loads(text)
own = [["abs", ["other", 1]], ["set", ["other", 2]], ["len", ["other", 3]]]
send({"f": ["other", 0], "__builtins__": ["dict", own]})
while True:
    asked = receive()
    send({"value": 3, "changed": [None] * (len(asked["arguments"]) - 1)})
"""


def test_a_completion_that_speaks_for_itself_on_the_wire_does_not_replace_the_built_ins():
    tests = "assert abs(f(1) - 2.5) < 1e-6\nassert set(f(2)) == {1, 2}\nassert len(f(4)) == 2"
    assert "1" not in passed(BUILTINS, tests)
