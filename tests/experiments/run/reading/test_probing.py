"""Adaptive probing through the runner: what is trained, what the plan notes, and going on after an interruption."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager

import pytest

from curricula.schema import Resources
from experiments.executors.inline import InlineExecutor
from experiments.run.phases import arms, find, probe, report_of
from experiments.store import Store
from scheduler.composing.joint import budget
from scheduler.planning.planner import make_plan
from scheduler.probing import adaptive
from tests.support.nodes import attempts, ignore
from tests.support.search import curriculum, job_at, scored


@contextmanager
def view(title, tree):
    yield ignore


def probing(budget, stable=1.0, seeds=(0, 1)):
    spec = curriculum(order="bwt")
    schedule = spec.schedule.model_copy(
        update={"probing": spec.schedule.probing.model_copy(update={"budget": budget, "stable": stable})}
    )
    return spec.model_copy(update={"schedule": schedule, "seeds": seeds})


def probed(url, spec, run_node=scored):
    job = job_at(url, spec)
    return job, probe(job, InlineExecutor(job.view, Resources(), run_node), view)


def test_the_budget_is_spent_once_and_noted(tmp_path):
    job, findings = probed(str(tmp_path / "store"), probing(3))
    plan = findings.plan
    assert plan.probing_stop == "budget"
    assert len(plan.probes) == 3
    assert all(len(path) > 1 for path in plan.probes)
    # One base; three of one stage and three of more, in two seeds.
    assert len(attempts(job.store)) == 1 + 2 * (3 + 3)
    again = probed(str(tmp_path / "store"), probing(3))[1]
    assert again.plan == plan
    assert set(attempts(job.store).values()) == {1}
    assert find(job).plan == plan


def test_an_interrupted_command_goes_on_the_same_way(tmp_path):
    whole = probed(str(tmp_path / "whole"), probing(3))[1].plan
    left = [9]

    def limited(work):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        scored(work)

    with pytest.raises(KeyboardInterrupt):
        probed(str(tmp_path / "store"), probing(3), limited)
    assert probed(str(tmp_path / "store"), probing(3))[1].plan == whole


def test_joint_training_is_given_what_all_probes_used(tmp_path):
    job, findings = probed(str(tmp_path / "store"), probing(2))
    by_name = {arm.name: arm for arm in arms(job.curriculum, findings)}
    extra = budget(by_name["joint-probes"]) - budget(by_name["joint"])
    each = job.curriculum.training
    assert extra == (3 + len(findings.plan.probes)) * each.steps * each.prompts * each.rollouts


def test_without_a_budget_nothing_changes(tmp_path):
    job, findings = probed(str(tmp_path / "store"), probing(0))
    assert (findings.plan.probes, findings.plan.probing_stop) == ((), None)
    assert findings.plan.model_copy(update={"mixing": None}) == make_plan(findings.measured, job.curriculum, {})
    assert len(attempts(job.store)) == 1 + 2 * 3


def test_the_driver_lists_once_reads_a_record_once_and_fits_one_model_a_decision(tmp_path, monkeypatch):
    """Before there was one view of the store: 580 records read, 34 listings and 15 fits for 7 decisions."""
    counted = Counter()

    def counting(name, function):
        def call(*given, **named):
            counted[name] += 1
            return function(*given, **named)

        return call

    monkeypatch.setattr(Store, "record", counting("records", Store.record))
    monkeypatch.setattr(Store, "trained", counting("listings", Store.trained))
    monkeypatch.setattr(Store, "freed", counting("listings", Store.freed))
    monkeypatch.setattr(Store, "measured", counting("listings", Store.measured))
    monkeypatch.setattr(adaptive, "fit", counting("fits", adaptive.fit))
    spec = probing(12)
    job, findings = probed(str(tmp_path / "store"), spec.model_copy(update={"domains": four(spec)}))
    assert len(findings.plan.probes) == 12
    nodes = len(attempts(job.store))
    # Six decisions by two probes each, and the plan's own model where the budget stops them.
    assert counted == {"records": nodes, "listings": 3, "fits": 7}
    report_of(job, findings)
    assert counted["records"] == nodes
    assert counted["listings"] == 3


def four(spec):
    return {**spec.domains, "d": spec.domains["a"]}
