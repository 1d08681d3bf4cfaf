"""Several processes that train one node: what they leave, and what becomes of them where one of them fails or dies."""

from __future__ import annotations

import dataclasses
import multiprocessing
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from curricula.guards import EntropyFloor, Guards, PassRate, SweetSpot
from curricula.schema import Resources
from curricula.stage import Stage, Training
from domains.errors import StageError
from experiments.executors.base import Work
from experiments.nodes.record import Failure
from experiments.nodes.tree import base_node, child_node
from experiments.store import Store
from experiments.worker import together
from experiments.worker.node import run_node
from experiments.worker.rank import FAILURE, be_one, leave
from tests.support import ranks, short_lives, warm
from tests.support.models import left, stored
from tests.support.nodes import worker_environment
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

GRPO = Training(steps=6, prompts=2, rollouts=2, learning_rate=1e-2, checkpoint_every=2, optimizer="carry")


def works(folder: Path, retries: int = 0, training: Training = GRPO) -> list[Work]:
    """A base, which one process makes, and a stage that two train."""
    store, setup = stored(str(folder))
    base = base_node(setup)
    child = child_node(setup, base, Stage(mixture={"copy": 1.0}, training=training), 0)
    two = Resources(processes=2, retries=retries)
    return [Work(base, None, setup, store.url, Resources()), Work(child, base, setup, store.url, two)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds it."""
    folder = tmp_path_factory.mktemp("base")
    run_node(works(folder)[0])
    return folder


def begun(base: Path, folder: Path, retries: int = 0, training: Training = GRPO) -> Work:
    """The stage, in a store of its own that holds the base."""
    shutil.copytree(base, folder, dirs_exist_ok=True)
    return works(folder, retries, training)[1]


@contextmanager
def beginning_loaded() -> Iterator[None]:
    """Where what a process does is looked at, and not how it begins: forked from one that has loaded what it needs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["experiments.worker.rank"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setattr(together, "CONTEXT", context)
        forkserver.ensure_running()
        yield


@pytest.fixture
def begin_loaded() -> Iterator[None]:
    with beginning_loaded():
        yield


@pytest.fixture(scope="module")
def undisturbed(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """The stage, trained."""
    work = begun(base, tmp_path_factory.mktemp("undisturbed"))
    with beginning_loaded():
        run_node(work)
    return work


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, of processes that are started too."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.mark.usefixtures("begin_loaded")
def test_what_goes_wrong_in_one_ends_all_and_is_gone_on_with_to_the_same_bits(
    base: Path, undisturbed: Work, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A death begins it again from the last save, a failure ends it in one line until it is tried again: as where
    nobody was disturbed, for each has its own random numbers back."""
    work = begun(base, tmp_path, retries=1)
    monkeypatch.setattr(together, "be_one", ranks.dies_then_fails)
    with pytest.raises(StageError) as failure:
        run_node(work)
    assert (tmp_path / "died").exists()
    assert str(failure.value) == "reward: the judge said no"
    assert not multiprocessing.active_children()
    assert not list(temporary.iterdir())
    assert not Store.open(work.store).has_weights(work.node)
    monkeypatch.setattr(together, "be_one", be_one)
    run_node(work)
    assert left(work) == left(undisturbed)
    record = Store.open(work.store).training(work.node)
    assert (record.processes, record.cost.steps, record.cost.rollouts) == (2, 6, 24)


def test_one_that_dies_each_time_ends_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "be_one", short_lives.dies)
    with pytest.raises(StageError) as failure:
        together.train_together(works(tmp_path)[1], 2)
    assert str(failure.value).startswith("worker: the worker died once")
    assert not multiprocessing.active_children()


def test_the_first_that_fails_is_told_whole(tmp_path: Path) -> None:
    """Another that fails at the same moment has nothing to add, and no failure of its own in saying so."""
    one, two = (Failure(node="0", boundary="reward", cause=cause) for cause in ("the judge said no", "a peer is gone"))
    leave(one, 1, tmp_path)
    leave(two, 0, tmp_path)
    assert Failure.model_validate_json((tmp_path / FAILURE).read_text("utf-8")) == one


def test_they_are_started_deaf_to_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the first ones, before which multiprocessing starts a process of its own and lets Ctrl-C through again."""
    tracker = resource_tracker._resource_tracker
    monkeypatch.setattr(tracker, "_fd", None)
    monkeypatch.setattr(tracker, "_pid", None)
    child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    try:
        with together._deaf_to_ctrl_c():
            child.start()
        assert signal.SIGINT in signals(child.pid, "SigBlk")
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        child.kill()
        child.join()
        tracker._stop()


@pytest.mark.usefixtures("begin_loaded")
def test_guards_hold_for_all_together(base: Path, tmp_path: Path) -> None:
    """The first process measures prompts and points; all draw the same prompts, and stop at the same step."""
    guards = Guards(
        pass_rate=PassRate(low=0.0, high=1.0, samples=2, items=8),
        sweet_spot=SweetSpot(points=2, items=4),
        entropy=EntropyFloor(floor=100),
        over=1,
        fall=0,
    )
    work = begun(base, tmp_path, training=GRPO.model_copy(update={"guards": guards}))
    run_node(work)
    record = Store.open(work.store).training(work.node)
    assert record.guarded is not None
    assert record.guarded.done == 1
    assert record.guarded.rollouts == 16
    assert record.guarded.course is not None
    assert [point.step for point in record.guarded.course.points] == [0, 1]
    assert record.health is not None
    assert record.health.groups["copy"].count == 2


@pytest.mark.usefixtures("begin_loaded")
def test_a_stage_whose_model_is_shared_out_leaves_a_whole_one(base: Path, tmp_path: Path) -> None:
    """As others have it, and whoever goes on from it needs not know."""
    training = Training(method="sft", steps=2, prompts=2, optimizer="carry")
    work = begun(base, tmp_path, training=training)
    parts = dataclasses.replace(work, resources=Resources(processes=2, sharding="full", retries=0))
    run_node(parts)
    store = Store.open(work.store)
    assert store.training(work.node).processes == 2
    whole = begun(base, tmp_path / "whole", training=training)
    run_node(dataclasses.replace(whole, resources=Resources()))
    with store.checkpoint(work.node) as one, Store.open(whole.store).checkpoint(whole.node) as other:
        assert {each.name for each in one.iterdir()} == {each.name for each in other.iterdir()}
        for name in ("model.safetensors", "optimizer.safetensors"):
            found, wanted = load_file(one / name), load_file(other / name)
            assert set(found) == set(wanted)
            assert all(torch.allclose(found[key], value, atol=1e-4) for key, value in wanted.items()), name


def test_they_end_with_the_process_that_began_them(base: Path, tmp_path: Path) -> None:
    work = begun(base, tmp_path, training=GRPO.model_copy(update={"steps": 1000}))
    parent = warm.start(worker_environment(), run_forked, work)
    try:
        wait_until(lambda: any(tmp_path.glob("nodes/*/progress.json")))
        children = [pid for pid in below(parent.pid) if b"resource_tracker" not in command_of(pid)]
        assert all(signal.SIGINT in signals(pid, "SigIgn") for pid in children)
    finally:
        parent.kill()
        parent.wait(60)
    assert len(children) == 2
    wait_until(lambda: not any(command_of(pid) for pid in children))


def run_forked(work: Work) -> None:
    """Run a node in a copy of pytest whose processes are copies of it in turn, and load nothing."""
    together.CONTEXT = multiprocessing.get_context("fork")  # type: ignore[assignment]
    run_node(work)


def below(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def command_of(pid: int) -> bytes:
    """Empty where there is no such process, or it is dead."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def signals(pid: int | None, what: str) -> set[int]:
    """Those that a process blocks (`SigBlk`) or ignores (`SigIgn`)."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    (mask,) = (int(line.split()[1], 16) for line in lines if line.startswith(what))
    return {number for number in range(1, 65) if mask >> number - 1 & 1}


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 200
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([0, 0], None),
        ([17, None], None),
        ([17, -9], ("killed", "process 2 of 2 was killed by SIGKILL")),
        ([1, None], ("lost", "process 1 of 2 ended with exit code 1")),
    ],
)
def test_who_is_to_blame(codes: list[int | None], said: tuple[str, str] | None) -> None:
    """One that was killed tells nothing; the others then fail because it is gone, and say so."""
    assert together._lost(codes) == said
