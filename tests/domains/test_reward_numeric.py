"""domains/rewards/numeric.py"""

import resource
import threading
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.apart.pool import Outcome, ServicePool
from domains.errors import StageError
from domains.rewards import numeric
from domains.rewards.base import Mark
from domains.rewards.numbers import asserted
from domains.rewards.numeric import judge, judge_all, unscorable


def same_number(gold, text, tolerance=0.0):
    mark = judge(gold, text, tolerance)
    assert mark.score in (0, 1)
    return mark.score == 1


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        ("19", "19"),
        ("19", "The answer is 19."),
        ("-3", "10-13=-3"),
        ("-3", "13 - 16 = -3"),
        ("1,234", "1234.0"),
        ("0.5", "1/2"),
        ("1/2", "0.50"),
        ("1/2", r"so it is $\frac{2}{4}$"),
        (r"\frac{1}{2}", "0.5"),
        ("72", r"\boxed{72}"),
        ("x+1", "1 + x"),
        ("2^10", "1024"),
        ("x^2", "x*x"),
        ("48/2 = <<48/2=24>>24.\n#### 72", "He has 48+24=<<48+24=72>>72.\n#### 72"),
        ("$18", "18 dollars"),
        (r"\frac{1}{2}", "The answer is 0.5."),
        (r"\frac{1}{3}", "that makes 1/3!"),
        (r"\boxed{1234}", "about 1,234"),
        (r"\left(1, 2\right)", "(1, 2)"),
        # Signs, powers of ten, mixed numbers.
        ("-5", "\u22125"),
        ("-3", "The result is - 3"),
        ("-1/2", r"-\frac{1}{2}"),
        ("5", "- 4\n- 5"),
        ("100000", "1e5"),
        ("100000", r"1 \times 10^5"),
        ("3.5", "3 1/2"),
        ("1.5", r"1\frac{1}{2}"),
        ("2", r"\frac{4}{2}"),
        # Equal text, powers side by side, powers within powers.
        ("x^2+y^2", "x^2+y^2"),
        ("x^2+y^2", "y^2 + x^2"),
        ("2^{100}", "2^{100}"),
        (str(2**100), r"\boxed{2^{100}}"),
        ("256", "2^{2^3}"),
        ("5!", "120"),
        ("5", "5!"),
        ("no number", "no number"),
        # What stands around an answer.
        ("5", "5 eggs (that is 60%)"),
        ("A: 5", "5"),
        ("5", "A: 5"),
        ("18", "#### 18 ####"),
        ("18", "#### 17\nNo.\n#### 18"),
        ("7", "#### Step 1\n3+4=7\n#### Result\nThe answer is 7."),
        ("42", "The answer is 42. Let me know if the answer is clear."),
        ("42", "The answer is 42 because 6*7 is."),
        ("9", "<think>8?</think><answer>9</answer>"),
        ("3", "I got \\boxed{3}. I hope that the answer is clear: 2 cheers."),
        ("C", "The answer is (C)."),
        # Denied and asserted.
        ("42", "The answer is 42, not 41."),
        ("42", "It is not 41 but 42."),
        ("15", "By day 3, 15 apples were left"),
        # Units, percent.
        ("5 meters", "5 m"),
        ("5 kg", "5 kilograms"),
        ("60%", "60"),
        ("60%", "0.6"),
        ("0.6", "60%"),
        ("1234", "1{,}234"),
        ("45", r"45^\circ"),
        ("1/3", "0.3333333"),
        # Several values.
        ("1, 2, 3", "The roots are 1, 2 and 3."),
        ("(1,2)", r"\boxed{(1, 2)}"),
        (r"\text{Evelyn}", "Evelyn"),
    ],
)
def test_the_same_value(gold, text):
    assert same_number(gold, text)


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        ("19", ""),
        ("19", "nineteen"),
        ("19", "18"),
        ("19", "19 or 20"),
        ("19", "12+7"),
        ("3", "12/4"),
        ("-3", "3"),
        ("-3", "10-3"),
        # A sum that was not carried out is none of its terms either.
        ("3", "10-3"),
        ("7", "12+7"),
        ("4", "12/4"),
        ("x+1", "x+2"),
        (r"\frac{1}{2}", r"\frac{1}{3}"),
        ("5", r"\boxed{"),
        ("5", "1/0"),
        ("no number", "another"),
        ("5", "5" * 5000),
        (r"\boxed{3}", "that is 12/4"),
        (r"\frac{1}{2}", "The answer is 5."),
        # Several to choose from.
        ("20", "19 or 20"),
        ("100", "Possible answers: 1, 2, 99, 100."),
        ("43", r"\boxed{41} \boxed{42} \boxed{43}"),
        ("5", "0,5"),
        ("2", "1, 2"),
        ("D", "The answer is A, B, C, or D."),
        # Denied.
        ("42", "It isn't 42."),
        ("42", "It cannot be equal to 42"),
        ("42", "42 is wrong"),
        ("42", "42 is not the answer."),
        ("42", "The answer is not $42$"),
        (r"\sqrt{2}", r"The answer is not $\sqrt{2}$"),
        # Another thing with the same digits.
        ("(1,2)", "(7, 2)"),
        ("[1,2]", "(1,2)"),
        ("5x", "5"),
        ("7:30", "8:30"),
        ("5 meters", "5 g"),
        ("1 1/2", "11/2"),
        ("1/3", "0.3333"),
        ("0.5", "0.5000001"),
        # Nothing stated.
        ("42", "<think>42"),
        ("42", "<think>42</think>"),
        ("5", r"\boxed{}"),
    ],
)
def test_another_value(gold, text):
    assert not same_number(gold, text)


