"""Which of all answers a person is shown."""

from __future__ import annotations

import pytest

from experiments.analysis.completions.choose import by_item, choose, cut
from experiments.analysis.completions.model import EACH, LENGTHS
from experiments.nodes.outputs import Marked, Output
from tests.support.said import answers, items


def places(found, name, against):
    (group,) = [one for one in found.groups if (one.name, one.against) == (name, against)]
    return group.count, [int(one.prompt[1:]) for one in group.shown]


def single(*scores):
    return [[score] for score in scores]


def test_structured_items_are_lost_and_won_by_being_right():
    data = items(6)
    said = {
        "base": answers(data, single(1, 1, 0, 0, 0.4, 0.6)),
        "joint": answers(data, single(0, 1, 1, 0, 0.4, 0.6)),
        "plan": answers(data, single(0, 1, 1, 0, 0.3, 1)),
    }
    found = choose("structured", 3, data, said, "plan")
    assert (found.seed, found.items) == (3, 6)
    assert places(found, "lost", "base") == (1, [0])
    assert places(found, "won", "base") == (1, [2])
    assert places(found, "lost", "joint") == places(found, "won", "joint") == (0, [])
    assert places(found, "best", None) == (6, [1, 2, 5])
    assert places(found, "worst", None) == (6, [0, 3, 4])
    assert [one.model for one in found.groups[0].shown[0].answered] == ["base", "joint", "plan"]


def test_creative_items_are_ranked_by_how_much_their_score_changed():
    data = items(4)
    said = {
        "base": answers(data, [[0.9, 0.7], [0.5, 0.5], [0.2, 0.4], [0.6, 0.6]]),
        "plan": answers(data, [[0.7, 0.7], [0.5, 0.5], [0.9, 0.3], [0.1, 0.3]]),
    }
    found = choose("creative", 0, data, said, "plan")
    assert places(found, "lost", "base") == (2, [3, 0])
    assert places(found, "won", "base") == (1, [2])
    (group,) = [one for one in found.groups if one.name == "won"]
    assert [(one.text, one.score) for one in group.shown[0].answered[1].answers] == [("said 0", 0.9), ("said 1", 0.3)]
    assert group.shown[0].answered[1].score == pytest.approx(0.6)


def test_no_more_is_shown_than_the_bounds_allow():
    data = items(50, "x" * 3000)
    found = choose("structured", 0, data, {"plan": answers(data, [[0.0] * 9] * 50, "y" * 5000)}, "plan")
    for group in found.groups:
        assert len(group.shown) == EACH
        for item in group.shown:
            (one,) = item.answered
            assert len(one.answers) == 2
            for name, text in (("prompt", item.prompt), ("reference", item.reference), ("text", one.answers[0].text)):
                assert len(text) <= LENGTHS[name] + 40


def test_long_texts_keep_beginning_and_end():
    text = "begin" + "x" * 1000 + "end"
    assert cut(text, 30) == f"begin{'x' * 15} […978 characters…] {'x' * 7}end"
    assert cut("short", 30) == "short"


def test_marks_of_other_answers_are_refused():
    with pytest.raises(ValueError, match="a mark of b stands beside an answer to a"):
        by_item([Output(item="a", count=1)], [Marked(item="b", score=1.0, parsed=None)])
