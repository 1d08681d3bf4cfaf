"""experiments/measures/choice.py: the choice by likelihood, corrected for chance, and its probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import softmax

from experiments.measures import choice as measure
from experiments.measures.of_outputs import OutputMeasure, values
from experiments.measures.spec import MeasureSpec
from experiments.nodes.options import OptionsRead
from experiments.nodes.outputs import Output

ITEM = st.lists(st.floats(0, 900), min_size=2, max_size=6).flatmap(
    lambda nll: st.tuples(st.just(tuple(nll)), st.integers(0, len(nll) - 1))
)


def read_of(items: list[tuple[tuple[float, ...], int]], characters: bool = False) -> OptionsRead:
    lengths = tuple(tuple(range(1, len(nll) + 1)) for nll, _ in items) if characters else None
    return OptionsRead(nll=tuple(nll for nll, _ in items), characters=lengths, right=tuple(right for _, right in items))


@given(st.lists(ITEM, min_size=1, max_size=8))
def test_probabilities_are_the_softmax_and_confidence_their_largest(items) -> None:
    read = read_of(items)
    for (nll, _), shares, sure in zip(items, measure.probabilities(read), measure.confidence(read), strict=True):
        assert shares[: len(nll)] == pytest.approx(softmax(-np.array(nll)))
        assert not shares[len(nll) :].any()
        assert 1 / len(nll) <= sure + 1e-12
        assert sure == pytest.approx(max(softmax(-np.array(nll))))


@given(st.lists(ITEM, min_size=1, max_size=8))
def test_of_two_options_brier_over_options_is_twice_that_of_the_confidence(items) -> None:
    pairs = [(nll[:2], min(right, 1)) for nll, right in items]
    read = read_of(pairs)
    sure, right = np.array(measure.confidence(read)), np.array(measure.chosen_right(read))
    assert measure.brier(read) == pytest.approx(2 * (sure - right) ** 2)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_a_guess_among_any_number_of_options_is_0_and_all_right_is_1(size: int) -> None:
    """Each place is right once where the first is always chosen: the mean is chance."""
    nll = (1.0, *[2.0] * (size - 1))
    guessed = read_of([(nll, right) for right in range(size)])
    assert np.mean(measure.chosen_right(guessed)) == pytest.approx(1 / size)
    assert np.mean(measure.above_chance(guessed)) == pytest.approx(0, abs=1e-12)
    assert measure.above_chance(read_of([(nll, 0)])) == (1.0,)


def test_by_length_the_option_with_most_a_character_is_chosen() -> None:
    read = OptionsRead(nll=((4.0, 5.0),), characters=((2, 10),), right=(1,))
    assert measure.chosen_right(read) == (0.0,)
    assert measure.above_chance_by_length(read) == (1.0,)
    assert measure.above_chance_by_length(read.model_copy(update={"characters": None})) is None


def test_of_equally_likely_options_the_first_is_chosen() -> None:
    assert measure.chosen_right(read_of([((2.0, 2.0), 0), ((2.0, 2.0), 1)])) == (1.0, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nll": ((1.0,),), "characters": None, "right": (0,)},
        {"nll": ((1.0, 2.0),), "characters": None, "right": (2,)},
        {"nll": ((1.0, 2.0),), "characters": None, "right": ()},
        {"nll": ((1.0, 2.0),), "characters": ((1, 2, 3),), "right": (0,)},
    ],
)
def test_what_is_kept_is_whole(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="each item must have"):
        OptionsRead.model_validate(wrong)


def test_a_new_measure_of_recorded_options_has_a_value_an_item() -> None:
    """Items have as many options as they like: each begins with its first."""
    spread = OutputMeasure(
        MeasureSpec("spread", "nats", "largest less smallest", "profile", "logits", "A"),
        lambda rows: max(row.nll or 0 for row in rows) - min(row.nll or 0 for row in rows),
        needs="options",
    )
    rows = [
        Output(item=item, sample=at, nll=nll, count=1)
        for item, each in (("a", (1.0, 4.0)), ("b", (2.0, 2.5, 9.0)), ("c", (3.0, 3.0)))
        for at, nll in enumerate(each)
    ]
    assert values(spread, rows) == (3.0, 7.0, 0.0)
