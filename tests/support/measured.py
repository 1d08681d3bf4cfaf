"""A base and one stage, trained and measured, and what models were asked meanwhile."""

from __future__ import annotations

from pathlib import Path

from curricula.schema import Resources
from curricula.stage import Stage, Training
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.record import DomainScore, Record
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Task
from experiments.nodes.tree import StageNode, base_node, child_node
from experiments.store import Store
from experiments.worker import measure
from experiments.worker.node import run_node

Finished = tuple[Store, Setup, list[StageNode]]
STAGE = Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=2, prompts=4))
ASK = measure.ask


class Asked:
    """Remembers the tasks that models were asked."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def __call__(self, asked, model):
        self.tasks.append(asked.task)
        return ASK(asked, model)

    def take(self) -> set[tuple[str, str, str]]:
        """What was asked since the last time."""
        found = {(task.kind, task.domain, task.split) for task in self.tasks}
        self.tasks.clear()
        return found


def run(store: Store, setup: Setup) -> list[StageNode]:
    """Base and one stage."""
    base = base_node(setup)
    nodes = [base, child_node(setup, base, STAGE, 0)]
    for parent, node in zip([None, *nodes], nodes, strict=False):
        run_node(Work(node, parent, setup, store.url, Resources()))
    return nodes


def score(store: Store, setup: Setup, node: StageNode, domain: str = "copy") -> DomainScore:
    return record(store, setup, node).scores["test"][domain]


def record(store: Store, setup: Setup, node: StageNode) -> Record:
    return store.record(node, suite_of(setup).id)


def weights(store: Store) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in Path(store.url).rglob("model.safetensors")}


def evaluated(setup: Setup, **changes: object) -> Setup:
    return setup.model_copy(update={"evaluation": setup.evaluation.model_copy(update=changes)})
