"""What a run will cost, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from curricula.recommended import waiting, with_chosen
from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.errors import ClusterError, StageError, StagewiseError
from domains.frozen import Frozen
from experiments.analysis.notes.arm_notes import arm_notes
from experiments.analysis.notes.guard_advice import choice_lines
from experiments.analysis.sentences.plan_words import arrow
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.run.estimating.disk import Disk, disk_of
from experiments.run.estimating.pace import Pace, measured_pace
from experiments.run.estimating.peak import Peak, peak_of
from experiments.run.estimating.timed_trial import trial
from experiments.run.findings import Findings, arms, found_so_far, probe_tree, with_rounds
from experiments.run.job import Job, Prepared, job_at
from experiments.run.noted import trained_before
from experiments.run.ways_back import with_ways_back
from experiments.store import Store
from scheduler.arms import ADVISED, arm_names
from scheduler.composing.candidates import candidates
from scheduler.grouping import units_of
from scheduler.linear_ordering.exact import MOST_DOMAINS
from scheduler.measurements import Array, Measurements, Path, without
from scheduler.mixing.arms import settled
from scheduler.mixing.guess import guessed_rounds
from scheduler.plan import Plan
from scheduler.planning.planner import make_plan
from scheduler.planning.stage_or_mix import unmeasured_advice
from scheduler.probing.probes import first_probes, groups_of, needs_probes

DRAWS, FEW_DRAWS = 25, 2
"""Plans that are drawn; of more domains than have exact orders (16) fewer: each takes seconds, and all share little."""
UNCHOSEN = (
    "guards: recommended are chosen once the base model was measured (`stagewise profile` does that alone), so no "
    "figure here holds what they take."
)

UNADVISED = "baselines.advised: explicit stages have no plan that advises anything, so there is no such arm."


class CostEstimate(Frozen):
    """Counts are the least and the most over possible plans: the order is not known before the probes."""

    arms: tuple[str, ...]
    seeds: int
    stage_runs: tuple[int, int]
    stage_runs_unshared: tuple[int, int]
    probe_stage_runs: int
    steps: tuple[int, int]
    """Optimizer steps of all stage runs, with sharing."""
    finished: int
    """Nodes of the longest plan that the store holds already, trained and measured."""
    to_train: int
    """Stages and base model of the longest plan whose weights are not there."""
    to_measure: int
    """Nodes whose weights are there and whose measurement is not: nothing is trained for them."""
    to_train_again: int
    """Of `to_train`, those in whose place an earlier run of this curriculum trained another one: what decides weights
    has changed since."""
    disk: Disk | None
    """What the longest plan takes in the store beyond what is there. None where the model's size is not known."""
    peak: Peak | None
    """Memory of the stage that takes most. None where the model's shape is not known."""
    pace: Pace | None
    """None where nothing tells: a pretrained model without a finished stage in the store, unless a trial is asked."""
    untimed: str | None
    """Why a trial ended without a pace; None where it did not, or none was made."""
    notes: tuple[str, ...]
    """What the arms' stages do that their writer may not expect, e.g. shares that round to no prompt."""
    worker_seconds: float | None
    """What is left of the longest plan, on one worker."""
    path_seconds: float | None
    """What of it has to be done one after the other, on however many workers."""


def estimate(prepared: Prepared, store: Store | None, *, timed: bool = False) -> CostEstimate:
    """Counts by the plan that the store's probes make, where all are there, else from drawn plans; time from finished
    nodes in the store, else from a trial of a few steps.

    `timed`: a trial also of a pretrained model. Guards that are recommended count only where the store tells them.
    """
    job = job_at(prepared, store) if store else None
    known = job.prepared if job else prepared
    told = (UNCHOSEN,) if waiting(known.curriculum) else choice_lines(job.guards if job else ())
    curriculum = with_chosen(known.curriculum)
    prepared = replace(known, curriculum=curriculum)
    planned = _planned(job) if job and not waiting(job.curriculum) else None
    drawn = [planned] if planned else [drawn_schedules(curriculum, draw) for draw in range(_draws(curriculum))]
    grown = [grow(prepared.setup, schedules, curriculum.seeds) for schedules in drawn]
    trees = [with_ways_back(prepared.setup, curriculum, *pair) for pair in zip(grown, drawn, strict=True)]
    longest = max(trees, key=_steps)
    done = job.view.finished(longest.nodes) if job else set()
    measured = measured_pace(job, _finished(job, trees)) if job else None
    pace, untimed = (measured, None) if measured else _tried(prepared, longest, asked=timed)
    left = [node for node in longest.nodes if node.id not in done]
    untrained = [node for node in left if not (job and job.view.has_weights(node))]
    wanted = {node.slug for tree in trees for node in tree.nodes}
    return CostEstimate(
        arms=tuple(dict.fromkeys(one.name for schedules in drawn for one in schedules if one.role != "probe")),
        seeds=len(curriculum.seeds),
        stage_runs=_range([tree.stage_runs for tree in trees]),
        stage_runs_unshared=_range([tree.unshared for tree in trees]),
        probe_stage_runs=_probe_runs(curriculum),
        steps=_range([_steps(tree) for tree in trees]),
        finished=len(done),
        to_train=sum(node.merge is None for node in untrained),
        to_measure=len(left) - len(untrained),
        to_train_again=trained_before(prepared, job.view, untrained, wanted) if job else 0,
        disk=disk_of(prepared, untrained),
        peak=peak_of(prepared, longest.nodes),
        pace=pace,
        untimed=untimed,
        notes=(*told, *_unadvised(curriculum), *_notes(drawn)),
        worker_seconds=pace.worker_seconds(untrained, sum(node.measured for node in left), prepared) if pace else None,
        path_seconds=pace.path_seconds(left, untrained, prepared) if pace else None,
    )