def test_tolerance_is_relative():
    assert same_number("3.14159", "3.14", tolerance=0.01)
    assert not same_number("3.14159", "3.0", tolerance=0.01)
    assert not same_number("3.14159", "3.14")
    assert same_number(r"\sqrt{2}", "1.4", tolerance=0.02)


HEAVY = ["9^9^9^9", "2**10**10**10", "10^{100000000}", "99999999!", r"\boxed{(x+y+z+w+v+u)^{99}}", r"2^{10^{11}}"]


@pytest.mark.slow
def test_nothing_takes_longer_than_its_limit():
    def spent():
        return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    start = spent()
    marks = judge_all("x+1", [*HEAVY, "x+1"], 0.0, 0.5)
    assert spent() - start < len(HEAVY) * (0.5 + 3)
    assert marks.pop().score == 1
    assert all(mark.score == 0 for mark in marks)
    assert sum(mark.stopped for mark in marks) >= 2
    assert all(mark.parsed is None for mark in marks if mark.stopped)


def test_a_text_that_takes_its_process_with_it_is_stopped_and_a_process_that_cannot_begin_fails_the_stage(monkeypatch):
    monkeypatch.setattr(ServicePool, "run", lambda *_: [Outcome(died="its process was ended by SIGSEGV")])
    assert judge("x+1", "x+2") == Mark(0, None, stopped=True)
    monkeypatch.setattr(ServicePool, "run", lambda *_: [Outcome(failure="ImportError: no sympy")])
    with pytest.raises(StageError, match="math-verify cannot be asked: ImportError: no sympy"):
        judge("x+1", "x+2")


@pytest.mark.parametrize("text", ["7", " 8.0", "so 9", "1e5", r"\frac{1}{2}", "seven", "", "12+7", "7 or 8"])
def test_plain_answers_need_no_other_process(text, monkeypatch):
    monkeypatch.delattr(numeric, "pool_of")
    judge("7", text)
    judge(text, text)


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        (["7", "1/2", "x+1", "(1,2)", "12+7", "A", r"\text{Evelyn}", "#### 5"], None),
        (["7", "nineteen"], "nineteen"),
        (["7", "yes"], "yes"),
        ([r"\boxed{}"], r"\boxed{}"),
        (["It may be 3 or 4, who knows"], "It may be 3 or 4, who knows"),
        ([r"\frac{1}{"], r"\frac{1}{"),
    ],
)
def test_reference_answers_that_hold_no_value_are_named(answers, named):
    assert unscorable(answers, 0.5) == named


def test_it_works_outside_the_main_thread():
    found = []
    worker = threading.Thread(target=lambda: found.append(same_number("x+1", "1+x")))
    worker.start()
    worker.join()
    assert found == [True]


@given(st.integers(-(10**9), 10**9), st.sampled_from(["{}", "so {}.", "= {}", "#### {}", "{:,}", "{}.00"]))
def test_every_whole_number_is_found_however_it_is_dressed(value, dress):
    assert asserted(dress.format(value)).value == Fraction(value)
    assert same_number(str(value), dress.format(value))
    assert not same_number(str(value + 1), dress.format(value))


@given(st.text(alphabet=r"0123456789+-*/^(){}\.,$ x=sqrtfacboxed", max_size=30))
def test_it_never_raises(text):
    assert same_number("x+1", text) in (True, False)
    assert same_number("7", text) in (True, False)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("The answer is 18.", "18"),
        ("10 - 13 = -3", "-3"),
        ("1/2", "1/2"),
        (r"so it is $\frac{3}{4}$", "3/4"),
        (r"\boxed{72}", "72"),
        ("x + 1", "x + 1"),
        ("- 5", "-5"),
        ("3 1/2 cups", "3 1/2"),
        ("12+7", None),
        ("not 7", None),
        ("nineteen", None),
        ("", None),
        (r"\boxed{", None),
        ("\\", None),
    ],
)
def test_what_was_found_does_not_hang_on_the_reference(text, parsed):
    assert judge("7", text) == Mark(0, parsed)
    assert judge(r"\frac{5}{7}", text) == Mark(0, parsed)
