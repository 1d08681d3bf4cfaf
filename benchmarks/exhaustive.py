"""All orders of four domains, trained: without shared beginnings, with them, and in a study that prunes.

    python -m benchmarks.exhaustive

Real training, in this process, one stage after another. What is shared must not change anything: scores of the same
stage are compared to the bit, and the study must find the order that trying all of them finds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from curricula.loader import load_curriculum
from curricula.schema import Curriculum, SearchSpec
from curricula.stage import Schedule
from experiments.executors.base import Outcome, State
from experiments.executors.inline import InlineExecutor
from experiments.nodes.record import Record
from experiments.nodes.tree import StageNode, base_node, grow
from experiments.run.job import Job, Prepared, open_job, prepare_data
from experiments.search.asking import SearchTask
from experiments.search.explorer import Explorer
from experiments.search.telling import Teller
from experiments.store import Store
from experiments.worker.launch import run_node
from scheduler.arms import BASE_ARM
from scheduler.composing.compose import compose
from scheduler.orderings.random import random_orders
from scheduler.path_text import order_text
from scheduler.search.orders import places, readable
from scheduler.search.pruner import WinnerPruner
from scheduler.search.samplers import SAMPLERS

FILE = Path(__file__).with_name("four_orders.yaml")
Records = dict[str, Record]


@dataclass(frozen=True)
class TrainingRun:
    """One way through all orders."""

    records: Records
    """By node, without the base."""
    stage_runs: int
    seconds: float
    study: optuna.Study | None = None

    def figures(self, unshared: TrainingRun) -> dict[str, Any]:
        """For the JSON, with how many times fewer runs and seconds than without sharing."""
        return {
            "stage_runs": self.stage_runs,
            "seconds": round(self.seconds, 1),
            "fewer_runs": round(unshared.stage_runs / self.stage_runs, 2),
            "fewer_seconds": round(unshared.seconds / self.seconds, 2),
        }


def main() -> dict[str, Any]:
    """All figures; also printed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, default=4, help="how many of the four")
    parser.add_argument("--steps", type=int, default=None, help="steps a stage; default: the curriculum's")
    given = parser.parse_args()
    curriculum = smaller(load_curriculum(FILE), given.domains, given.steps)
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
        result = measure(prepare_data(curriculum, FILE), Path(folder))
    print(json.dumps(result))
    return result


def measure(prepared: Prepared, folder: Path) -> dict[str, Any]:
    """The three ways in turn, each in stores of its own under `folder`, from one base model."""
    base = open_job(prepared, Store.open(str(folder / "base")))
    run(base, [])
    orders = all_orders(prepared.curriculum)
    unshared = train_apart(base, orders, folder / "apart")
    shared = train_together(base, orders, folder / "together")
    pruned = train_pruned(base, orders, folder / "pruned")
    best = best_order(prepared, orders, shared.records)
    return {
        "orders": len(orders),
        "unshared": {"stage_runs": unshared.stage_runs, "seconds": round(unshared.seconds, 1)},
        "shared": shared.figures(unshared),
        "pruned": {**pruned.figures(unshared), **_trials(pruned, best)},
        "identical": same_scores(shared, unshared) and same_scores(pruned, unshared),
        "aim": "identical; shared >= 1.5 and pruned >= 3 times fewer runs, same_best",
    }


def train_apart(base: Job, orders: Sequence[Schedule], folder: Path) -> TrainingRun:
    """Every order in a store of its own. RuntimeError where one stage had different scores in two of them."""
    records: Records = {}
    runs, seconds = 0, 0.0
    for number, order in enumerate(orders):
        job = started(base, folder / str(number))
        seconds += run(job, [order])
        found = recorded(job, [order])
        runs += len(found)
        different = [node for node in found if node in records and records[node].scores != found[node].scores]
        if different:
            raise RuntimeError(f"trained twice, with different scores: {different}")
        records |= found
    return TrainingRun(records, runs, seconds)


def train_together(base: Job, orders: Sequence[Schedule], folder: Path) -> TrainingRun:
    """All orders as one tree."""
    job = started(base, folder)
    seconds = run(job, orders)
    records = recorded(job, orders)
    return TrainingRun(records, len(records), seconds)