def _tried(prepared: Prepared, tree: StageTree, *, asked: bool) -> tuple[Pace | None, str | None]:
    """The pace by a trial, or why it failed. The curriculum is valid all the same: what it has wrong was found before,
    with file and line, and what only this machine lacks, the run's may have.

    Raises StageError where a reward fails: what a user wrote breaks in the run as it does here.
    """
    stages = [node.stage for node in tree.nodes if node.stage is not None]
    try:
        return trial(prepared, stages=stages, asked=asked), None
    except ClusterError as error:
        return None, f"resources.gpus is {prepared.curriculum.resources.gpus:g} and {error.rule}."
    except (StagewiseError, OSError) as error:
        if isinstance(error, StageError) and error.boundary == "reward":
            raise
        return None, f"a trial of a few steps failed, as a stage of the run may: {error}"


def _draws(curriculum: Curriculum) -> int:
    if not needs_probes(curriculum):
        return 1
    return DRAWS if len(curriculum.domains) <= MOST_DOMAINS else FEW_DRAWS


def _unadvised(curriculum: Curriculum) -> tuple[str, ...]:
    """That an arm is asked for that there cannot be."""
    return (UNADVISED,) if curriculum.baselines.advised and ADVISED not in arm_names(curriculum) else ()


def _notes(drawn: Sequence[tuple[Schedule, ...]]) -> tuple[str, ...]:
    """Those of each arm; where the order is not known yet, those of the first drawn plan that has any."""
    found: dict[str, list[str]] = {}
    for schedule in (one for schedules in drawn for one in schedules):
        if schedule.name not in found and (notes := arm_notes(schedule)):
            like = f", in an order like {arrow(schedule.order)}" if schedule.order and schedule.probes != "none" else ""
            found[schedule.name] = [f"{schedule.name}{like}: {note}" for note in notes]
    return tuple(note for notes in found.values() for note in notes)


def _probe_runs(curriculum: Curriculum) -> int:
    return len(first_probes(curriculum)) * len(curriculum.seeds) if needs_probes(curriculum) else 0


def _finished(job: Job, trees: list[StageTree]) -> list[StageNode]:
    """Nodes of any of the trees that the store holds."""
    nodes = {node.id: node for tree in trees for node in tree.nodes}
    return [nodes[key] for key in sorted(job.view.finished(nodes.values()))]


def _planned(job: Job) -> tuple[Schedule, ...] | None:
    """Probes and arms by what was measured; None where a probe was not, or a round of adaptive mixing is still to be
    chosen."""
    probed, nodes = needs_probes(job.curriculum), probe_tree(job).nodes
    if probed and len(job.view.finished(nodes)) < len(nodes):
        return None
    found = found_so_far(job) if probed else with_rounds(job, Findings())
    if len(settled(job.curriculum, found.rounds)) < len(found.rounds):
        return None
    return (*(first_probes(job.curriculum) if probed else ()), *arms(job.curriculum, found))


def drawn_schedules(curriculum: Curriculum, draw: int) -> tuple[Schedule, ...]:
    """Probes and arms, for a plan from random measurements."""
    if not needs_probes(curriculum):
        return arms(curriculum, Findings(rounds=guessed_rounds(curriculum, None, draw)))
    measured = _random_measurements(curriculum, draw)
    plan = _random_left_out(make_plan(measured, curriculum, {}, resamples=2), curriculum, draw)
    plan = _random_advice(plan, curriculum, draw)
    rounds = guessed_rounds(curriculum, plan, draw)
    return (*first_probes(curriculum), *arms(curriculum, Findings(measured=measured, plan=plan, rounds=rounds)))


def _random_left_out(plan: Plan, curriculum: Curriculum, draw: int) -> Plan:
    """With `leave_out: auto` any of the domains, since random measurements harm none surely; draw 0 keeps all."""
    if curriculum.schedule.leave_out != "auto" or not draw:
        return plan
    rng = np.random.default_rng(draw)
    left_out = tuple(rng.choice(plan.order, int(rng.integers(len(plan.order))), replace=False).tolist())
    return plan.model_copy(update={"order": without(plan.order, left_out), "left_out": (*plan.left_out, *left_out)})


def _random_advice(plan: Plan, curriculum: Curriculum, draw: int) -> Plan:
    """With `baselines.advised` one candidate after the other, since any of them may be advised."""
    if ADVISED not in arm_names(curriculum) or len(plan.order) < 2:
        return plan
    names = tuple(candidates(curriculum, plan.order))
    return plan.model_copy(update={"mixing": unmeasured_advice(names[draw % len(names)])})


def _random_measurements(curriculum: Curriculum, draw: int) -> Measurements:
    rng = np.random.default_rng(draw)
    names = tuple(curriculum.domains)
    groups = groups_of(curriculum)
    paths: list[Path] = [(), *((unit,) for unit in units_of(names, groups))]
    scores: dict[Path, tuple[Array, ...]] = {path: tuple(rng.random((2, 2)) for _ in names) for path in paths}
    return Measurements(names, np.full(len(names), 1 / len(names)), scores, groups=groups)


def _steps(tree: StageTree) -> int:
    return sum(node.stage.training.steps for node in tree.nodes if node.stage is not None)


def _range(values: list[int]) -> tuple[int, int]:
    return min(values), max(values)
