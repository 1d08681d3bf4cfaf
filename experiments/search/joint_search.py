"""Joint training searched like the schedules: the same budget, the same sampler, the same freedoms.

Where the search may train every domain by either method, joint training may change from SFT to GRPO on its way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Console

from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from experiments.executors.base import Executor
from experiments.run.job import Job
from experiments.search.asking import Task
from experiments.search.claim import claimed
from experiments.search.phases import StatusView, search_trials
from experiments.search.report.spent import StudyTrials, steps_of
from experiments.search.storage import Place
from experiments.search.study import advise, open_study, search_seeds
from experiments.search.warm_start import Start
from scheduler.choice import own_choice
from scheduler.compose import schedule_of
from scheduler.measurements import Path
from scheduler.search.space import params_of, space

MOST_REPEATED = 2
"""Trials may fall on stages that are trained already; so many times the planned number make up for that at most."""


def search_joint(
    job: Job, executor: Executor, view: StatusView, place: Place, main: StudyTrials, notes: Console
) -> StudyTrials:
    """A study that may train as many steps as `main` rests on. One that has its trials is left as it is.

    What `main` rests on includes stages of the probes that its trials begin with.
    """
    order = main.order or searched_domains(job.curriculum)
    curriculum = joint_space(job.curriculum)
    budget = steps_of(job.setup, main.trained(), search_seeds(job.curriculum))
    study = open_study(place, job, curriculum, "-joint")
    advise(study, curriculum, order)
    tried = StudyTrials(study, curriculum, order)
    first, title = starts(curriculum, order), "Search over joint training"
    with claimed(study) as check:
        for trials in _rounds(job, tried, budget):
            task = Task(curriculum=curriculum, trials=trials, order=order)
            search_trials(job, executor, view, place, study, task, first, check, notes, title)
    return StudyTrials(study, curriculum, order)


def joint_space(curriculum: Curriculum) -> Curriculum:
    """The same curriculum with a space of joint mixtures only."""
    only = {"compositions": ("joint",), "order": "plan", "replay": (), "refresh": (0.0,), "repeats": (1,)}
    return curriculum.model_copy(update={"search": curriculum.search.model_copy(update=only)})


def starts(curriculum: Curriculum, order: Path) -> tuple[Start, ...]:
    """Joint training as people run it, with the curriculum's own decay, and, where it may, by SFT before GRPO."""
    own = own_choice(curriculum, order, "joint")
    plain = own.model_copy(update={"lr_decay": 1.0})
    named = {"joint": plain, "joint, decayed": own}
    if "sft_first" in space(curriculum):
        for rate in curriculum.search.sft_rate:
            words = "" if rate == 1 else f" at {rate:g} times the rate"
            for name, share in {"joint, half by SFT": 0.5, "joint, by SFT": 1.0}.items():
                named[name + words] = plain.model_copy(update={"sft_first": share, "sft_rate": rate})
    return tuple(Start(name, params_of(choice, curriculum)) for name, choice in named.items())


def planned_trials(job: Job, tried: StudyTrials, budget: int) -> int:
    """How many joint runs `budget` steps pay for; at least one, at most the points of the space."""
    points = math.prod(len(one.choices) for one in space(tried.curriculum).values())
    return max(1, min(points, budget // _each(job, tried)))


def _rounds(job: Job, tried: StudyTrials, budget: int) -> Iterator[int]:
    """Numbers of trials to bring the study to: the planned one, then more while the budget is not spent."""
    planned = trials = planned_trials(job, tried, budget)
    seeds = search_seeds(job.curriculum)
    while True:
        yield trials
        left = budget - steps_of(job.setup, StudyTrials(tried.study, tried.curriculum, tried.order).trained(), seeds)
        more = min(left // _each(job, tried), MOST_REPEATED * planned - trials)
        if more <= 0:
            return
        trials += more


def _each(job: Job, tried: StudyTrials) -> int:
    """Steps of one joint run, all seeds."""
    assert tried.order is not None
    choice = own_choice(tried.curriculum, tried.order, "joint")
    return steps_of(job.setup, [schedule_of(choice, tried.curriculum, "")], search_seeds(job.curriculum))
