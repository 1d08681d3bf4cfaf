"""Plans within the curriculum's constraints: planted truths in which the best order breaks them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.analysis.sentences.plan_words import plan_lines
from scheduler.measurements import Measurements
from scheduler.planning.planner import make_plan
from tests.support.properties import examples
from tests.support.scheduler import make_curriculum, matrix, measure, permuted

THREE = ("sums", "sort", "stories")
HARM = matrix(
    {
        "sums": {"sums": 0.3, "sort": -0.05, "stories": -0.2},
        "sort": {"sort": 0.3, "stories": -0.02},
        "stories": {"stories": 0.3, "sums": -0.3},
    },
    THREE,
)
"""Stories harm sums more than sums harm stories: without limits stories come first, and lose 0.22."""
FALLS = matrix({"sums": {"stories": -0.4}, "sort": {"stories": -0.1}, "stories": {"stories": 0.2}}, THREE)
"""What training does to entropy: structured domains take it from stories."""


def measured(transfer=HARM, entropy: np.ndarray | None = FALLS, noise=(0.0, 0.0), rng=0) -> Measurements:
    found = measure(np.full(3, 0.5), transfer, THREE, noise=noise, rng=rng)
    if entropy is None:
        return found
    return replace(found, entropy=measure(np.ones(3), entropy, THREE, noise=noise, rng=rng + 1))


def plan_of(m: Measurements, constraints: dict | None = None, **schedule):
    spec = {**schedule, **({"constraints": constraints} if constraints else {})}
    return make_plan(m, make_curriculum(m.domains, schedule=spec), {}, resamples=300)


def test_without_constraints_the_plan_says_nothing_of_them():
    plan = plan_of(measured())
    assert plan.order.index("stories") < plan.order.index("sums")
    assert plan.constraints is None
    assert "constraints" not in plan.model_dump(mode="json")


def test_the_order_that_loses_too_much_makes_way_for_the_best_that_does_not():
    free, plan = plan_of(measured()), plan_of(measured(), {"loss": {"stories": 0.1}})
    assert plan.order.index("sums") < plan.order.index("stories")
    assert plan.constraints.free == free.order
    assert plan.constraints.broken == ()
    (only,) = plan.constraints.limits
    last = plan.order[-1] == "stories"
    assert only.predicted.value == pytest.approx(0.0 if last else 0.02, abs=1e-9)
    assert (only.kept, plan.constraints.kept) == (1.0, 1.0)
    assert plan.constraints.cost.value == pytest.approx(free.total - plan.total)
    assert plan.constraints.cost.value > 0
    runner_up = plan.runner_up.order
    assert runner_up.index("sums") < runner_up.index("stories")
    assert plan.worth is not None
    assert plan.worth.regret == pytest.approx(0)
    told = "\n".join(plan_lines(plan))
    assert "Limits: the only one is predicted to be kept (100 % that it is)." in told
    assert "below the best order that keeps to the limits as it does." in told
    assert f"without them the order would be {' → '.join(free.order)}" in told


def test_a_loss_that_no_order_avoids_is_told_and_is_the_least():
    plan = plan_of(measured(), {"loss": 0.05})
    # Sums last would take 0.2 from stories, stories last 0.3 from sums.
    assert plan.order.index("stories") < plan.order.index("sums")
    broken = {one.domain: one for one in plan.constraints.broken}
    assert set(broken) == {"stories"}
    assert broken["stories"].excess == pytest.approx(broken["stories"].predicted.value - 0.05)
    assert broken["stories"].kept == 0
    line = next(line for line in plan_lines(plan) if line.startswith("NO ORDER IS PREDICTED TO KEEP ALL LIMITS"))
    assert "loss of stories" in line and "of at most 0.050, kept with 0 %" in line


def test_an_entropy_floor_puts_the_creative_domain_before_what_takes_it():
    m = measured(transfer=-HARM + 2 * np.diag(np.diag(HARM)))
    free, plan = plan_of(m), plan_of(m, {"entropy": 0.8})
    assert free.order.index("sums") < free.order.index("stories")
    assert plan.order.index("stories") < plan.order.index("sums")
    (only,) = plan.constraints.limits
    assert (only.measure, only.domain) == ("entropy", "stories")
    after_sort = plan.order.index("sort") < plan.order.index("stories")
    assert only.predicted.value == pytest.approx(0.9 if after_sort else 1.0)


def test_entropy_that_was_not_measured_limits_nothing():
    m = measured(entropy=None)
    assert plan_of(m, {"entropy": 0.8}).constraints is None
    assert plan_of(m, {"entropy": 0.8}).order == plan_of(m).order


def test_limits_that_leave_one_order_leave_no_runner_up_and_still_a_worth():
    m = measured(
        matrix({"sums": {"sums": 0.3, "sort": -0.2, "stories": -0.2}, "sort": {"sort": 0.3, "stories": -0.2}}, THREE)
    )
    plan = plan_of(m, {"loss": 0.1})
    assert plan.order == ("sums", "sort", "stories")
    assert plan.runner_up is None
    assert plan.margin.missing == "no other order keeps to the limits as it does"
    assert plan.worth is not None
    assert plan.win_rate == 1.0


def test_a_domain_that_is_left_out_has_no_limit():
    plan = plan_of(measured(), {"loss": 0.1}, leave_out=["stories"])
    assert {one.domain for one in plan.constraints.limits} == {"sums", "sort"}
    assert plan.constraints.broken == ()


def test_bwt_entropy_keeps_limits_too():
    free, plan = (plan_of(measured(), some, order="bwt_entropy") for some in (None, {"loss": {"stories": 0.1}}))
    assert free.order.index("stories") < free.order.index("sums")
    assert plan.order.index("sums") < plan.order.index("stories")


def test_noise_makes_it_unsure_whether_a_limit_is_kept():
    plan = plan_of(measured(noise=(0.03, 0.1)), {"loss": {"stories": 0.2}, "entropy": 0.6})
    assert all(0 < one.kept <= 1 for one in plan.constraints.limits)
    assert any(one.kept < 1 for one in plan.constraints.limits)
    assert all(one.predicted.low < one.predicted.value < one.predicted.high for one in plan.constraints.limits)
    assert plan.constraints.kept <= min(one.kept for one in plan.constraints.limits)


@given(st.integers(0, 1000), st.sampled_from([0.5, 0.8, 0.95]))
@examples(20)
def test_what_is_not_told_as_broken_is_kept_as_surely_as_asked(rng, sure):
    transfer = np.random.default_rng(rng).normal(0, 0.1, (3, 3))
    plan = plan_of(measured(transfer, noise=(0.02, 0.1), rng=rng), {"loss": 0.05, "entropy": 0.8, "sure": sure})
    for one in plan.constraints.limits:
        # The probability is told from 300 draws.
        assert (one.kept > sure - 0.1) if not one.excess else (one.kept < sure + 0.1)
    assert plan.constraints.sure == sure


@pytest.mark.slow
@given(st.permutations(range(3)), st.integers(0, 20))
@examples(15)
def test_permuting_domains_permutes_the_plan(places, rng):
    transfer = np.random.default_rng(rng).normal(0, 0.1, (3, 3))
    m = measured(transfer, noise=(0.02, 0.1), rng=rng)
    turned = replace(permuted(m, places), entropy=permuted(m.entropy, places))
    limits = {"loss": 0.03, "entropy": {"stories": 0.8, "sums": 0.9}}
    plain, other = plan_of(m, limits), plan_of(turned, limits)
    assert other.order == plain.order
    rows = [{(one.measure, one.domain): one for one in plan.constraints.limits} for plan in (plain, other)]
    for key, one in rows[0].items():
        assert rows[1][key].predicted.value == pytest.approx(one.predicted.value, abs=1e-9)
