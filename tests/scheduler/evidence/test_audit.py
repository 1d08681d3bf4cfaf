"""The audit tells data that keep the assumptions from data that break them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from curricula.schema import ScheduleSpec
from scheduler.evidence.audit import audit
from scheduler.planning.planner import make_plan
from tests.support.scheduler import NAMES, make_curriculum, measure

BASE = np.full(3, 0.3)
B = np.array([[0.3, -0.1, 0.05], [0.02, 0.3, -0.15], [0.0, 0.08, 0.3]])
ORDERS = tuple(itertools.permutations(NAMES[:3]))


def audited(m, spec=None):
    plan = make_plan(m, make_curriculum(m.domains), {}, resamples=100)
    return audit(plan, m, spec)


def shifted(m, amount, wanted):
    """Adds `amount` to the domains that `wanted` names for each two-stage path."""
    scores = dict(m.scores)
    for path in [path for path in scores if len(path) == 2]:
        scores[path] = tuple(
            block + amount * (name in wanted(path)) for name, block in zip(m.domains, scores[path], strict=True)
        )
    return replace(m, scores=scores)


def test_data_that_keep_the_assumptions_pass_and_what_would_have_been_seen_is_told():
    found = audited(measure(BASE, B, orders=ORDERS, noise=(0.01, 0.1)))
    assert (found.pairs, found.saturation.cells, found.constancy.cells) == (6, 6, 12)
    assert found.gap.sign == 0
    for one in (found.saturation, found.constancy):
        assert one.p > 0.05 and not one.sure
        assert 0 < one.detectable < 0.1
    assert any("No sign that transfer changes" in note and "would have been seen" in note for note in found.notes)
    assert any("saturate as far as can be seen" in note for note in found.notes)


def test_exact_data_that_keep_the_assumptions_are_no_departure_by_rounding():
    found = audited(measure(BASE, B, orders=ORDERS))
    assert (found.saturation.size, found.saturation.p) == (0, 1)
    assert (found.constancy.size, found.constancy.p) == (0, 1)


def test_own_stages_that_do_not_saturate_are_reported():
    m = measure(BASE, B, orders=ORDERS, noise=(0.002, 0.02))
    found = audited(shifted(m, 0.2, lambda path: path[1:]))
    assert found.saturation.size == pytest.approx(0.2, abs=0.02)
    assert found.saturation.sure
    assert found.gap.sign > 0
    assert any("do not saturate" in note and "higher" in note for note in found.notes)


def test_gaps_whose_signs_cancel_are_seen():
    """Their mean is 0; before, it was the test."""
    m = measure(BASE[:2], B[:2, :2], orders=(NAMES[:2], NAMES[1::-1]), noise=(0.002, 0.02))
    up, down = shifted(m, 0.1, lambda path: path[1:2] * (path[1] == NAMES[0])), -0.1
    found = audited(shifted(up, down, lambda path: path[1:2] * (path[1] == NAMES[1])))
    assert found.gap.value == pytest.approx(0, abs=0.02)
    assert found.saturation.size == pytest.approx(0.1, abs=0.02)
    assert found.saturation.sure


def test_effects_that_change_are_reported():
    m = measure(BASE, B, orders=ORDERS, noise=(0.002, 0.02))
    found = audited(shifted(m, 0.2, lambda path: path[:1]))
    assert found.constancy.size > 5 * found.constancy.noise
    assert found.constancy.sure
    assert any("not constant" in note for note in found.notes)


def test_changes_as_large_as_the_effects_are_seen_with_three_seeds():
    """The rule that size be more than twice what noise gives never fired here."""
    rng = np.random.default_rng(1)
    m = measure(BASE, B, orders=ORDERS, noise=(0.02, 0.2))
    scores = dict(m.scores)
    for path in [path for path in scores if len(path) == 2]:
        scores[path] = tuple(
            block + rng.normal(0, 0.1) * (name != path[1]) for name, block in zip(m.domains, scores[path], strict=True)
        )
    assert audited(replace(m, scores=scores)).constancy.sure


def test_without_depth_two_nothing_is_claimed():
    found = audited(measure(BASE, B))
    assert (found.pairs, found.orders, found.rank) == (0, 0, None)
    assert found.saturation.missing == found.constancy.missing == "no two-stage path was measured"
    assert (found.gap.estimate, found.saturation.p, found.constancy.p) == (None,) * 3
    assert len(found.notes) == 2


def test_one_seed_cannot_tell_a_change_from_luck():
    found = audited(measure(BASE, B, orders=ORDERS, seeds=1, noise=(0.01, 0.1)))
    assert (found.saturation.p, found.constancy.p) == (None, None)
    assert any("one seed cannot tell" in note for note in found.notes)


def test_the_rank_among_all_orders_is_told_where_all_were_run():
    m = measure(BASE, B, orders=ORDERS)
    plan = make_plan(m, make_curriculum(m.domains), {}, resamples=100)
    best, worst = audit(plan, m), audit(plan.model_copy(update={"order": plan.order[::-1]}), m)
    assert (best.rank, best.orders) == (1, 6)
    assert worst.rank == 6


def test_some_orders_give_no_rank():
    found = audited(measure(BASE, B, orders=ORDERS[:5]))
    assert (found.rank, found.orders) == (None, 5)


def test_departures_from_plain_stages_are_named():
    spec = ScheduleSpec(composition="cumulative", lr_decay=0.5)
    (note,) = [n for n in audited(measure(BASE, B), spec).notes if "departs" in n]
    assert "cumulative" in note and "decay" in note and "replay" not in note


def test_predictions_outside_the_scale_are_named():
    found = audited(measure(np.full(3, 0.9), B))
    assert any("outside [0, 1]" in note for note in found.notes)
