"""The phases of a run: base models and their profiles, probes and the plan, all arms, the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from curricula.recommended import waiting
from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.errors import StagewiseError
from domains.profile import EntropyProfile
from experiments.analysis.assembly import build_report
from experiments.analysis.comparing.primary import primary_pair
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.notes.cut_notes import cut_notes
from experiments.analysis.report import Report
from experiments.analysis.rows.tables import matrix_csv
from experiments.analysis.sentences.group_words import probes_for
from experiments.executors.base import Executor, Outcome
from experiments.nodes.provenance import provenance
from experiments.nodes.record import Failure
from experiments.nodes.tree import StageTree, base_node, grow, paid_nodes, reading_chains
from experiments.report.html import render_html
from experiments.run.filling import Display, fill_in
from experiments.run.job import Job, with_guards
from experiments.run.noted import note
from experiments.run.reading.gather import Records, load_failures, load_records, measurements, profiles
from experiments.run.reading.mixing import follow_rounds, train_rounds
from experiments.run.reading.said import completions
from experiments.run.sittings import sitting, sittings
from experiments.run.ways_back import main_ways_back, with_ways_back
from scheduler.arms import BASE_ARM, fixed_arms, main_arm, planned_arms
from scheduler.evidence.audit import audit
from scheduler.evidence.transfer import measure_transfer
from scheduler.measurements import Measurements
from scheduler.mixing.arms import mixing_arms, settled
from scheduler.mixing.rounds import Rounds, begin
from scheduler.plan import Plan, Transfer
from scheduler.planning.planner import make_plan, ordering_input
from scheduler.planning.stage_or_mix import stage_or_mix
from scheduler.probing.probes import first_probes, groups_of, needs_probes


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


def choose_guards(job: Job, executor: Executor, view: Display) -> Job:
    """The job with guards in place of every `recommended`: first the base model is measured, where it was not.

    Raises StagewiseError where that fails: without guards no stage has an identity.
    """
    if not waiting(job.curriculum):
        return job
    with sitting(job, view) as noting:
        outcome = run_tree(job, executor, noting, "Base models", grow(job.setup, [BASE_ARM], job.curriculum.seeds))
    if not outcome.complete:
        why = "; ".join(failure.line for failure in outcome.failures.values())
        raise StagewiseError(f"guards are recommended by the base model, which could not be measured: {why}")
    return with_guards(job)


def profile_bases(job: Job, executor: Executor, view: Display) -> Findings:
    """Make the base model and profile the domains; ΔH too where probes are finished."""
    outcome = run_tree(job, executor, view, "Base models", grow(job.setup, [BASE_ARM], job.curriculum.seeds))
    return Findings(profiles=profiles(job, load_records(job, _probe_tree(job))), outcomes=(outcome,))


def probe(job: Job, executor: Executor, view: Display) -> Findings:
    """Train the probes from the base, and plan from what they say."""
    told = probes_for(tuple(job.curriculum.domains), groups_of(job.curriculum)) or "one stage a domain"
    outcome = run_tree(job, executor, view, f"Probes: {told}", _probe_tree(job))
    return replace(find(job), outcomes=(outcome,))


def find(job: Job) -> Findings:
    """What the finished probes say. Explicit schedules have no order."""
    records = load_records(job, _probe_tree(job))
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


def mix(job: Job, executor: Executor, view: Display, findings: Findings) -> Findings:
    """Train the rounds of adaptive mixing, each chosen by those before it, until all are done or a stage fails."""
    now = _mixed(job, findings)
    rounds, outcomes = train_rounds(job, now.rounds, now.measured, partial(run_tree, job, executor, view))
    return replace(now, rounds=rounds, outcomes=(*findings.outcomes, *outcomes))


def _mixed(job: Job, findings: Findings) -> Findings:
    """With the rounds of adaptive mixing as far as the store tells."""
    return replace(findings, rounds=follow_rounds(job, begin(job.curriculum, findings.plan), findings.measured))


def run(job: Job, executor: Executor, view: Display, show: Callable[[Findings], None]) -> Report:
    """All phases; whatever is finished already is not run again. `show` is told what the plan rests on.

    The report rests on the findings that the arms were chosen by, whatever a retried probe has added since.
    """
    with sitting(job, view) as noting:
        findings = probe(job, executor, noting) if needs_probes(job.curriculum) else Findings()
        show(findings)
        if base_node(job.setup).id in unwritten(findings):
            # Nothing can be compared with a base model that cannot be measured, and why is the same for every arm.
            return report_of(job, findings)
        findings = mix(job, executor, noting, findings)
        known = arms(job.curriculum, replace(findings, rounds=settled(job.curriculum, findings.rounds)))
        tree = grow(job.setup, [BASE_ARM, *known], job.curriculum.seeds)
        tree = with_ways_back(job.setup, job.curriculum, tree, known)
        outcome = run_tree(job, executor, noting, "Arms: the schedule and what it is compared with", tree)
    return report_of(job, replace(findings, outcomes=(*findings.outcomes, outcome)))


def found_so_far(job: Job) -> Findings:
    """What the store tells: the plan, and the rounds of adaptive mixing."""
    return _mixed(job, find(job))


def report_of(job: Job, findings: Findings | None = None) -> Report:
    """The report of whatever is finished; the plan is that of `findings`, or of the probes in the store."""
    curriculum = job.curriculum
    findings = findings or found_so_far(job)
    probes = all_probes(curriculum, findings)
    schedules = arms(curriculum, findings)
    tree = grow(job.setup, [BASE_ARM, *probes, *schedules], curriculum.seeds)
    tree = with_ways_back(job.setup, curriculum, tree, schedules)
    records, sat = load_records(job, tree), sittings(job)
    return build_report(
        ReportInputs(
            curriculum=curriculum,
            run=job.run,
            schedules=schedules,
            main=main_arm(curriculum),
            primary=primary_pair(curriculum),
            tree=tree,
            records=records,
            chains=chains(job, schedules),
            readings=reading_ids(job, (*schedules, *main_ways_back(curriculum, schedules))),
            failures={**unwritten(findings), **load_failures(job, tree, records)},
            probes=_probe_ids(job, probes),
            profiles=findings.profiles,
            transfer=findings.transfer,
            guards=job.guards,
            plan=_audited(job, findings, (*probes, *schedules), records),
            rounds=findings.rounds,
            wall_seconds=sat.seconds,
            made=sat.made,
            completions=completions(job, schedules, records),
            data_notes=(*job.prepared.notes, *_cut(job, records)),
            environment=provenance().model_dump(mode="json"),
        )
    )


def write_report(job: Job, report: Report) -> None:
    """report.json, report.html and evaluations.csv in the run's folder."""
    job.store.write_run(job.run, "evaluations.csv", matrix_csv(report))
    job.store.write_run(job.run, "report.html", render_html(report))
    job.store.write_run(job.run, "report.json", report.model_dump_json(indent=1))


