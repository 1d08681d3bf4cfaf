"""A whole search in seconds: a real study, tree and store; nodes that learn and forget by a formula."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from rich.console import Console

from curricula.schema import Curriculum
from curricula.stage import Stage
from domains.errors import StageError
from experiments.executors.base import Work
from experiments.executors.inline import InlineExecutor
from experiments.nodes.record import Cost, DomainScore, Record
from experiments.nodes.suite import HELD_OUT
from experiments.run.findings import Findings
from experiments.run.job import Job, Prepared, job_at
from experiments.search.analysis.report import SearchReport
from experiments.search.final import finish
from experiments.search.lock import locked
from experiments.search.phases import find_start, search_trials, starts_of, task_of, tell_probes
from experiments.search.storage import Place, open_place
from experiments.search.study import advise, open_study
from experiments.store import Store
from tests.support.displays import silent
from tests.support.findings import generator
from tests.support.nodes import leave
from tests.support.records import recorded, setup_of

SPEED = {"sums": 0.25, "sort": 0.55, "stories": 0.4}
ITEMS = 40
QUIET = Console(file=io.StringIO())


def make_curriculum(**search: Any) -> Curriculum:
    """Three domains; `search` replaces parts of a space with every kind of choice."""
    space = {
        "sampler": "random",
        "compositions": ["sequential", "cumulative"],
        "lengths": [1, 2],
        "leave_out": ["sums"],
        "lr_scale": [0.5, 1],
        "lr_decay": [0.6, 1.0],
        "opening": [0],
        "refresh": [0, 0.2],
        "seeds": [0],
        "methods": {name: ["grpo", "sft"] for name in SPEED},
    }
    return Curriculum.model_validate(
        {
            "name": "three-skills",
            "model": {"type": "scratch"},
            "domains": {
                name: {
                    "kind": "creative" if name == "stories" else "structured",
                    "source": {"type": "stories"},
                    "rewards": [{"type": "creative" if name == "stories" else "exact"}],
                }
                for name in SPEED
            },
            "training": {"steps": 40, "prompts": 4, "rollouts": 4},
            "schedule": {"lr_decay": 0.6},
            "evaluation": {"metrics": ["nll"]},
            "search": {**space, **search},
            "seeds": (0, 1),
        }
    )


def make_job(folder: Path, curriculum: Curriculum) -> Job:
    """A job in a new store, with data that nobody reads."""
    return job_at(Prepared(curriculum, setup_of(curriculum), {}), Store.open(str(folder)))


class Nodes:
    """A `run_node`: skill grows with a domain's share of the steps and the rate, and fades by what others train."""

    def __init__(self, failing: int | None = None) -> None:
        self.failing = failing
        """The seed whose joint stages fail."""
        self.ran: list[str] = []

    def __call__(self, work: Work) -> None:
        """Learn, score, commit."""
        if work.node.seed == self.failing and len(work.node.stage.mixture if work.node.stage else ()) == len(SPEED):
            raise StageError("training", "the loss became NaN at step 3")
        self.ran.append(work.node.id)
        store = Store.open(work.store)
        skill = dict.fromkeys(SPEED, 0.3)
        if work.parent is not None:
            with store.checkpoint(work.parent) as folder:
                skill = json.loads(Path(folder, "skill.json").read_text("ascii"))
        if work.node.stage is not None:
            skill = self.learnt(skill, work.node.stage)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "skill.json").write_text(json.dumps(skill), "ascii")
            leave(store, work.node, work.setup, _record(work, skill), Path(folder))

    def learnt(self, skill: Mapping[str, float], stage: Stage) -> dict[str, float]:
        """What a stage makes of the skills."""
        return {name: _learnt(name, value, stage) for name, value in skill.items()}


def _learnt(name: str, value: float, stage: Stage) -> float:
    share, training = stage.mixture.get(name, 0.0), stage.training
    amount = training.steps / 40 * (training.learning_rate / 2e-4)
    gain = SPEED[name] * share * amount * (0.8 if training.method == "sft" else 1.0) * (1 - value)
    return float(np.clip(value + gain - 0.1 * (share == 0) * amount * value, 0.02, 0.98))


def _record(work: Work, skill: dict[str, float]) -> Record:
    node = work.node
    training = node.stage.training if node.stage else None
    cost = Cost(
        steps=training.steps if training else 0,
        rollouts=node.stage.rollout_budget if node.stage else 0,
        tokens=900,
        train_seconds=2.5,
    )
    scores = {split: {name: _score(node.id, split, name, value) for name, value in skill.items()} for split in HELD_OUT}
    return recorded(node, scores, cost)


def _score(node: str, split: str, name: str, value: float) -> DomainScore:
    """Items differ by domain and split alike for all nodes; each node has a little luck."""
    hard = generator("items", split, name).uniform(-0.25, 0.25, ITEMS)
    luck = generator("luck", node, split, name).normal(0, 0.02) + generator(node, split, name).normal(0, 0.05, ITEMS)
    return DomainScore(items=tuple(np.clip(value + hard + luck, 0, 1).tolist()))


def make_study(job: Job, nodes: Nodes, trials: int) -> tuple[optuna.Study, Findings, Place]:
    """Probes, plan and trials."""
    executor = InlineExecutor(job.view, job.curriculum.resources, nodes)
    Path(job.store.url, job.run).mkdir(exist_ok=True)
    place = open_place(None, job.store, job.run)
    study = open_study(place, job)
    with locked(study) as check:
        findings = find_start(job, executor, silent)
        tell_probes(study, job, findings)
        task = task_of(study, job, findings, trials, None)
        advise(study, job.curriculum, task.order)
        search_trials(job, executor, silent, place, study, task, starts_of(task, findings), check, QUIET)
    return study, findings, place


def finished(job: Job, nodes: Nodes, trials: int) -> SearchReport:
    """The whole search."""
    study, findings, place = make_study(job, nodes, trials)
    executor = InlineExecutor(job.view, job.curriculum.resources, nodes)
    return finish(job, executor, silent, study, findings, QUIET, place)
