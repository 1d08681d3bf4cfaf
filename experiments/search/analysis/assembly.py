"""From a finished search to its report: pure, and the same to the bit for the same studies and records."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import fmean

from curricula.schema import Curriculum
from experiments.analysis.assembly import stage_report
from experiments.analysis.comparing.comparisons import compare_pairs
from experiments.analysis.comparing.limits import measured_limits
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.intervals.equal_cost import equal_cost
from experiments.analysis.intervals.estimates import score_all
from experiments.analysis.notes.arm_notes import all_notes
from experiments.analysis.report_parts import CostReport, CostRow
from experiments.analysis.rows.costs import cost_report
from experiments.analysis.rows.rows import missing_rows
from experiments.analysis.scores import RunScores
from experiments.analysis.words import number
from experiments.nodes.tree import StageTree
from experiments.run.reading.gather import Records
from experiments.search.analysis.best import best_yaml
from experiments.search.analysis.importance import importance, once_each
from experiments.search.analysis.pairs import SEARCHED, distinct, pairs, rivals, same
from experiments.search.analysis.report import Best, FinalArm, Gain, ParamValue, SearchCost, SearchReport
from experiments.search.analysis.spent import added, completions
from experiments.search.analysis.study_trials import StudyTrials
from experiments.search.analysis.trial_table import pareto
from experiments.search.analysis.words import budget_notes, limit_notes, same_notes, verdict
from scheduler.arms import BASE_ARM
from scheduler.composing.compose import schedule_fingerprint
from scheduler.search.keys import ORDER, PLACE, key_of
from scheduler.search.space import space, values_of


@dataclass(frozen=True)
class SearchOutcome:
    """A search and its final comparison, complete or not."""

    main: StudyTrials
    joint: StudyTrials
    """The search over joint training."""
    final: ReportInputs
    """The final comparison; its curriculum has the fresh seeds."""
    trees: Mapping[str, StageTree]
    """``probes``, ``search``, ``joint search`` and ``final`` → all that the phase rests on."""
    records: Records
    """Of all of these."""
    search_seeds: tuple[int, ...]
    notes: tuple[str, ...] = ()
    """What is to be known of how it began."""


def build_search_report(outcome: SearchOutcome) -> SearchReport:
    """The report. ValueError where no trial has finished."""
    main, scores = outcome.main, RunScores(outcome.final)
    values = _values(outcome)
    costs = cost_report(scores.inputs)
    arms = _arms(scores, values, costs)
    models = _models(scores)
    gains = _gains(scores, values, models)
    missing = missing_rows(outcome.final)
    best = _best(outcome)
    spec, rope = main.curriculum.search, main.curriculum.comparison.rope
    return SearchReport(
        run=outcome.final.run,
        verdict=verdict(
            gains,
            missing,
            {arm.name: arm.unequal for arm in outcome.final.schedules},
            rope,
            same(models),
        ),
        curriculum=main.curriculum,
        space=_space(main.curriculum),
        sampler=spec.sampler,
        search_seeds=outcome.search_seeds,
        fresh_seeds=spec.fresh_seeds,
        trials=main.rows,
        pareto=pareto(main.rows),
        importance=importance(once_each(main.study, main.layout.schedule)),
        best=best,
        joint_trials=outcome.joint.rows,
        arms=arms,
        gains=gains,
        at_equal_tokens=equal_cost(scores, SEARCHED, costs, "tokens"),
        at_equal_train_seconds=equal_cost(scores, SEARCHED, costs, "train_seconds"),
        limits=measured_limits(scores),
        cost=_cost(outcome),
        missing=missing,
        notes=(
            *outcome.notes,
            *same_notes(same(models)),
            *limit_notes(main.best, main.curriculum),
            *budget_notes(arms),
            *all_notes(outcome.final.schedules),
        ),
        environment=dict(outcome.final.environment),
    )


def _best(outcome: SearchOutcome) -> Best:
    main, won = outcome.main, outcome.main.best
    if won is None:
        raise ValueError("no trial has finished")
    schedule = main.schedule(won.first)
    rows = [main.rows[number_] for number_ in won.finished]
    seeds = tuple(row.seed for row in rows)
    validation = sum(row.value or 0.0 for row in rows) / len(rows)
    words = (
        f"The best of {len(main.rows)} trials of `stagewise search` in the run {outcome.final.run}: trial {won.first},",
        f"{number(validation)} on validation with seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}.",
        "Files that the domains name are looked for beside this one.",
    )
    return Best(
        trial=won.first,
        seeds=seeds,
        expected=won.mean,
        choice=main.choice(won.first).model_dump(mode="json"),
        schedule=schedule_fingerprint(schedule),
        stages=tuple(map(stage_report, schedule.stages)),
        validation=validation,
        scores={name: sum(row.scores[name] for row in rows) / len(rows) for name in rows[0].scores},
        yaml=best_yaml(main.curriculum, schedule, words),
    )


def _space(curriculum: Curriculum) -> dict[str, tuple[ParamValue, ...]]:
    """Every open choice and its values; of an order its domains."""
    found: dict[str, tuple[ParamValue, ...]] = {}
    for name, one in space(curriculum).items():
        choice, domain = key_of(name)
        if choice == PLACE:
            found[ORDER] = (*found.get(ORDER, ()), domain)
        else:
            found[name] = values_of(one)
    return found


def _values(outcome: SearchOutcome) -> dict[str, dict[int, float]]:
    """Arm → seed of the searches that its very stages finished with, in either → total on validation."""
    joint, main = outcome.joint.values(), outcome.main.values()
    keys = {arm.name: schedule_fingerprint(arm) for arm in (*outcome.final.schedules, BASE_ARM)}
    return {name: {**joint.get(key, {}), **main.get(key, {})} for name, key in keys.items()}


def _arms(scores: RunScores, values: Mapping[str, Mapping[int, float]], spent: CostReport) -> dict[str, FinalArm]:
    """All arms and the base model, in the order of the schedules."""
    costs = spent.arms
    return {
        arm.name: FinalArm(
            role=arm.role,
            origin=arm.origin,
            composition=arm.composition,
            stages=tuple(map(stage_report, arm.stages)),
            scores=score_all(blocks, scores) if (blocks := scores.by_seed(arm.name)) else {},
            validation=fmean(found.values()) if (found := values[arm.name]) else None,
            cost=costs[arm.name].stages if arm.name in costs else CostRow(),
        )
        for arm in (*scores.inputs.schedules, BASE_ARM)
    }


def _models(scores: RunScores) -> dict[str, tuple[str, ...]]:
    """Arm → the nodes that its last stage is read off, one a seed: equal where two arms train the same stages."""
    inputs = scores.inputs
    return {
        arm.name: tuple(inputs.readings.get((arm.name, seed), (arm.name,))[-1] for seed in inputs.curriculum.seeds)
        for arm in inputs.schedules
    }


def _gains(
    scores: RunScores, values: Mapping[str, Mapping[int, float]], models: Mapping[str, Hashable]
) -> tuple[Gain, ...]:
    wanted = pairs(rivals(scores.inputs.curriculum))
    met = distinct(((arm, baseline) for arm, baseline in wanted if {arm, baseline} <= models.keys()), models)
    return tuple(
        Gain(promised=_promised(values[found.arm], values[found.baseline]), test=found)
        for found in compare_pairs(scores, met)
    )


def _promised(arm: Mapping[int, float], baseline: Mapping[int, float]) -> float | None:
    """Over the seeds that both finished with, since the luck of a seed is no gain."""
    both = sorted(arm.keys() & baseline.keys())
    least = sum(baseline[seed] for seed in both)
    return sum(arm[seed] for seed in both) / least - 1 if least else None


def _cost(outcome: SearchOutcome) -> SearchCost:
    rows = added(outcome.trees, outcome.records)
    return SearchCost(
        probes=rows["probes"],
        search=rows["search"],
        joint_search=rows["joint search"],
        final=rows["final"],
        unshared=outcome.trees["search"].unshared,
        searched_completions=completions(outcome.trees["search"]),
        joint_completions=completions(outcome.trees["joint search"]),
    )
