"""Joint training searched like the schedules: the same budget, the same sampler, the same freedoms.

A joint mixture has one method. Where the search may train every domain by another one, joint training may too:
each method has a study of its own, and the budget is divided among them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import get_args

from rich.console import Console

from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from curricula.stage import Method
from experiments.executors.base import Executor
from experiments.job import Job
from experiments.search.asking import Task
from experiments.search.claim import claimed
from experiments.search.phases import StatusView, search_trials
from experiments.search.spent import Tried, steps_of
from experiments.search.storage import Place
from experiments.search.study import open_study, search_seeds
from experiments.search.warm_start import Start
from scheduler.measurements import Path
from scheduler.search.build import schedule_of
from scheduler.search.choice import own_choice
from scheduler.search.space import params_of, space

MOST_REPEATED = 2
"""Trials may fall on stages that are trained already; so many times the planned number make up for that at most."""


def search_joint(
    job: Job, executor: Executor, view: StatusView, place: Place, main: Tried, notes: Console
) -> tuple[Tried, ...]:
    """One study for each method, the default first. Together they may train as many steps as `main` rests on.

    What `main` rests on includes stages of the probes that its trials begin with. A study that has its trials is
    left as it is.
    """
    order = main.order or searched_domains(job.curriculum)
    spaces = joint_spaces(job.curriculum)
    budget = steps_of(job.setup, main.trained(), search_seeds(job.curriculum)) // len(spaces)
    found = []
    for method, curriculum in spaces.items():
        suffix = "-joint" if curriculum.training.method == job.curriculum.training.method else f"-joint-{method}"
        study = open_study(place, job, curriculum, suffix)
        tried = Tried(study, curriculum, order)
        with claimed(study) as check:
            for trials in _rounds(job, tried, budget):
                task = Task(curriculum=curriculum, trials=trials, order=order)
                title = f"Search over joint training by {method}"
                first = starts(curriculum, order)
                search_trials(job, executor, view, place, study, task, first, check, notes, title)
        found.append(Tried(study, curriculum, order))
    return tuple(found)


def joint_spaces(curriculum: Curriculum) -> dict[Method, Curriculum]:
    """Method → the space of joint mixtures, first with the curriculum's own method, then any that all may have."""
    spec, default = curriculum.search, curriculum.training.method
    only = {
        "compositions": ("joint",),
        "order": "plan",
        "replay": (),
        "refresh": (0.0,),
        "repeats": (1,),
        "methods": {},
    }
    base = curriculum.model_copy(update={"search": spec.model_copy(update=only)})
    others: list[Method] = [
        method
        for method in get_args(Method)
        if method != default and all(method in spec.methods.get(name, ()) for name in searched_domains(curriculum))
    ]
    return {default: base, **{method: _by_method(base, method) for method in others}}


def starts(curriculum: Curriculum, order: Path) -> tuple[Start, ...]:
    """Joint training as people run it, and with the curriculum's own decay."""
    own = own_choice(curriculum, order, "joint")
    named = {"joint": own.model_copy(update={"lr_decay": 1.0}), "joint, decayed": own}
    return tuple(Start(name, params_of(choice, curriculum)) for name, choice in named.items())


def planned_trials(job: Job, tried: Tried, budget: int) -> int:
    """How many joint runs `budget` steps pay for; at least one, at most the points of the space."""
    points = math.prod(len(one.choices) for one in space(tried.curriculum).values())
    return max(1, min(points, budget // _each(job, tried)))


def _rounds(job: Job, tried: Tried, budget: int) -> Iterator[int]:
    """Numbers of trials to bring the study to: the planned one, then more while the budget is not spent."""
    planned = trials = planned_trials(job, tried, budget)
    seeds = search_seeds(job.curriculum)
    while True:
        yield trials
        left = budget - steps_of(job.setup, Tried(tried.study, tried.curriculum, tried.order).trained(), seeds)
        more = min(left // _each(job, tried), MOST_REPEATED * planned - trials)
        if more <= 0:
            return
        trials += more


def _each(job: Job, tried: Tried) -> int:
    """Steps of one joint run, all seeds."""
    assert tried.order is not None
    choice = own_choice(tried.curriculum, tried.order, "joint")
    return steps_of(job.setup, [schedule_of(choice, tried.curriculum, "")], search_seeds(job.curriculum))


def _by_method(curriculum: Curriculum, method: Method) -> Curriculum:
    """Everything by `method`, at the same number of steps."""
    stages = {name: over.model_copy(update={"method": None}) for name, over in curriculum.stages.items()}
    training = curriculum.training.model_copy(update={"method": method})
    return curriculum.model_copy(update={"training": training, "stages": stages})
