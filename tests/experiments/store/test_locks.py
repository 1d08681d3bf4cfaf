"""One command at a time works on a node, and what a dead one left is taken over."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from curricula.schema import Resources
from domains.errors import StoreError
from experiments.executors.base import Work
from experiments.executors.inline import InlineExecutor
from experiments.nodes.tree import StageNode
from experiments.store import Store
from experiments.store.layout import of_node
from experiments.store.lease import Lease, file_of, using
from experiments.store.locks import SILENT, Locks, locking
from experiments.store.owner import Owner
from tests.support.faults import FaultyFileSystem
from tests.support.nodes import arithmetic, attempts, ignore, results, tree_of, uninterrupted, view_of

NODE = StageNode(id="00" * 32, parent=None, stage=None, seed=0)


@pytest.fixture
def leases() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def lease(store: Store, name: str, **more: object) -> Locks:
    """The locks of a command of another machine, as it last wrote its lease."""
    content = {"use": "run", "host": "far", "pid": 1, "at": 0.0, "place": "far", "started": "1", **more}
    store.files.write(file_of(name), Lease.model_validate(content).model_dump_json())
    return Locks(store.files, name)


def test_the_first_has_it_until_it_lets_go(store: Store, leases: ExitStack) -> None:
    one, other = (leases.enter_context(locking(store.files)) for _ in range(2))
    assert one.take(NODE)
    assert not other.take(NODE)
    assert other.held(NODE)
    one.drop(NODE)
    assert not other.held(NODE)
    assert other.take(NODE)
    other.drop(NODE)
    assert not [name for name in store.files.names(f"nodes/{NODE.slug}") if name.startswith("claim")]


def test_what_an_ended_command_left_is_taken_over_by_one(store: Store, leases: ExitStack) -> None:
    with locking(store.files) as gone:
        assert gone.take(NODE)
    many = [leases.enter_context(locking(store.files)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda locks: locks.take(NODE), many))
    assert sum(taken) == 1
    many[taken.index(True)].drop(NODE)
    assert not many[0].held(NODE)


def test_a_process_that_is_gone_from_here_is_known_at_once(store: Store, leases: ExitStack) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    here = Owner.this()
    assert lease(store, "dead", pid=gone.pid, place=here.place, started="1").take(NODE)
    assert leases.enter_context(locking(store.files)).take(NODE)


def test_a_machine_that_is_silent_is_taken_for_lost_by_our_own_clock(store: Store) -> None:
    """Its own clock may be years away."""
    now = [0.0]
    far, near = lease(store, "far", at=1e12), Locks(store.files, "near", lambda: now[0])
    assert far.take(NODE)
    assert near.held(NODE)
    now[0] += SILENT - 1
    assert near.held(NODE)
    lease(store, "far", at=1e12 + 60)
    now[0] += 2
    assert near.held(NODE)
    now[0] += SILENT
    assert not near.held(NODE)
    assert near.take(NODE)


def test_nobody_locks_while_somebody_prunes(store: Store) -> None:
    with using(store.files, "prune", unless="run"), pytest.raises(StoreError, match="prunes"), locking(store.files):
        pass


def test_a_place_that_takes_no_locks_is_told_of_by_what_fails_there(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open("faulty://locks")
    with locking(store.files) as locks:
        monkeypatch.setattr(FaultyFileSystem, "error", OSError(errno.ENOSPC, "No space left on device"))
        assert locks.take(NODE)
        locks.drop(NODE)
        monkeypatch.setattr(FaultyFileSystem, "error", None)


def put_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the client itself puts again what had arrived, as aiohttp does where a connection is cut."""
    once = FaultyFileSystem.pipe_file

    def twice(self: FaultyFileSystem, path: str, value: bytes, **named: Any) -> None:
        once(self, path, value, **named)
        once(self, path, value, **named)

    monkeypatch.setattr(FaultyFileSystem, "pipe_file", twice)


def test_a_lock_that_the_client_put_again_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open("faulty://again")
    with locking(store.files) as locks, locking(store.files) as other:
        put_again(monkeypatch)
        assert locks.take(NODE)
        assert not other.take(NODE)


def test_a_lock_of_ours_that_came_late_holds_nobody_of_us_up(store: Store, leases: ExitStack) -> None:
    """Its write was taken for lost, and arrived when we had let go."""
    one, other = (leases.enter_context(locking(store.files)) for _ in range(2))
    assert one.take(NODE)
    late = of_node(NODE, "claim-1.json")
    text = store.files.read(late)
    one.drop(NODE)
    store.files.write(late, str(text))
    assert other.held(NODE)
    assert not one.held(NODE)
    assert one.take(NODE)
    one.drop(NODE)
    assert other.take(NODE)


@pytest.mark.slow
def test_two_commands_at_once_train_every_node_once(tmp_path) -> None:
    """Each waits for what the other one works on, and is told of it."""
    store, tree = Store.open(str(tmp_path / "store")), tree_of("slow a b", "slow c slow", "a slow")
    done: list[set[str]] = [set(), set()]

    def run(at: int) -> bool:
        watch = lambda node, state: done[at].add(node.id) if state == "done" else None  # noqa: E731
        return InlineExecutor(view_of(store), Resources(), arithmetic).run(tree, watch).complete

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, range(2))) == [True, True]
    assert done == [set(tree.by_id)] * 2
    assert set(attempts(store).values()) == {1}
    assert results(store, tree) == uninterrupted(tmp_path / "other", tree)
    assert not [name for node in tree.nodes for name in store.files.names(f"nodes/{node.slug}") if "claim" in name]


def test_what_another_command_fails_at_is_tried_here(tmp_path) -> None:
    store, tree = Store.open(str(tmp_path / "store")), tree_of("slow")
    failing: list[str] = []

    def first(work: Work) -> None:
        failing.append(work.node.slug)
        if work.node.label == "slow":
            raise RuntimeError("not here")
        arithmetic(work)

    def run(run_node) -> bool:
        return InlineExecutor(view_of(store), Resources(), run_node).run(tree, ignore).complete

    assert not run(first)
    assert run(arithmetic)
    assert len(failing) == 2
