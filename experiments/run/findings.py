"""What a run knows of its base models, from its probes and its rounds of adaptive mixing, and the arms that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.profile import EntropyProfile
from experiments.executors.base import Outcome
from experiments.nodes.record import Failure
from experiments.nodes.tree import StageTree, grow, paid_nodes, reading_chains
from experiments.run.job import Job
from experiments.run.reading.gather import load_records, measurements, profiles
from experiments.run.reading.mixing import follow_rounds
from scheduler.arms import BASE_ARM, fixed_arms, planned_arms
from scheduler.evidence.transfer import measure_transfer
from scheduler.measurements import Measurements
from scheduler.mixing.arms import mixing_arms
from scheduler.mixing.rounds import Rounds, begin
from scheduler.plan import Plan, Transfer
from scheduler.planning.planner import make_plan, ordering_input
from scheduler.planning.stage_or_mix import stage_or_mix
from scheduler.probing.probes import first_probes, needs_probes


@dataclass(frozen=True)
class Findings:
    """What is known before the arms are chosen, and how the trees ended that were run for it."""

    profiles: Mapping[str, EntropyProfile] = field(default_factory=dict)
    measured: Measurements | None = None
    transfer: Transfer | None = None
    plan: Plan | None = None
    rounds: tuple[Rounds, ...] = ()
    """Adaptive mixing, an arm each, as far as its rounds were chosen."""
    outcomes: tuple[Outcome, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every stage that was asked for is done."""
        return all(outcome.complete for outcome in self.outcomes)


def find(job: Job) -> Findings:
    """What the finished probes say. Explicit schedules have no order."""
    records = load_records(job, probe_tree(job))
    seen = profiles(job, records)
    measured = measurements(job, (), records)
    if measured is None:
        return Findings(profiles=seen)
    if job.curriculum.schedule.composition == "explicit":
        return Findings(seen, measured, measure_transfer(measured))
    delta = {name: profile.delta_entropy.estimate for name, profile in seen.items()}
    plan = _advised(make_plan(measured, job.curriculum, delta), measured, job.curriculum)
    return Findings(seen, measured, measure_transfer(measured), plan)


def _advised(plan: Plan, measured: Measurements, curriculum: Curriculum) -> Plan:
    """With its advice whether to stage at all."""
    mixing = stage_or_mix(measured, curriculum, plan.order) if len(plan.order) > 1 else None
    return plan.model_copy(update={"mixing": mixing})


def arms(curriculum: Curriculum, findings: Findings) -> tuple[Schedule, ...]:
    """The fixed arms, those of adaptive mixing as far as they came, and, once there is a plan, the planned ones."""
    fixed = (*mixing_arms(curriculum, findings.rounds), *fixed_arms(curriculum))
    if findings.plan is None or findings.measured is None:
        return fixed
    delta = {name: profile.delta_entropy.estimate for name, profile in findings.profiles.items()}
    data = ordering_input(findings.measured, curriculum, delta)
    return (*planned_arms(curriculum, findings.plan, data), *fixed)


def with_rounds(job: Job, findings: Findings) -> Findings:
    """With the rounds of adaptive mixing as far as the store tells."""
    return replace(findings, rounds=follow_rounds(job, begin(job.curriculum, findings.plan), findings.measured))


def found_so_far(job: Job) -> Findings:
    """What the store tells: the plan, and the rounds of adaptive mixing."""
    return with_rounds(job, find(job))


def all_probes(curriculum: Curriculum, findings: Findings) -> tuple[Schedule, ...]:
    """What was trained to choose the order, finished or not."""
    if not needs_probes(curriculum) and findings.measured is None:
        return ()
    return first_probes(curriculum)


def probe_tree(job: Job) -> StageTree:
    return grow(job.setup, [BASE_ARM, *first_probes(job.curriculum)], job.curriculum.seeds)


def chains(job: Job, schedules: tuple[Schedule, ...]) -> dict[tuple[str, int], tuple[str, ...]]:
    """(arm, seed) → ids of the base and of all nodes that the schedule's budget pays for."""
    return {
        (schedule.name, seed): tuple(node.id for node in paid_nodes(job.setup, schedule, seed))
        for schedule in schedules
        for seed in job.curriculum.seeds
    }


def reading_ids(job: Job, schedules: tuple[Schedule, ...]) -> dict[tuple[str, int], tuple[str, ...]]:
    """(arm, seed) → ids of the nodes where the base and each stage are read off."""
    return {
        (schedule.name, seed): tuple(nodes[-1].id for nodes in reading_chains(job.setup, schedule, seed))
        for schedule in schedules
        for seed in job.curriculum.seeds
    }


def unwritten(findings: Findings) -> dict[str, Failure]:
    """Failures as the executor saw them: where a disk is full, the store could not note why."""
    return {node: failure for outcome in findings.outcomes for node, failure in outcome.failures.items()}
