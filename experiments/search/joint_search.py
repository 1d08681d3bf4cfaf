"""Joint training searched like the schedules: the same search over the part of the space where all is mixed throughout,
with the same number of completions.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from curricula.search_checks import search_seeds
from experiments.executors.base import Executor
from experiments.run.findings import Findings
from experiments.run.job import Job
from experiments.search.analysis.spent import completions
from experiments.search.analysis.study_trials import StudyTrials
from experiments.search.asking import SearchTask
from experiments.search.lock import locked
from experiments.search.phases import StatusView, search_trials, tell_probes
from experiments.search.storage import Place
from experiments.search.study import advise, open_study
from experiments.search.warm_start import warm_starts
from scheduler.composing.choice import own_choice
from scheduler.composing.compose import schedule_of
from scheduler.composing.joint import budget
from scheduler.search.space import joint_space, pinned, size

MOST_REPEATED = 2
"""Trials may fall on stages that are trained already; so many times the planned number make up for that at most."""


def search_joint(
    job: Job, executor: Executor, view: StatusView, place: Place, main: StudyTrials, findings: Findings, notes: Console
) -> StudyTrials:
    """A study whose trials rest on as many completions as those of `main`, rounded up to a whole run: in favour of
    joint training. One that has its trials is left as it is.

    What `main` rests on includes stages of the probes that its trials begin with.
    """
    curriculum = joint_space(job.curriculum)
    order = pinned(curriculum)
    study = open_study(place, job, curriculum, "-joint")
    advise(study, curriculum, order)
    tell_probes(study, job, findings)
    starts, title = warm_starts(curriculum, findings, order), "Search over joint training"
    tried = StudyTrials(study, curriculum, order)
    with locked(study) as check:
        for trials in _rounds(job, tried, completions(main.tree(job.setup))):
            task = SearchTask(curriculum=curriculum, trials=trials, order=order)
            search_trials(job, executor, view, place, study, task, starts, check, notes, title)
    return StudyTrials(study, curriculum, order)


def planned_trials(tried: StudyTrials, wanted: int) -> int:
    """How many joint runs spend so many completions; at least one, at most the points of the space with every seed."""
    return max(1, min(_points(tried), -(-wanted // _each(tried))))


def _rounds(job: Job, tried: StudyTrials, wanted: int) -> Iterator[int]:
    """Numbers of trials to bring the study to: the planned one, then more while the completions are not spent."""
    planned = trials = planned_trials(tried, wanted)
    while True:
        yield trials
        now = StudyTrials(tried.study, tried.curriculum, tried.order)
        left = wanted - completions(now.tree(job.setup))
        most = min(MOST_REPEATED * planned, _points(tried)) - trials
        more = min(-(-left // _each(tried)), most)
        if more <= 0:
            return
        trials += more


def _points(tried: StudyTrials) -> int:
    return size(tried.curriculum) * len(search_seeds(tried.curriculum))


def _each(tried: StudyTrials) -> int:
    """Completions of one joint run."""
    assert tried.order is not None
    choice = own_choice(tried.curriculum, tried.order, "joint")
    return budget(schedule_of(choice, tried.curriculum, ""))
