"""What a node has had of a worker, also where Ray tasks hold many and further tasks wait."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from experiments.nodes.record import Cost
from experiments.nodes.tree import StageNode, StageTree
from experiments.run import progress, remaining
from experiments.run.progress import LiveProgress
from experiments.run.remaining import FRESH_SECONDS, Countdown, Range
from experiments.run.worker_clock import WorkerClock
from experiments.store import Store, View
from tests.support.nodes import SETUP, tree_of

SLOTS, SIZE, TOOK = 2, 10, 0.1


def test_while_each_has_a_worker_it_is_the_clock_on_the_wall() -> None:
    clock = WorkerClock(2, at=10.0)
    for now, running in ((11.0, 1), (15.0, 2), (20.0, 0), (21.0, 1)):
        assert clock.seconds(now) == now - 10
        clock.turn(now, running)


def test_where_more_are_under_way_each_has_its_share() -> None:
    clock = WorkerClock(2)
    clock.turn(5.0, 8)
    assert clock.seconds(9.0) == pytest.approx(5 + 4 * 2 / 8)
    clock.turn(9.0, 4)
    assert clock.seconds(10.0) == pytest.approx(5 + 1 + 0.5)


def tasks(nodes: list[StageNode]) -> Iterator[tuple[float, list[StageNode], list[StageNode]]]:
    """Time, the nodes of tasks that end and of those that are handed over: two tasks run, and two more wait."""
    waiting = [nodes[at : at + SIZE] for at in range(0, len(nodes), SIZE)]
    under_way = [waiting.pop(0) for _ in range(2 * SLOTS)]
    now = 0.0
    yield now, [], [node for task in under_way for node in task]
    while under_way:
        now += SIZE * TOOK
        for _ in range(min(SLOTS, len(under_way))):
            new = waiting.pop(0) if waiting else []
            yield now, under_way.pop(0), new
            under_way += [new] if new else []


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    """Nodes that were trained and measured in so many parts of the time that they took."""
    view = View(Store.open(str(tmp_path / "store")), SETUP)
    cost = Cost(train_seconds=0.5 * TOOK, eval_seconds=0.4 * TOOK)
    monkeypatch.setattr(view, "record", lambda node: SimpleNamespace(cost=cost, scores={}))
    return view


def test_what_is_left_is_right_where_tasks_hold_many_nodes(quick: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each was taken to last as long as all of its task and of the one before: what was left came out ten times as
    long."""
    base, *nodes = tree_of("a", seeds=range(200)).nodes
    quick.learn(base, measured=True)
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    end = len(nodes) * TOOK / SLOTS
    with LiveProgress(Console(file=io.StringIO()), quick, StageTree((base, *nodes)), "", slots=SLOTS) as view:
        for now, ended, begun in tasks(nodes):
            for node in ended:
                view(node, "done")
            for node in begun:
                view(node, "running")
            if 3 < now < 0.9 * end:
                found = view._reckon()
                assert found is not None
                assert math.sqrt(found.low * found.high) == pytest.approx(end - now, rel=0.35)
    assert now == pytest.approx(end)


@pytest.mark.slow
def test_lines_of_a_large_tree_are_cheap(quick: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it was gone through, and its schedule made, for every node that ended."""
    nodes = tree_of("a", seeds=range(2000)).nodes
    asked: list[int] = []
    left = remaining.left
    monkeypatch.setattr(progress, "left", lambda todo, *rest: asked.append(len(todo)) or left(todo, *rest))
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    with LiveProgress(Console(file=io.StringIO()), quick, StageTree(nodes), "", slots=1) as view:
        for node in nodes:
            view(node, "running")
            view(node, "done")
    assert sum(asked) < 60 * len(nodes)
    assert view.counts["done"] == len(nodes)


def test_a_small_tree_is_reckoned_whenever_somebody_asks() -> None:
    said = iter([Range(10, 20), Range(5, 6)])
    countdown = Countdown()
    assert [countdown(0.0, 3, 49, lambda: next(said)) for _ in range(2)] == [Range(10, 20), Range(5, 6)]


def test_between_two_reckonings_time_goes_by() -> None:
    said = iter([Range(2, 20), None])
    countdown = Countdown()

    def ask(now: float, changes: int) -> Range | None:
        return countdown(now, changes, 100, lambda: next(said))

    assert ask(0.0, 0) == Range(2, 20)
    assert ask(1.5, 1) == Range(0.5, 18.5)
    assert ask(4.0, 1) == Range(pytest.approx(0.2), 16)
    assert ask(4.0, 2) is None
    assert ask(4.0 + FRESH_SECONDS / 2, 3) is None


def test_what_is_old_is_reckoned_anew() -> None:
    said = iter([Range(2, 20), Range(3, 4)])
    countdown = Countdown()
    assert countdown(0.0, 0, 1000, lambda: next(said)) == Range(2, 20)
    assert countdown(FRESH_SECONDS, 0, 1000, lambda: next(said)) == Range(3, 4)
