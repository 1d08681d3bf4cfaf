"""The numeric reward against the corpus of reward-doctor 0.2.0: 46 right answers and 37 wrong ones, contested apart."""

from importlib.metadata import version

import pytest
from reward_doctor.corpus import contested, load

from domains.rewards.numeric import judge

CASES = {case.id: case for case in load()}
DISSENT: dict[str, str] = {}
"""Cases that are marked otherwise than the corpus says → why. At most 2 of 83."""
CONTESTED = {
    # A unit that the reference leaves out is no other answer.
    "eq.wrap.units": True,
    # Sets have no order.
    "eq.set.order": True,
    # Without a `tolerance` a shorter decimal is another number.
    "ne.precision": False,
    # The last answer is the one that is claimed.
    "fmt.self_correction": True,
}
"""What the corpus leaves open, as it is decided here: whether the completion is right."""


def test_the_corpus_is_the_one_that_was_looked_at():
    assert version("reward-doctor") == "0.2.0"
    assert (len(CASES), sum(case.expect for case in CASES.values())) == (83, 46)
    assert len(DISSENT) <= 2
    assert CONTESTED.keys() == {case.id for case in contested()}


@pytest.mark.parametrize("name", CASES)
def test_right_answers_score_and_wrong_ones_do_not(name):
    case = CASES[name]
    mark = judge(case.reference, case.completion)
    assert mark.score == float(case.expect != (name in DISSENT)), case.why
    assert not mark.stopped


@pytest.mark.parametrize("case", contested(), ids=lambda case: case.id)
def test_what_is_contested_is_decided(case):
    assert judge(case.reference, case.completion).score == float(CONTESTED[case.id])