def train_pruned(base: Job, orders: Sequence[Schedule], folder: Path) -> TrainingRun:
    """A study of all orders, in a random turn, one trial after another, as ``stagewise search`` runs them."""
    job = started(base, folder)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    curriculum = job.curriculum
    study = optuna.create_study(
        direction="maximize", sampler=SAMPLERS["random"](curriculum, None), pruner=WinnerPruner(curriculum)
    )
    for order in random_orders(tuple(curriculum.domains), curriculum.data_seed, len(orders)):
        study.enqueue_trial(places(order))
    task = SearchTask(curriculum, len(orders))
    executor = InlineExecutor(job.view, curriculum.resources, run_node)
    explorer = Explorer(job, study, task, Teller(job, study, task, quiet), lambda: 1, quiet)
    start = time.perf_counter()
    finished(executor.run(explorer.begin(), quiet, explorer.feed))
    seconds = time.perf_counter() - start
    records = recorded(job, orders)
    return TrainingRun(records, len(records), seconds, study)


def smaller(curriculum: Curriculum, domains: int, steps: int | None) -> Curriculum:
    """The first few domains, other steps, and a search over orders alone."""
    kept = dict(list(curriculum.domains.items())[:domains])
    training = curriculum.training.model_copy(update={"steps": steps} if steps else {})
    search = SearchSpec(
        compositions=("sequential",), lengths=(1.0,), opening=(0.0,), refresh=(0.0,), seeds=curriculum.seeds[:1]
    )
    return curriculum.model_copy(update={"domains": kept, "training": training, "search": search})


def all_orders(curriculum: Curriculum) -> list[Schedule]:
    """One sequential schedule an order."""
    return [
        compose(order, "sequential", curriculum, name=order_text(order), role="order")
        for order in permutations(curriculum.domains)
    ]


def started(base: Job, folder: Path) -> Job:
    """A new store that holds the base models and nothing else."""
    job = open_job(base.prepared, Store.open(str(folder)))
    node = base_node(job.setup)
    with base.store.checkpoint(node) as weights:
        job.store.commit(node, job.setup, base.store.training(node), weights)
    with tempfile.TemporaryDirectory() as empty:
        measured = base.store.measurement(node, base.view.suite)
        job.store.keep(node, measured.model_copy(update={"outputs": {}}), Path(empty))
    return job


def run(job: Job, orders: Sequence[Schedule]) -> float:
    """Seconds to train what is missing."""
    executor = InlineExecutor(job.view, job.curriculum.resources, run_node)
    tree = grow(job.setup, [BASE_ARM, *orders], job.curriculum.seeds)
    start = time.perf_counter()
    finished(executor.run(tree, quiet))
    return time.perf_counter() - start


def recorded(job: Job, orders: Sequence[Schedule]) -> Records:
    """Node → record of every stage that was trained."""
    nodes = [node for node in grow(job.setup, orders, job.curriculum.seeds).nodes if node.stage is not None]
    done = job.view.finished(nodes)
    return {node.id: job.view.record(node) for node in nodes if node.id in done}


def same_scores(one: TrainingRun, other: TrainingRun) -> bool:
    """Whether every stage of `one` scored the same, item by item, in `other`."""
    return all(record.scores == other.records[node].scores for node, record in one.records.items())


def best_order(prepared: Prepared, orders: Sequence[Schedule], records: Records) -> str:
    """The order with the best weighted validation score, mean over seeds."""
    curriculum = prepared.curriculum
    weights = {name: spec.weight for name, spec in curriculum.domains.items()}

    def total(order: Schedule) -> float:
        ends = [
            node for node in grow(prepared.setup, [order], curriculum.seeds).nodes if node.depth == len(order.order)
        ]
        scores = [records[node.id].scores["validation"] for node in ends]
        return sum(weight * one[name].mean for one in scores for name, weight in weights.items())

    return order_text(max(orders, key=total).order)


def finished(outcome: Outcome) -> None:
    """RuntimeError where a stage failed."""
    if not outcome.complete:
        raise RuntimeError(f"not every stage finished: {next(iter(outcome.failures.values())).line}")


def quiet(*_: StageNode | State | str) -> None:
    """Show nothing, refuse nothing."""


def _trials(pruned: TrainingRun, best: str) -> dict[str, Any]:
    trials = pruned.study.get_trials(deepcopy=False) if pruned.study else []
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    winner = max(done, key=lambda trial: trial.value or 0.0)
    return {
        "finished": len(done),
        "cut_short": len(trials) - len(done),
        "same_best": readable(winner.params)["order"] == best,
    }


if __name__ == "__main__":
    main()
