"""The audit tells data that keep the assumptions from data that break them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from curricula.schema import ScheduleSpec
from scheduler.audit import MeasuredOrder, audit, measured_orders, rank_correlations
from scheduler.planner import make_plan
from scheduler.transfer import measure_transfer
from tests.support.scheduler import NAMES, make_curriculum, measure

BASE = np.full(3, 0.3)
B = np.array([[0.3, -0.1, 0.05], [0.02, 0.3, -0.15], [0.0, 0.08, 0.3]])
ORDERS = tuple(itertools.permutations(NAMES[:3]))


def audited(m, spec=None):
    plan = make_plan(m, make_curriculum(m.domains), {}, resamples=100)
    return audit(plan, measure_transfer(m, resamples=100), m, spec)


def shifted(m, amount, wanted):
    """Adds `amount` to the domains that `wanted` names for each two-stage path."""
    scores = dict(m.scores)
    for path in [path for path in scores if len(path) == 2]:
        scores[path] = tuple(
            block + amount * (name in wanted(path)) for name, block in zip(m.domains, scores[path], strict=True)
        )
    return replace(m, scores=scores)


def test_data_that_keep_the_assumptions_pass():
    found = audited(measure(BASE, B, orders=ORDERS, noise=(0.01, 0.1)))
    assert found.pairs == 6
    assert found.saturation.sign == 0
    assert found.constancy < 2 * found.constancy_null
    assert found.orders == 6
    assert found.spearman > 0.7 and found.kendall > 0.5


def test_own_stages_that_do_not_saturate_are_reported():
    m = measure(BASE, B, orders=ORDERS, noise=(0.002, 0.02))
    found = audited(shifted(m, 0.2, lambda path: path[1:]))
    assert found.saturation.estimate == pytest.approx(0.2, abs=0.02)
    assert found.saturation.sign > 0
    assert any("does not saturate" in note and "higher" in note for note in found.notes)


def test_effects_that_change_are_reported():
    m = measure(BASE, B, orders=ORDERS, noise=(0.002, 0.02))
    found = audited(shifted(m, 0.2, lambda path: path[:1]))
    assert found.constancy > 5 * found.constancy_null
    assert any("not constant" in note for note in found.notes)


def test_without_depth_two_nothing_is_claimed():
    found = audited(measure(BASE, B))
    assert (found.pairs, found.orders) == (0, 0)
    assert found.saturation.missing == "no two-stage path was measured"
    assert (found.saturation.estimate, found.constancy, found.constancy_null, found.spearman) == (None,) * 4
    assert len(found.notes) == 3


def test_two_orders_are_too_few_for_a_correlation():
    found = audited(measure(BASE, B, orders=ORDERS[:2]))
    assert found.orders == 2
    assert found.spearman is None and found.kendall is None
    assert any("2 full orders" in note for note in found.notes)


def test_constant_totals_have_no_correlation():
    found = audited(measure(BASE, np.eye(3) * 0.2, orders=ORDERS))
    assert found.orders == 6
    assert found.spearman is None
    assert any("tied" in note for note in found.notes)


def test_predicted_equals_measured_where_the_model_holds_exactly():
    m = measure(BASE, B, orders=ORDERS)
    for order in measured_orders(NAMES[:3], measure_transfer(m, resamples=10), m):
        assert order.predicted == pytest.approx(order.measured, abs=1e-9)


def test_rank_correlations_by_hand():
    orders = [MeasuredOrder((), p, q) for p, q in ((1, 1), (2, 3), (3, 2), (4, 4))]
    assert rank_correlations(orders) == pytest.approx((0.8, 2 / 3))


def test_departures_from_plain_stages_are_named():
    spec = ScheduleSpec(composition="cumulative", lr_decay=0.5)
    (note,) = [n for n in audited(measure(BASE, B), spec).notes if "departs" in n]
    assert "cumulative" in note and "decay" in note and "replay" not in note


def test_predictions_outside_the_scale_are_named():
    found = audited(measure(np.full(3, 0.9), B))
    assert any("outside [0, 1]" in note for note in found.notes)
