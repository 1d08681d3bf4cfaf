"""The advice, to stage or to mix, where the truth is known."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from curricula.schema import Curriculum
from scheduler.composing.candidates import candidates
from scheduler.measurements import Measurements
from scheduler.plan import Mixing
from scheduler.planning.planner import make_plan
from scheduler.planning.stage_or_mix import believed, stage_or_mix
from scheduler.prediction.dynamics import Truth, amounts, scores_after
from scheduler.probing.probes import first_probes, joint_probe, own_probes
from tests.support.paths import ROOT
from tests.support.scheduler import NAMES, make_curriculum, measure

THREE = NAMES[:3]
OWN = np.diag([0.15, 0.15, 0.15])


def one_way() -> np.ndarray:
    """The first domain harms both others."""
    effects = OWN.copy()
    effects[0, 1:] = -0.3
    return effects


def both_ways() -> np.ndarray:
    """Every domain harms every other one."""
    return np.where(OWN > 0, OWN, -0.15)


def learner(effects: np.ndarray, exposure: float, repair: float = 4.0) -> Truth:
    return Truth(np.array([0.4, 0.45, 0.5]), effects[None], np.array([repair]), np.array([exposure]))


def seen(curriculum: Curriculum, known: Truth, *, probe: bool = True, noise: float = 0.01) -> Measurements:
    """Base, probes and joint probe of a learner that follows the dynamics."""
    m = measure(known.base, known.transfer[0], THREE, seeds=3, items=200, noise=(noise, 0.2), rng=3)
    if not probe:
        return m
    means = scores_after(amounts(joint_probe(curriculum), own_probes(curriculum)), known)[0]
    rng = np.random.default_rng(5)
    mixed = tuple(
        mean + noise * rng.normal(size=(3, 1)) + 0.2 * rng.normal(size=block.shape)
        for mean, block in zip(means, m.scores[()], strict=True)
    )
    return replace(m, mixed=mixed)


def advised(known: Truth, **how) -> Mixing:
    curriculum = make_curriculum(THREE)
    m = seen(curriculum, known, **how)
    return stage_or_mix(m, curriculum, make_plan(m, curriculum, {}, resamples=50).order)


def test_harm_that_goes_one_way_is_staged():
    found = advised(learner(one_way(), exposure=1.0))
    assert (found.advice, found.probed) == ("stage", True)
    assert found.staged in ("sequential", "joint, then sort", "joint, then spell", "cumulative")
    assert found.gain.value > 0


def test_harm_that_goes_both_ways_is_mixed():
    found = advised(learner(both_ways(), exposure=0.0))
    assert found.advice == "mix"
    assert found.chance < 0.1
    assert found.candidates[0].name == "joint"
    assert found.regret < 0.005


def test_without_effects_on_others_it_is_all_the_same():
    found = advised(learner(OWN, exposure=0.5), noise=0.001)
    assert abs(found.gain.value) < 0.01


@pytest.mark.slow
def test_what_the_equations_may_be_off_by_widens_what_is_said_and_moves_nothing(monkeypatch):
    known = learner(one_way(), exposure=1.0)
    found = advised(known)
    monkeypatch.setattr("scheduler.planning.stage_or_mix.OFF", 0.0)
    believed_whole = advised(known)
    assert found.gain.value == pytest.approx(believed_whole.gain.value, abs=1e-12)
    assert (found.staged, found.advice) == (believed_whole.staged, believed_whole.advice)
    (low, high), (inner_low, inner_high) = found.gain.ends, believed_whole.gain.ends
    assert low < inner_low < inner_high < high
    assert 0.5 < found.chance < believed_whole.chance
    joint, same = (next(one for one in each.candidates if one.name == "joint") for each in (found, believed_whole))
    assert joint.predicted.ends == pytest.approx(same.predicted.ends)


@pytest.mark.parametrize("exposure", [pytest.param(0.0, marks=pytest.mark.slow), 1.0])
def test_the_joint_probe_tells_what_mixing_will_score(exposure):
    known = learner(both_ways(), exposure)
    truth = scores_after(np.ones((1, 3)), known)[0].mean()
    width = {}
    for probe in (True, False):
        found = advised(known, probe=probe)
        assert (found.probed, found.fit is None) == (probe, not probe)
        joint = next(one for one in found.candidates if one.name == "joint")
        assert joint.predicted.ends[0] <= truth <= joint.predicted.ends[1]
        width[probe] = joint.predicted.ends[1] - joint.predicted.ends[0]
    assert width[True] < 0.7 * width[False]


def test_a_joint_probe_that_no_effects_explain_is_told():
    curriculum = make_curriculum(THREE)
    m = seen(curriculum, learner(one_way(), 0.5))
    odd = replace(m, mixed=tuple(block + 0.4 for block in m.mixed))
    assert believed(m, curriculum).fit > 0.05
    assert believed(odd, curriculum).fit < 0.001


def test_candidates_share_one_budget():
    curriculum = make_curriculum(THREE)
    found = candidates(curriculum, THREE)
    assert set(found) == {"sequential", "cumulative", "joint", *(f"joint, then {name}" for name in THREE)}
    budgets = {name: sum(stage.rollout_budget for stage in arm.stages) for name, arm in found.items()}
    assert max(budgets.values()) == pytest.approx(min(budgets.values()), rel=0.05)


def test_probabilities_and_intervals_are_sound_and_deterministic():
    first, again = (advised(learner(one_way(), exposure=0.5)) for _ in range(2))
    assert first == again
    assert sum(one.best for one in first.candidates) == pytest.approx(1)
    for one in first.candidates:
        assert one.predicted.ends[0] <= one.predicted.value <= one.predicted.ends[1]


def test_the_joint_probe_is_trained_only_where_it_is_asked_for():
    plain = make_curriculum(THREE)
    asked = make_curriculum(THREE, schedule={"probing": {"joint": True}})
    assert len(first_probes(plain)) == 3
    added = first_probes(asked)[3]
    assert set(added.stages[0].mixture) == set(THREE)
    assert added.stages[0].rollout_budget == pytest.approx(first_probes(asked)[0].stages[0].rollout_budget, rel=0.1)


@pytest.mark.slow
def test_it_does_not_depend_on_how_many_threads_the_machine_has():
    """To the bit: reports of one store are equal, and BLAS adds long vectors by as many parts as it has threads."""
    code = "import tests.scheduler.planning.test_stage_or_mix as t; print(t.advised(t.learner(t.one_way(), 0.5)))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(told) == 1
