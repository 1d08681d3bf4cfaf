"""A machine that is taken away in the middle of a stage: the run goes on by itself on another, from the last save."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.schema import Resources
from curricula.stage import Stage, Training
from experiments.executors.base import Work
from experiments.nodes.tree import base_node, child_node
from experiments.store import Store
from experiments.store.halfway import halfway_litter
from experiments.worker.node import run_node
from tests.support import warm
from tests.support.models import left, stored
from tests.support.nodes import wait_for, worker_environment
from tests.support.spot import drive, steps, two_nodes

pytestmark = pytest.mark.slow

GRPO = Training(steps=8, prompts=2, rollouts=2, learning_rate=1e-2, checkpoint_every=3, optimizer="carry")


def works(folder: Path) -> list[Work]:
    """Base, which is trained, and a stage of GRPO on it."""
    store, setup = stored(str(folder))
    base = base_node(setup)
    child = child_node(setup, base, Stage(mixture={"copy": 1.0}, training=GRPO), 0)
    run_node(Work(base, None, setup, store.url, Resources()))
    return [Work(base, None, setup, store.url, Resources()), Work(child, base, setup, store.url, Resources())]


def test_a_run_goes_on_on_the_other_node_from_the_last_save_and_to_the_same_bits(tmp_path: Path) -> None:
    _, whole = works(tmp_path / "undisturbed")
    run_node(whole)
    base, work = works(tmp_path / "lost")
    store = Store.open(work.store)
    with two_nodes() as cluster:
        nodes = (base.node, work.node)
        driver = warm.start(worker_environment(), drive, work.store, work.setup, nodes, cluster.address)
        wait_for(lambda: len(steps(store)) == 5, driver=driver)
        lost = steps(store)[-1][1]
        assert len(halfway_litter(store, work.node.slug)) == 2
        cluster.lose(lost)
        assert driver.wait(120) == 0, driver.said
    before, after = steps(store)[:5], steps(store)[5:]
    assert before == [(step, lost) for step in (1, 2, 3, 4, 5)]
    assert [step for step, _ in after] == [4, 5, 6, 7, 8]
    (other,) = {node for _, node in after}
    assert other != lost
    assert left(work) == left(whole)
    assert halfway_litter(store, work.node.slug) == []