def run_tree(job: Job, executor: Executor, view: Display, title: str, tree: StageTree) -> Outcome:
    """Run what is missing of a tree, under `view`."""
    note(job, tree.nodes)
    with view(title, tree) as watch:
        return fill_in(tree, executor, watch)


def _cut(job: Job, records: Records) -> tuple[str, ...]:
    """On which domains the base model's answers were cut off; nothing before it is measured."""
    base = records.get(base_node(job.setup).id)
    return cut_notes(job.setup, base) if base else ()


def _audited(job: Job, findings: Findings, schedules: tuple[Schedule, ...], records: Records) -> Plan | None:
    """The plan with its audit over all paths that were measured since."""
    if findings.plan is None:
        return None
    measured = measurements(job, schedules, records)
    if measured is None:
        return findings.plan
    full = audit(findings.plan, measured, job.curriculum.schedule)
    return findings.plan.model_copy(update={"audit": full})


def unwritten(findings: Findings) -> dict[str, Failure]:
    """Failures as the executor saw them: where a disk is full, the store could not note why."""
    return {node: failure for outcome in findings.outcomes for node, failure in outcome.failures.items()}


def _probe_tree(job: Job) -> StageTree:
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


def all_probes(curriculum: Curriculum, findings: Findings) -> tuple[Schedule, ...]:
    """What was trained to choose the order, finished or not."""
    if not needs_probes(curriculum) and findings.measured is None:
        return ()
    return first_probes(curriculum)


def _probe_ids(job: Job, probes: tuple[Schedule, ...]) -> frozenset[str]:
    """All nodes behind the probes' last readings, bases not included."""
    return frozenset(
        node.id
        for probe in probes
        for seed in job.curriculum.seeds
        for node in reading_chains(job.setup, probe, seed)[-1][1:]
    )
