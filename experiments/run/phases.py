"""The phases of a run: base models and their profiles, probes and the plan, all arms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from curricula.recommended import waiting
from domains.errors import StagewiseError
from experiments.analysis.report import Report
from experiments.analysis.sentences.group_words import probes_for
from experiments.executors.base import Executor, Outcome
from experiments.nodes.tree import StageTree, base_node, grow
from experiments.run.filling import Display, fill_in
from experiments.run.findings import Findings, arms, find, probe_tree, unwritten, with_rounds
from experiments.run.job import Job, with_guards
from experiments.run.noted import note
from experiments.run.reading.gather import load_records, profiles
from experiments.run.reading.mixing import train_rounds
from experiments.run.reporting import report_of
from experiments.run.sittings import sitting
from experiments.run.ways_back import with_ways_back
from scheduler.arms import BASE_ARM
from scheduler.mixing.arms import settled
from scheduler.probing.probes import groups_of, needs_probes


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
    return Findings(profiles=profiles(job, load_records(job, probe_tree(job))), outcomes=(outcome,))


def probe(job: Job, executor: Executor, view: Display) -> Findings:
    """Train the probes from the base, and plan from what they say."""
    told = probes_for(tuple(job.curriculum.domains), groups_of(job.curriculum)) or "one stage a domain"
    outcome = run_tree(job, executor, view, f"Probes: {told}", probe_tree(job))
    return replace(find(job), outcomes=(outcome,))


def mix(job: Job, executor: Executor, view: Display, findings: Findings) -> Findings:
    """Train the rounds of adaptive mixing, each chosen by those before it, until all are done or a stage fails."""
    now = with_rounds(job, findings)
    rounds, outcomes = train_rounds(job, now.rounds, now.measured, partial(run_tree, job, executor, view))
    return replace(now, rounds=rounds, outcomes=(*findings.outcomes, *outcomes))


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


def run_tree(job: Job, executor: Executor, view: Display, title: str, tree: StageTree) -> Outcome:
    """Run what is missing of a tree, under `view`."""
    note(job, tree.nodes)
    with view(title, tree) as watch:
        return fill_in(tree, executor, watch)
