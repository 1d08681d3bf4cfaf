"""What is kept of each answer."""

from __future__ import annotations

import pytest

from experiments.measures.details import details
from experiments.measures.variety import distance
from experiments.nodes.details import Details
from experiments.nodes.outputs import Marked, Output


def said(item: str, sample: int, text: str, **more) -> Output:
    return Output(item=item, sample=sample, text=text, count=3, **{"finish": "stop", "nll": 0.5, **more})


def marked(item: str, sample: int, score: float, parsed: str | None) -> Marked:
    return Marked(item=item, sample=sample, score=score, parsed=parsed)


ANSWERS = [said("a", 0, "one two"), said("a", 1, "one two"), said("b", 0, "x", finish="length"), said("b", 1, "")]
MARKS = [marked("a", 0, 1, "1"), marked("a", 1, 1, "1"), marked("b", 0, 0, "x"), marked("b", 1, 0, None)]


def test_answers_stand_item_by_item():
    found = details(
        {"answers": ANSWERS, "references": [Output(item=name, nll=2.0, size=4, count=3) for name in "ab"]}, MARKS
    )
    assert (found.samples, found.items) == (2, 2)
    assert found.scores == (1, 1, 0, 0)
    assert found.found == (True, True, True, False)
    assert found.cut == (False, False, True, False)
    assert found.nll == (0.5,) * 4
    assert (found.reference_nll, found.reference_bytes) == ((2.0, 2.0), (4, 4))
    assert found.distance == (0.0, 1.0)
    assert found.distance_formed == (0.0, None)
    assert found.distinct == (0.5, None)


def test_what_was_not_asked_for_is_none_and_never_zero():
    found = details({"answers": [one.model_copy(update={"nll": None}) for one in ANSWERS]}, MARKS)
    assert (found.nll, found.reference_nll, found.reference_bytes) == (None, None, None)
    single = details({"answers": ANSWERS[::2]}, MARKS[::2])
    assert (single.samples, single.distance, single.distance_formed) == (1, None, None)


def test_two_items_with_the_same_content_are_two_items():
    twice = [said("a", 0, "x"), said("a", 0, "x")]
    assert details({"answers": twice}, [marked("a", 0, 1, "x")] * 2).items == 2


def test_distance_does_not_grow_with_the_number_of_answers():
    assert distance(["ab", "cd"]) == distance(["ab", "cd", "ef", "gh"]) == 1.0
    assert distance(["ab", "ab"]) == 0.0
    assert distance(["ab"]) is None


def test_fields_of_another_length_are_refused():
    with pytest.raises(ValueError, match="one value for each"):
        Details(samples=2, scores=(1, 0, 1, 0), found=(True,) * 3)
