"""Searches within limits: what a trial is told to break, and that it cannot win by that."""

from __future__ import annotations

import pytest
from optuna.pruners import NopPruner

from curricula.schema import Constraints
from experiments.nodes.record import DomainScore, Record
from experiments.nodes.tree import base_node
from experiments.search.limits import beyond
from experiments.search.running_trial import levels_of
from scheduler.composing.compose import compose
from scheduler.search.layout import Layout
from scheduler.search.standings import WINNER_SEEDS, standings, winner
from scheduler.search.tried import schedule_of_trial, seed_of_trial
from tests.support.records import PROVENANCE
from tests.support.search import curriculum, explore, job_at


def limited(constraints: Constraints, names="a b c", **search):
    spec = curriculum(names, **search)
    return spec.model_copy(update={"schedule": spec.schedule.model_copy(update={"constraints": constraints})})


def record(scores: dict[str, float], entropy: float) -> Record:
    """One that scored so, all domains with one entropy."""
    of = {name: DomainScore(items=(value, value), entropy=(entropy, entropy)) for name, value in scores.items()}
    return Record(
        node="n",
        parent=None,
        seed=0,
        label="",
        path=(),
        scores={"validation": of},
        cost={},
        provenance=PROVENANCE,
    )


def test_a_schedule_is_beyond_limits_by_what_its_later_stages_took_and_its_stage_began_with():
    spec = limited(Constraints(loss=0.1, entropy={"a": 0.5, "c": 0.9}))
    made = compose(("a", "b", "c"), "sequential", spec, name="x", role="order")
    points = ({"a": 0.2, "b": 0.2, "c": 0.2}, {"a": 0.8, "b": 0.2, "c": 0.2}, {"a": 0.7, "b": 0.6, "c": 0.2})
    records = [record(one, entropy) for one, entropy in zip(points, (1.0, 0.9, 0.8), strict=True)]
    records.append(record({"a": 0.5, "b": 0.65, "c": 0.9}, 0.7))
    assert beyond(spec, made, records) == pytest.approx(
        {"loss of a": 0.2, "loss of b": -0.15, "entropy of a": -0.5, "entropy of c": 0.1}
    )


def test_where_all_is_mixed_there_is_no_later_stage():
    spec = limited(Constraints(loss=0.0))
    made = compose(("a", "b", "c"), "sequential", spec, name="x", role="order")
    mixed = made.model_copy(update={"stages": (made.stages[0].model_copy(update={"mixture": {"a": 1, "b": 1}}),)})
    ends = [record({"a": 0.5, "b": 0.5, "c": 0.5}, 1.0)] * 2
    assert beyond(spec, mixed, ends) == {}
    assert beyond(spec, made.model_copy(update={"composition": "adaptive"}), ends) == {}


@pytest.mark.slow
def test_what_breaks_limits_wins_only_where_nothing_with_as_many_seeds_breaks_them_less(tmp_path):
    spec = limited(Constraints(loss=0.3), seeds=[3, 5, 8], lr_scale=[1.0], lr_decay=[1.0])
    job = job_at(str(tmp_path / "store"), spec)
    study, said = explore(job, 24, pruner=NopPruner())
    base = base_node(job.setup)
    for trial in study.trials:
        schedule, seed = schedule_of_trial(trial, spec, None), seed_of_trial(trial, spec)
        ends = [base, *(level.ends[0] for level in levels_of(job.setup, schedule, (seed,)))]
        found = beyond(spec, schedule, [job.view.record(node) for node in ends])
        assert trial.constraints == found
        assert any(
            f"trial {trial.number}: " in line and "beyond its limit" in line for line in said.splitlines()
        ) == any(value > 0 for value in found.values())
    ranked = standings(study, Layout(spec))
    enough = [one for one in ranked if len(one.finished) >= WINNER_SEEDS]
    assert winner(ranked, 3).excess == min(one.excess for one in enough)
    assert any(one.excess > 0 for one in ranked)
