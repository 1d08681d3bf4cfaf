"""From a run's results to its report: pure, and the same to the bit for the same results."""

from __future__ import annotations

from curricula.stage import Schedule, Stage
from domains.rewards import called
from experiments.analysis.cliffs.build import cliffs
from experiments.analysis.comparing.comparisons import compare_arms
from experiments.analysis.comparing.limits import measured_limits
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.intervals.equal_cost import equal_cost
from experiments.analysis.intervals.estimates import estimate, score_all, within
from experiments.analysis.intervals.predictions import predictions
from experiments.analysis.intervals.trajectories import cliff, trajectory
from experiments.analysis.notes.arm_notes import arm_notes
from experiments.analysis.notes.form_notes import form_notes, out_of_form
from experiments.analysis.notes.rollout_notes import rollout_notes
from experiments.analysis.report import Report
from experiments.analysis.report_parts import ArmReport, DomainReport, SeedInterval, StageReport
from experiments.analysis.rows.costs import cost_report
from experiments.analysis.rows.guard_rows import early_notes, guard_rows
from experiments.analysis.rows.health_rows import health_rows
from experiments.analysis.rows.rows import matrix_rows, missing_rows, tree_rows
from experiments.analysis.scores import BASE, RANDOM, RunScores, random_arms
from experiments.analysis.sentences.cliff_words import below_base
from experiments.analysis.sentences.verdict import verdict_sentence
from experiments.analysis.stages.rounds import round_reports
from experiments.analysis.stages.sweet_spots import sweet_spots
from experiments.analysis.stages.ways_back import ways_back
from scheduler.arms import arms_by_candidate

__all__ = ["ReportInputs", "build_report"]


def build_report(inputs: ReportInputs) -> Report:
    """The report of a run. Whatever is missing is None, left out, or named in `missing`; nothing raises for it."""
    scores = RunScores(inputs)
    comparisons = compare_arms(scores)
    missing, costs, guarded = missing_rows(inputs), cost_report(inputs), guard_rows(inputs)
    fallen = cliffs(scores)
    return Report(
        run=inputs.run,
        verdict=verdict_sentence(
            inputs.main,
            comparisons,
            inputs.plan,
            missing,
            {schedule.name: schedule.unequal for schedule in inputs.schedules},
            inputs.curriculum.comparison.rope,
            below_base(fallen.get(inputs.main)),
        ),
        main=inputs.main,
        seeds=inputs.curriculum.seeds,
        curriculum=inputs.curriculum,
        domains=_domains(scores),
        transfer=inputs.transfer,
        plan=inputs.plan,
        arms={schedule.name: _arm(scores, schedule) for schedule in inputs.schedules},
        candidates=arms_by_candidate(inputs.curriculum, inputs.plan, inputs.schedules) if inputs.plan else {},
        scores=_scores(scores),
        pass_at_k=_pass_at_k(scores),
        comparisons=comparisons,
        at_equal_tokens=equal_cost(scores, inputs.main, costs, "tokens"),
        at_equal_train_seconds=equal_cost(scores, inputs.main, costs, "train_seconds"),
        trajectories={schedule.name: trajectory(scores, schedule) for schedule in inputs.schedules},
        cliff={schedule.name: cliff(scores, schedule) for schedule in inputs.schedules},
        cliffs=fallen,
        limits=measured_limits(scores),
        predictions=predictions(scores),
        cost=costs,
        tree=tree_rows(inputs),
        missing=missing,
        health=health_rows(inputs),
        recommended=inputs.guards,
        guards=guarded,
        sweet_spots=sweet_spots(guarded),
        ways_back=ways_back(scores),
        matrix=matrix_rows(inputs),
        completions=dict(inputs.completions),
        data_notes=(*inputs.data_notes, *out_of_form(scores, [arm.name for arm in inputs.schedules])),
        environment=dict(inputs.environment),
    )


def _domains(scores: RunScores) -> dict[str, DomainReport]:
    return {
        name: DomainReport(
            kind=spec.kind,
            metric=spec.metric or called(spec.rewards[0]),
            weight=scores.weights[name],
            entropy=scores.inputs.profiles.get(name),
        )
        for name, spec in scores.inputs.curriculum.domains.items()
    }


def _arm(scores: RunScores, schedule: Schedule) -> ArmReport:
    return ArmReport(
        role=schedule.role,
        composition=schedule.composition,
        order=schedule.order,
        ordering=schedule.ordering,
        probes=schedule.probes,
        origin=schedule.origin,
        stages=tuple(stage_report(stage) for stage in schedule.stages),
        rounds=round_reports(scores.inputs.rounds, schedule, scores.domains),
        notes=(
            *arm_notes(schedule),
            *rollout_notes(schedule),
            *early_notes(schedule, scores.inputs),
            *form_notes(scores, schedule.name),
        ),
    )


def stage_report(stage: Stage) -> StageReport:
    """One stage as the report shows it."""
    return StageReport(
        label=stage.label,
        mixture=stage.mixture,
        method=stage.training.method,
        steps=stage.training.steps,
        rollouts=stage.rollout_budget,
        learning_rate=stage.training.learning_rate,
    )


def _scores(scores: RunScores) -> dict[str, dict[str, SeedInterval]]:
    """Arm → domain and total → final test score; arms that no seed finished are left out."""
    arms = [BASE, *(schedule.name for schedule in scores.inputs.schedules)]
    if random_arms(scores.inputs):
        arms.append(RANDOM)
    blocks = {arm: scores.by_seed(arm) for arm in arms}
    return {arm: score_all(block, scores) for arm, block in blocks.items() if block}


def _pass_at_k(scores: RunScores) -> dict[str, dict[str, SeedInterval]]:
    """Arm → domain → mean of its items' best samples on test, where structured domains have several."""
    found: dict[str, dict[str, SeedInterval]] = {}
    for arm in (BASE, *(schedule.name for schedule in scores.inputs.schedules)):
        blocks = scores.best(arm)
        names = {name for block in blocks.values() for name in block}
        if names:
            found[arm] = {
                name: within(estimate(blocks, scores, {name: 1.0})) for name in scores.domains if name in names
            }
    return found
