"""The reward that runs a completion's code against its row's tests."""

import pytest
from pydantic import TypeAdapter, ValidationError

from domains.errors import DataError
from domains.example import Example
from domains.rewards import RewardSpec, build_reward, code
from domains.rewards.code import code_of
from tests.support.sandbox import needs_sandbox

SPEC = TypeAdapter(RewardSpec)


def spec(**content):
    return SPEC.validate_python({"type": "code", **content})


def row(**fields):
    return Example(prompt="Write f.", answer="def f(x): return 2 * x", fields=fields)


ROW = row(tests="assert f(1) == 2\nassert f(2) == 4", lines=["assert f(1) == 2", "assert f(3) == 6"])
RIGHT = "Sure:\n```python\ndef f(x):\n    return 2 * x\n```\nIt doubles."
HALF = "def f(x): return 4"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(): pass", "def f(): pass"),
        ("Here:\n```python\na = 1\n```\nDone.", "a = 1\n"),
        ("```\na = 1\n```", "a = 1\n"),
        ("```py\na = 1\n```\nBetter:\n```Python\na = 2\n```", "a = 2\n"),
        ("```python\na = 1\n```\nIt prints\n```text\n1\n```", "a = 1\n"),
        ("```python\na = 1\n", "a = 1\n\n"),
        ("```bash\nls\n```", ""),
        ("```python\ns = '''\n```text\n'''\n```", "s = '''\n```text\n'''\n"),
        ("", ""),
    ],
)
def test_the_last_block_of_python_is_the_code(text, found):
    assert code_of(text) == found


@needs_sandbox
@pytest.mark.parametrize(
    ("asked", "completion", "score"),
    [
        ({"tests": "{tests}"}, RIGHT, 1.0),
        ({"tests": "{tests}"}, HALF, 0.0),
        ({"tests": "{tests}", "score": "share"}, HALF, 0.5),
        ({"tests": "{lines:\n}", "score": "share"}, RIGHT, 1.0),
        ({"tests": "{tests}"}, "", 0.0),
        ({"tests": "{tests}"}, "I cannot.", 0.0),
        ({"tests": "{tests}", "before": "def f(x):\n"}, "    return 2 * x", 1.0),
    ],
)
def test_tests_of_a_row(asked, completion, score):
    mark = build_reward(spec(**asked), [ROW])([completion], ROW)[0]
    assert mark.score == score
    assert (mark.parsed is None) == (not completion)


@needs_sandbox
def test_cases_of_standard_input_and_output():
    many = row(given=["1\n", "5\n"], wanted=["2", "10"])
    asked = {"stdin": "{given}", "stdout": "{wanted}"}
    twice, always = "print(2 * int(input()))  ", "input()\nprint('2 \\n\\n')"
    share = build_reward(spec(**asked, score="share"), [many])
    assert [mark.score for mark in share([twice, always, twice + "\n1/0"], many)] == [1.0, 0.5, 0.0]
    assert [mark.score for mark in build_reward(spec(**asked), [many])([twice, always], many)] == [1.0, 0.0]
    one = row(given="3", wanted="6")
    assert build_reward(spec(**asked), [one])(["print(2 * int(input()))"], one)[0].score == 1.0
    late = row(given=["1", "5"], wanted=["3", "10"])
    assert build_reward(spec(**asked), [late])([twice], late)[0].score == 0.0


@needs_sandbox
def test_a_group_keeps_its_order_and_equal_code_runs_once(monkeypatch):
    ran = []
    monkeypatch.setattr(code, "run_tests", lambda text, *rest: ran.append(text) or _REAL(text, *rest))
    marks = build_reward(spec(tests="{tests}"), [ROW])([HALF, RIGHT, "", RIGHT, HALF], ROW)
    assert [mark.score for mark in marks] == [0, 1, 0, 1, 0]
    assert len(ran) == 2


_REAL = code.run_tests


@needs_sandbox
def test_out_of_time_is_told():
    mark = build_reward(spec(tests="{tests}", seconds=0.5, score="share"), [ROW])(
        ["def f(x):\n    if x > 1:\n        while True: pass\n    return 2 * x"], ROW
    )[0]
    assert (mark.score, mark.parsed, mark.stopped) == (0.0, None, True)


@needs_sandbox
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tests": "assert f(("}, "tests must be Python"),
        ({"tests": "def check(c): assert c(1) == 2"}, "must hold a case.*check"),
        ({"other": 1}, "no such field"),
    ],
)
def test_tests_that_cannot_be_are_told_before_anything_runs(fields, told):
    with pytest.raises(DataError, match=told):
        build_reward(spec(tests="{tests}"), [row(**fields)])


@needs_sandbox
def test_cases_that_do_not_pair_are_told():
    with pytest.raises(DataError, match="equally many cases, there are 2 and 1"):
        build_reward(spec(stdin="{given}", stdout="{wanted}"), [row(given=["1", "2"], wanted=["1"])])


@pytest.mark.parametrize(
    ("content", "told"),
    [({}, "give tests"), ({"tests": "{a}", "stdin": "{b}"}, "give tests"), ({"stdin": "{b}"}, "go together")],
)
def test_one_kind_of_tests(content, told):
    with pytest.raises(ValidationError, match=told):
        spec(**content)


def test_nothing_runs_without_a_sandbox(monkeypatch):
    def missing():
        raise DataError("no bubblewrap")

    monkeypatch.setattr(code, "require_sandbox", missing)
    with pytest.raises(DataError, match="no bubblewrap"):
        build_reward(spec(tests="{tests}"), [ROW])
