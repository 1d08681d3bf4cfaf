"""Verdicts of single contrasts, and how often they are false."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cliff_pages import KINDS, drawn_page
from benchmarks.cliff_worlds import Drawn, World, drawn, sure, verdicts
from domains.interval import Interval
from experiments.analysis.cliffs.beside import LEAST_FOUND, Beside
from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.judging import judged
from experiments.measures.value import Value
from scheduler.statistics.intervals import holm, interval, p_value

FALL = Interval.of(-0.3, -0.4, -0.2, 5)
NO_FORM = Value.of(Interval.of(0.0, -0.01, 0.01, 5), 100)
LOST = Value.of(Interval.of(0.3, 0.2, 0.4, 5), 100)
SAME = Value.of(Interval.of(-0.01, -0.05, 0.03, 5), 100)
WIDE = Value.of(Interval.of(-0.2, -0.5, 0.1, 5), 100)
FEW = Value.of(Interval.of(-0.2, -0.3, -0.1, 5), 3)
FIRST = (1, 0, 0)
"""The contrast that holds what is lost."""


@pytest.mark.parametrize(
    "change, p, found, lost, verdict",
    [
        (FALL, 0.01, SAME, NO_FORM, "real_drop"),
        (FALL, 0.01, SAME, LOST, "format_artifact"),
        # Most of the fall is left among what was found: that it is not sure there does not explain it.
        (FALL, 0.01, WIDE, LOST, "real_drop"),
        (FALL, 0.01, FEW, LOST, "real_drop"),
        # Nothing is left to tell by, and the loss of form is as large as the fall.
        (FALL, 0.01, Value.skipped("why"), LOST, "form_lost"),
        (FALL, 0.01, Value.skipped("why"), Value.skipped("why"), "real_drop"),
        (FALL, 0.2, SAME, LOST, "underpowered"),
        (FALL, None, SAME, LOST, "underpowered"),
        (Interval.of(-0.01, -0.04, 0.02, 5), 0.5, SAME, NO_FORM, "noise"),
        (Interval.of(0.2, 0.1, 0.3, 5), 0.01, SAME, NO_FORM, "gain"),
        (Interval.unknown("no seed finished both"), None, SAME, NO_FORM, "underpowered"),
    ],
)
def test_verdicts(change, p, found, lost, verdict):
    assert judged(change, p, Beside(found, lost))[0] == verdict


class Unkept:
    """Answers that were not kept one by one."""

    def answers(self, _):
        return None

    def items(self, _):
        return None


UNKEPT = Unkept()


def binary(before, after):
    found = np.ones_like(before), np.ones_like(after)
    return Drawn((before, after), found)


@pytest.mark.slow
def test_a_whole_arm_without_damage_rarely_holds_a_false_drop():
    rng = np.random.default_rng(4)
    false, runs = 0, 120
    for _ in range(runs):
        cells = {}
        for number in range(12):
            seeds, items = rng.normal(0, 0.02, (5, 1)), rng.normal(0, 0.2, (1, 60))
            cells[str(number)] = seeds + items + rng.normal(0, 0.2, (5, 60))
        sure = holm({name: p_of(change, UNKEPT) for name, change in cells.items()})
        verdicts = [judged(interval({"": cells[name]}), p, Beside(SAME, NO_FORM))[0] for name, p in sure.items()]
        false += "real_drop" in verdicts
    # At most 2.5 % by the theory, for drops are one side of a two-sided 5 %.
    assert false <= 9


def test_a_base_that_luck_left_without_a_wrong_answer_makes_no_sure_fall():
    """Every seed falls from it, by as much as it was lucky, and its items do not show that it was."""
    rng = np.random.default_rng(0)
    pair = binary(np.ones((10, 120, 1)), (rng.random((10, 120, 1)) < 0.98).astype(float))
    assert pair.change.mean() < -0.01
    assert p_value({"": pair.change}) < 0.01
    assert p_of(pair.change, pair) > 0.05
    # What several answers an item are worth is less, and so is what is doubted.
    assert p_of(pair.change, binary(*(np.repeat(each, 4, axis=2) for each in pair.scores))) < 0.05
    # Scores that hardly two answers share have no such luck to hide.
    graded = binary(rng.random((10, 120, 1)), rng.random((10, 120, 1)))
    assert p_of(graded.change, graded) == p_value({"": graded.change})


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "right or wrong, .97 are right",
        "0, .5 or 1, of which .97 are 1",
        "0 in .98, else anything",
        "hardly two alike, .02 are 0",
    ],
)
def test_a_page_of_scores_that_are_mostly_alike_rarely_holds_a_false_change(kind):
    """With few distinct scores, or a gate that nearly all answers fail, and ten seeds, two pages in three held one."""
    rng = np.random.default_rng(2)
    pages = [dict(drawn_page(rng, KINDS[kind], 10, (4, 1))) for _ in range(60)]
    assert sum(bool(sure(pairs)) for pairs in pages) <= 6


def test_all_that_a_page_shows_is_one_family():
    rng = np.random.default_rng(0)
    pairs = drawn(rng, World(samples=4, drop=0.2))
    one = holm({key: p_of(pair.change, pair) for key, pair in pairs.items()})
    many = holm({(arm, *key): p_of(pair.change, pair) for arm in range(3) for key, pair in pairs.items()})
    key = min(one, key=lambda key: one[key])
    assert one[key] == pytest.approx(28 * p_of(pairs[key].change, pairs[key]))
    assert many[0, *key] == pytest.approx(min(1.0, 84 * p_of(pairs[key].change, pairs[key])))


def test_scores_that_never_move_change_nothing():
    still = binary(np.zeros((5, 60, 1)), np.zeros((5, 60, 1)))
    assert p_of(still.change, still) == 1.0
    assert contrast(still.change, still, 1.0).verdict == "noise"
    assert contrast(still.change, still, 1.0).change.ends[0] == 0


@pytest.mark.parametrize("items, verdict", [(40, "underpowered"), (150, "noise")])
def test_few_items_that_are_all_right_do_not_exclude_a_fall(items, verdict):
    """Of 40 items that are all right before and after, .05 of all items like these may be lost: they had an interval
    of no width, and so "surely no fall"."""
    still = binary(np.ones((5, items, 1)), np.ones((5, items, 1)))
    found = contrast(still.change, still, 1.0)
    assert (found.verdict, found.change.estimate, found.change.ends[1]) == (verdict, 0.0, 0.0)


@pytest.mark.parametrize("items, verdict", [(20, "underpowered"), (150, "noise")])
@pytest.mark.parametrize("wobbles", [0, 1])
def test_few_items_that_hardly_move_do_not_exclude_a_fall(items, verdict, wobbles):
    """Half are right, half wrong, and none moved, or one answer of four in one seed. Of 20 items the interval had no
    width, or .02: "surely no fall", though none is drawn of 6 % that every seed loses in 28 % of cases."""
    before = np.repeat((np.arange(items) % 2).astype(float)[None, :, None], 5, axis=0).repeat(4, axis=2)
    after = before.copy()
    after[0, 0, :wobbles] = 1.0
    pair = binary(before, after)
    found = contrast(pair.change, pair, p_of(pair.change, pair))
    assert found.verdict == verdict
    assert found.change.ends[0] <= -2.6 / items


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.02, 0.98])
def test_a_sound_arm_near_the_end_of_the_scale_rarely_holds_a_false_change(level):
    """It held one in 30 of 100."""
    rng = np.random.default_rng(1)
    world = World(level=level, seeds=10)
    assert sum(bool(verdicts(drawn(rng, world))) for _ in range(100)) <= 10


def test_an_ordinary_fall_is_still_found():
    rng = np.random.default_rng(2)
    world = World(samples=4, drop=0.2)
    assert sum(verdicts(drawn(rng, world)).get(FIRST) == "real_drop" for _ in range(30)) >= 28


@pytest.mark.parametrize("drop, form, verdict", [(0.2, 0.3, "real_drop"), (0.0, 0.3, "format_artifact")])
def test_few_answers_an_item_do_not_hide_a_lost_ability_behind_lost_form(drop, form, verdict):
    """With one answer an item and ten seeds no item is found in all of them; then every fall was one of form."""
    rng = np.random.default_rng(3)
    world = World(samples=1, seeds=10, drop=drop, form=form)
    found = [verdicts(drawn(rng, world)).get(FIRST) for _ in range(30)]
    assert found.count(verdict) >= 25


def test_where_hardly_an_answer_is_found_nothing_is_said_of_those():
    rng = np.random.default_rng(4)
    right, there = np.ones((5, 60, 1)), (rng.random((5, 60, 1)) < 0.03).astype(float)
    assert 0 < there.sum() < LEAST_FOUND
    pair = Drawn((right, there), (np.ones_like(right), there))
    told = contrast(pair.change, pair, 0.001)
    assert (told.verdict, told.among_found.status) == ("form_lost", "skipped")
    assert f"fewer than {LEAST_FOUND} answers" in told.among_found.reason
