"""The arm that is what the plan advises."""

from __future__ import annotations

import pytest

from curricula.searchable import searchable
from scheduler.arms import ADVISED, arm_names, arms_by_candidate, fixed_arms, planned_arms
from scheduler.composing.candidates import candidates
from scheduler.composing.compose import schedule_fingerprint
from scheduler.planning.planner import make_plan, ordering_input
from scheduler.planning.stage_or_mix import unmeasured_advice
from scheduler.probing.probes import needs_probes
from tests.support.arms import measured
from tests.support.scheduler import make_curriculum

ASKED = {"advised": True}
TAIL = "joint, then sort"


def of(name: str, schedule=None, **baselines):
    """Curriculum, plan and arms where this candidate is advised."""
    curriculum = make_curriculum(baselines=ASKED | baselines, **(schedule or {}))
    m = measured(curriculum)
    plan = make_plan(m, curriculum, {}, resamples=50).model_copy(update={"mixing": unmeasured_advice(name)})
    arms = (*fixed_arms(curriculum), *planned_arms(curriculum, plan, ordering_input(m, curriculum, {})))
    return curriculum, plan, {arm.name: arm for arm in arms}


@pytest.mark.parametrize("schedule", [{}, {"schedule": {"lr_decay": 0.5}}, {"schedule": {"rate": "trunk"}}])
def test_what_is_predicted_is_what_is_trained(schedule):
    curriculum, plan, arms = of(TAIL, schedule)
    assert schedule_fingerprint(arms[ADVISED]) == schedule_fingerprint(candidates(curriculum, plan.order)[TAIL])
    assert arms_by_candidate(curriculum, plan, tuple(arms.values()))[TAIL] == ADVISED
    assert arms[ADVISED].probes == "first"


@pytest.mark.parametrize(("name", "arm"), [("sequential", "bwt-sequential"), ("cumulative", "bwt-cumulative")])
def test_there_is_none_where_another_arm_is_that_already(name, arm):
    curriculum, plan, arms = of(name)
    assert ADVISED not in arms
    assert ADVISED in arm_names(curriculum)
    assert arms_by_candidate(curriculum, plan, tuple(arms.values()))[name] == arm


def test_it_is_there_where_that_other_arm_is_not_or_the_verdict_is_about_it():
    assert ADVISED in of("cumulative", compositions=[])[2]
    primary = {"comparison": {"primary": {"arm": ADVISED, "baseline": "joint"}}}
    assert ADVISED in of("sequential", primary)[2]


def test_without_being_asked_for_there_is_none():
    assert ADVISED not in arm_names(make_curriculum())
    assert "advised" not in make_curriculum().baselines.model_dump()


def test_what_is_asked_for_has_its_probes_whatever_the_order_rests_on():
    given = {"order": "given", "given": list(make_curriculum().domains)}
    assert not needs_probes(make_curriculum(schedule=given, baselines={"orders": []}))
    asked = make_curriculum(schedule=given, baselines=ASKED | {"orders": []})
    assert needs_probes(asked)
    assert ADVISED in arm_names(asked)
    assert ADVISED in of(TAIL, {"schedule": given}, orders=[])[2]


def test_explicit_stages_have_none_and_a_search_in_their_place_no_probes():
    stages = {"composition": "explicit", "stages": [{"mixture": {name: 1.0}} for name in ("sums", "sort")]}
    written = make_curriculum(schedule=stages, baselines=ASKED)
    assert ADVISED not in arm_names(written)
    assert not needs_probes(searchable(written))
