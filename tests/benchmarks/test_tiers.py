"""What measuring costs; and a measure more on a finished run of 30 nodes trains nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import noop
from benchmarks.tiers import Took, figures, median
from curricula.schema import Curriculum, Resources
from curricula.schema.evaluation import Metric
from experiments.executors.inline import InlineExecutor
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Suite
from experiments.nodes.tree import StageTree, grow
from experiments.store import Store, View
from experiments.worker import node as worker
from experiments.worker.bench import Bench
from tests.support.findings import NAMES
from tests.support.records import setup_of
from tests.support.report import make_arms, make_curriculum


def test_a_share_is_of_the_same_stages_training():
    took = {"training": 10.0, "answers": 1.0, "rest of tier A": 0.2, "tier B": 5.0}
    found = figures([Took(took, {name: 3 * seconds for name, seconds in took.items()})] * 6)
    assert found["share_of_cpu_time"] == {
        "answers": [0.1, 0.1, 0.1],
        "rest of tier A": [0.02, 0.02, 0.02],
        "tier B": [0.5, 0.5, 0.5],
        "tier A": [0.12, 0.12, 0.12],
    }
    assert found["share_of_wall_time"] == found["share_of_cpu_time"]


def test_the_medians_interval_is_by_order():
    assert median([float(at) for at in range(9)]) == [4, 1, 7]
    assert median([1.0, 2.0, 6.0]) == [2, None, None]


def test_a_measure_more_on_thirty_nodes_trains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a node is trained or measured is the product's own decision; what it would do is only counted."""
    curriculum = make_curriculum(NAMES, (0, 1, 2))
    few = measuring(curriculum, ("nll",))
    tree = grow(few, make_arms(curriculum), curriculum.seeds)
    tree = StageTree(tree.nodes[:30])
    done: list[str] = []

    def train(bench: Bench) -> None:
        done.append("trained")
        noop.run_nothing(bench.work)

    def measure(bench: Bench, suite: Suite, model: None) -> None:
        assert model is None
        done.append("measured")
        noop.run_nothing(bench.work)

    monkeypatch.setattr(worker, "train", train)
    monkeypatch.setattr(worker, "measure", measure)
    store = Store.open(str(tmp_path))

    def run(setup: Setup) -> Counter[str]:
        done.clear()
        executor = InlineExecutor(View(store, setup), Resources(), worker.run_node)
        assert executor.run(tree, lambda *_: None).complete
        return Counter(done)

    assert run(few) == {"trained": 30}
    assert run(few) == {}
    assert run(measuring(curriculum, ("nll", "entropy"))) == {"measured": 30}


def measuring(curriculum: Curriculum, metrics: tuple[Metric, ...]) -> Setup:
    evaluation = curriculum.evaluation.model_copy(update={"metrics": metrics})
    return setup_of(curriculum.model_copy(update={"evaluation": evaluation}))
