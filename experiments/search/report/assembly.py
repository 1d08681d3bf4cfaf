"""From a finished search to its report: pure, and the same to the bit for the same studies and records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.analysis.arm_notes import all_notes
from experiments.analysis.assembly import stage_report
from experiments.analysis.comparisons import compare_pairs
from experiments.analysis.costs import cost_report
from experiments.analysis.estimates import score_all
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.report import CostRow
from experiments.analysis.rows import missing_rows
from experiments.analysis.scores import RunScores
from experiments.analysis.words import number
from experiments.nodes.tree import StageTree
from experiments.run.gather import Records
from experiments.search.report.best import best_yaml
from experiments.search.report.pairs import PAIRS
from experiments.search.report.report import Best, FinalArm, Gain, SearchCost, SearchReport
from experiments.search.report.spent import StudyTrials, added
from experiments.search.report.trial_table import importance, pareto
from experiments.search.report.words import budget_notes, verdict
from scheduler.arms import BASE_ARM
from scheduler.compose import schedule_fingerprint
from scheduler.search.space import space


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


def build_search_report(outcome: SearchOutcome) -> SearchReport:
    """The report. ValueError where no trial has finished."""
    main, scores = outcome.main, RunScores(outcome.final)
    values = {key: value for tried in (outcome.joint, main) for key, value in tried.values().items()}
    arms = _arms(scores, values)
    gains = _gains(scores, arms)
    missing = missing_rows(outcome.final)
    best = _best(outcome)
    spec, rope = main.curriculum.search, main.curriculum.comparison.rope
    return SearchReport(
        run=outcome.final.run,
        verdict=verdict(gains, missing, {arm.name: arm.unequal for arm in outcome.final.schedules}, rope),
        curriculum=main.curriculum,
        space={name: tuple(one.choices) for name, one in space(main.curriculum).items()},
        sampler=spec.sampler,
        search_seeds=outcome.search_seeds,
        fresh_seeds=spec.fresh_seeds,
        trials=main.rows,
        pareto=pareto(main.rows),
        importance=importance(main.study),
        best=best,
        joint_trials=outcome.joint.rows,
        arms=arms,
        gains=gains,
        cost=_cost(outcome),
        missing=missing,
        notes=(*budget_notes(arms), *all_notes(outcome.final.schedules)),
        environment=dict(outcome.final.environment),
    )


def _best(outcome: SearchOutcome) -> Best:
    main, row = outcome.main, outcome.main.best
    if row is None or row.value is None:
        raise ValueError("no trial has finished")
    schedule = main.schedule(row)
    words = (
        f"The best of {len(main.rows)} schedules that `stagewise search` tried in the run {outcome.final.run}:",
        f"trial {row.number}, {number(row.value)} on validation with the seeds of the search.",
        "Files that the domains name are looked for beside this one.",
    )
    return Best(
        trial=row.number,
        choice=main.choice(row).model_dump(mode="json"),
        schedule=schedule_fingerprint(schedule),
        stages=tuple(map(stage_report, schedule.stages)),
        validation=row.value,
        scores=row.scores,
        yaml=best_yaml(main.curriculum, schedule, words),
    )


def _arms(scores: RunScores, values: Mapping[str, float]) -> dict[str, FinalArm]:
    """All arms and the base model, in the order of the schedules."""
    costs = cost_report(scores.inputs).arms
    return {
        arm.name: FinalArm(
            role=arm.role,
            origin=arm.origin,
            composition=arm.composition,
            stages=tuple(map(stage_report, arm.stages)),
            scores=score_all(blocks, scores) if (blocks := scores.by_seed(arm.name)) else {},
            validation=values.get(schedule_fingerprint(arm)),
            cost=costs[arm.name].stages if arm.name in costs else CostRow(),
        )
        for arm in (*scores.inputs.schedules, BASE_ARM)
    }


def _gains(scores: RunScores, arms: Mapping[str, FinalArm]) -> tuple[Gain, ...]:
    pairs = [(arm, baseline) for arm, baseline in PAIRS if arm in arms and baseline in arms]
    return tuple(
        Gain(promised=_promised(arms[found.arm], arms[found.baseline]), test=found)
        for found in compare_pairs(scores, pairs)
    )


def _promised(arm: FinalArm, baseline: FinalArm) -> float | None:
    if arm.validation is None or not baseline.validation:
        return None
    return arm.validation / baseline.validation - 1


def _cost(outcome: SearchOutcome) -> SearchCost:
    rows = added(outcome.trees, outcome.records)
    return SearchCost(
        probes=rows["probes"],
        search=rows["search"],
        joint_search=rows["joint search"],
        final=rows["final"],
        unshared=outcome.trees["search"].unshared,
    )
