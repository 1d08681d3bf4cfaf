"""The report of whatever a run has finished, from its store; and its files."""

from __future__ import annotations

from curricula.stage import Schedule
from experiments.analysis.assembly import build_report
from experiments.analysis.comparing.primary import primary_pair
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.notes.cut_notes import cut_notes
from experiments.analysis.report import Report
from experiments.analysis.rows.tables import matrix_csv
from experiments.nodes.provenance import provenance
from experiments.nodes.tree import base_node, grow, reading_chains
from experiments.report.html import render_html
from experiments.run.findings import (
    Findings,
    all_probes,
    arms,
    chains,
    found_so_far,
    reading_ids,
    unwritten,
)
from experiments.run.job import Job
from experiments.run.reading.gather import Records, load_failures, load_records, measurements
from experiments.run.reading.said import completions
from experiments.run.sittings import sittings
from experiments.run.ways_back import main_ways_back, with_ways_back
from scheduler.arms import BASE_ARM, main_arm
from scheduler.evidence.audit import audit
from scheduler.plan import Plan


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


def _probe_ids(job: Job, probes: tuple[Schedule, ...]) -> frozenset[str]:
    """All nodes behind the probes' last readings, bases not included."""
    return frozenset(
        node.id
        for probe in probes
        for seed in job.curriculum.seeds
        for node in reading_chains(job.setup, probe, seed)[-1][1:]
    )
