"""What a search ends with: joint training searched alike, all arms on fresh seeds, and the report."""

from __future__ import annotations

from dataclasses import replace

import optuna
from rich.console import Console

from curricula.search_checks import search_seeds
from curricula.stage import Schedule
from domains.errors import StagewiseError
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.notes.guard_advice import choice_lines
from experiments.executors.base import Executor
from experiments.nodes.provenance import provenance
from experiments.nodes.tree import StageTree, grow
from experiments.run.findings import Findings, all_probes, chains, reading_ids, unwritten
from experiments.run.job import Job
from experiments.run.phases import mix, run_tree
from experiments.run.reading.gather import Records, load_failures, load_records
from experiments.search.analysis.assembly import SearchOutcome, build_search_report
from experiments.search.analysis.pairs import PAIRS, SEARCHED
from experiments.search.analysis.report import SearchReport
from experiments.search.analysis.study_trials import StudyTrials
from experiments.search.analysis.trial_table import trials_csv
from experiments.search.arms import final_arms
from experiments.search.joint_search import search_joint
from experiments.search.phases import StatusView
from experiments.search.report.html import render_search
from experiments.search.storage import Place
from experiments.search.study import pinned_order
from experiments.search.warm_start import own_notes
from scheduler.arms import BASE_ARM
from scheduler.mixing.arms import settled
from scheduler.mixing.rounds import schedule_of


def finish(
    job: Job,
    executor: Executor,
    view: StatusView,
    study: optuna.Study,
    findings: Findings,
    notes: Console,
    place: Place,
    own: Job | None = None,
) -> SearchReport:
    """Search joint training with the same budget, train winner and baselines on fresh seeds, compare them on test.

    What fails in the final comparison is missing in the report, and the rest goes on. `place` is where the study is
    kept; `own` is the user's own curriculum where another one was searched (`searching`). Raises StagewiseError if no
    trial has finished.
    """
    own = own or job
    order = pinned_order(study, job.curriculum, findings.plan.order if findings.plan else None)
    main = StudyTrials(study, job.curriculum, order)
    if main.best is None:
        raise StagewiseError("no trial has finished, so there is nothing to compare")
    joint = search_joint(job, executor, view, place, main, findings, notes)
    best = joint.schedule(joint.best.first) if joint.best else None
    mixed = _mixed(own, executor, view, findings)
    schedules = final_arms(own.curriculum, mixed, main.schedule(main.best.first), best)
    fresh = _fresh(own)
    tree = grow(fresh.setup, [BASE_ARM, *schedules], fresh.curriculum.seeds)
    outcome = run_tree(fresh, executor, view, f"Final comparison on {len(fresh.curriculum.seeds)} fresh seeds", tree)
    ended = Findings(outcomes=(outcome,))
    trees = phase_trees(own, mixed, main, joint) | {"final": tree}
    records = {key: record for one in trees.values() for key, record in load_records(job, one).items()}
    return build_search_report(
        SearchOutcome(
            main=main,
            joint=joint,
            final=_inputs(job.run, fresh, schedules, tree, records, ended),
            trees=trees,
            records=records,
            search_seeds=search_seeds(job.curriculum),
            notes=(*choice_lines(job.guards), *own_notes(own.curriculum, job.curriculum, mixed, order)),
        )
    )


def write_search(job: Job, report: SearchReport) -> None:
    """search.html, trials.csv, best.yaml and, last, search.json in the run's folder."""
    job.store.write_run(job.run, "search.html", render_search(report))
    job.store.write_run(job.run, "trials.csv", trials_csv(report.trials, tuple(report.curriculum.domains)))
    job.store.write_run(job.run, "best.yaml", report.best.yaml)
    job.store.write_run(job.run, "search.json", report.model_dump_json(indent=1))


def phase_trees(job: Job, findings: Findings, main: StudyTrials, joint: StudyTrials) -> dict[str, StageTree]:
    """Phase → all that it rests on, whoever trained it; probes with the rounds of the curriculum's own mixing."""
    rounds = [schedule_of(job.curriculum, one) for one in findings.rounds]
    return {
        "probes": grow(job.setup, [*all_probes(job.curriculum, findings), *rounds], job.curriculum.seeds),
        "search": main.tree(job.setup),
        "joint search": joint.tree(job.setup),
    }


def _mixed(own: Job, executor: Executor, view: StatusView, findings: Findings) -> Findings:
    """With the rounds of the curriculum's adaptive mixing, its own and its baselines', chosen on its own seeds, where
    all could be trained."""
    if not own.curriculum.mixing_rules:
        return findings
    return replace(findings, rounds=settled(own.curriculum, mix(own, executor, view, findings).rounds))


def _fresh(job: Job) -> Job:
    """The same job for the seeds of the final comparison."""
    curriculum = job.curriculum.model_copy(update={"seeds": job.curriculum.search.fresh_seeds})
    return replace(job, prepared=replace(job.prepared, curriculum=curriculum))


def _inputs(
    run: str, fresh: Job, schedules: tuple[Schedule, ...], tree: StageTree, records: Records, ended: Findings
) -> ReportInputs:
    return ReportInputs(
        curriculum=fresh.curriculum,
        run=run,
        schedules=schedules,
        main=SEARCHED,
        primary=PAIRS[0],
        tree=tree,
        records={node.id: records[node.id] for node in tree.nodes if node.id in records},
        chains=chains(fresh, schedules),
        readings=reading_ids(fresh, schedules),
        failures={**unwritten(ended), **load_failures(fresh, tree, records)},
        environment=provenance().model_dump(mode="json"),
    )
