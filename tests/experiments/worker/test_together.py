"""Several processes that train one node: what they leave, and what becomes of them where one of them fails or dies."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from curricula.guards import EntropyFloor, Guards, PassRate, SweetSpot
from curricula.schema import Resources
from curricula.stage import Stage, Training
from domains.errors import StageError
from experiments.executors.base import Work
from experiments.nodes.tree import base_node, child_node
from experiments.store import Store
from experiments.worker import together
from experiments.worker.node import run_node
from experiments.worker.together import sharers
from tests.support import ranks
from tests.support.models import stored
from tests.support.nodes import worker_environment
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

GRPO = Training(steps=6, prompts=2, rollouts=2, learning_rate=1e-2, checkpoint_every=2, optimizer="carry")
CHILD = "import pickle, sys; from experiments.worker.node import run_node; run_node(pickle.load(sys.stdin.buffer))"


def works(folder: Path, retries: int, training: Training = GRPO) -> list[Work]:
    """A base, which one process makes, and a stage that two train."""
    store, setup = stored(str(folder))
    base = base_node(setup)
    child = child_node(setup, base, Stage(mixture={"copy": 1.0}, training=training), 0)
    two = Resources(processes=2, retries=retries)
    return [Work(base, None, setup, store.url, Resources()), Work(child, base, setup, store.url, two)]


def left(work: Work) -> tuple[Any, ...]:
    """What must be equal: weights, moments, curve, health, cost without seconds."""
    store = Store.open(work.store)
    record = store.training(work.node)
    with store.checkpoint(work.node) as folder:
        files = {file.name: file.read_bytes() for file in folder.glob("*.safetensors")}
    assert record.processes == 2
    cost = record.cost.model_dump(exclude={"train_seconds", "step_seconds"})
    return files, record.weights, record.reward_curve, record.health, cost


def test_one_that_is_killed_begins_again_from_the_last_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the same bits as where nobody was disturbed: each has its own random numbers back."""
    base, whole = works(tmp_path / "undisturbed", 0)
    run_node(base)
    run_node(whole)
    base, work = works(tmp_path / "killed", 1)
    run_node(base)
    monkeypatch.setattr(together, "be_one", ranks.dies_once)
    run_node(work)
    assert (tmp_path / "killed" / "died").exists()
    assert left(work) == left(whole)
    cost = Store.open(work.store).training(work.node).cost
    assert (cost.steps, cost.rollouts) == (6, 24)


def test_what_goes_wrong_in_one_ends_all_in_one_line_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, work = works(tmp_path, 0)
    run_node(base)
    monkeypatch.setattr(together, "be_one", ranks.fails)
    with pytest.raises(StageError) as failure:
        run_node(work)
    assert str(failure.value) == "reward: the judge said no"
    assert not multiprocessing.active_children()
    monkeypatch.setattr(together, "be_one", ranks.dies)
    with pytest.raises(StageError) as failure:
        run_node(work)
    assert failure.value.boundary == "worker"
    assert str(failure.value).startswith("worker: the worker died once")
    assert not multiprocessing.active_children()
    assert not Store.open(work.store).has_weights(work.node)
    monkeypatch.undo()
    run_node(work)
    assert Store.open(work.store).training(work.node).processes == 2


def test_guards_hold_for_all_together(tmp_path: Path) -> None:
    """The first process measures prompts and points; all draw the same prompts, and stop at the same step."""
    guards = Guards(
        pass_rate=PassRate(low=0.0, high=1.0, samples=2, items=8),
        sweet_spot=SweetSpot(points=2, items=4),
        entropy=EntropyFloor(floor=100),
        over=1,
        fall=0,
    )
    base, work = works(tmp_path, 0, GRPO.model_copy(update={"guards": guards}))
    run_node(base)
    run_node(work)
    record = Store.open(work.store).training(work.node)
    assert record.guarded is not None
    assert record.guarded.done == 1
    assert record.guarded.rollouts == 16
    assert record.guarded.course is not None
    assert [point.step for point in record.guarded.course.points] == [0, 1]
    assert record.health is not None
    assert record.health.groups["copy"].count == 2


def test_they_end_with_the_process_that_began_them(tmp_path: Path) -> None:
    base, work = works(tmp_path, 0, GRPO.model_copy(update={"steps": 1000}))
    run_node(base)
    command = [sys.executable, "-c", CHILD]
    with subprocess.Popen(command, env=worker_environment(), cwd=ROOT, stdin=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        parent.stdin.write(pickle.dumps(work))
        parent.stdin.close()
        try:
            wait_until(lambda: any(tmp_path.glob("nodes/*/progress.json")))
            children = [pid for pid in below(parent.pid) if b"spawn_main" in command_of(pid)]
        finally:
            parent.send_signal(signal.SIGKILL)
    assert len(children) == 2
    wait_until(lambda: not any(command_of(pid) for pid in children))


def below(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def command_of(pid: int) -> bytes:
    """Empty where there is no such process, or it is dead."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


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
        ([17, -9], "process 2 of 2 was killed by SIGKILL"),
        ([1, None], "process 1 of 2 ended with exit code 1"),
    ],
)
def test_who_is_to_blame(codes: list[int | None], said: str | None) -> None:
    """One that was killed tells nothing; the others then fail because it is gone, and say so."""
    assert together._lost(codes) == said


@pytest.mark.parametrize(("prompts", "count"), [(8, 4), (6, 3), (7, 1), (2, 2), (9, 3)])
def test_as_many_as_can_share_a_step(prompts: int, count: int, tmp_path: Path) -> None:
    """A search or joint training may make steps of any size."""
    _, work = works(tmp_path, 0, GRPO.model_copy(update={"prompts": prompts}))
    four = work.resources.model_copy(update={"processes": 4})
    assert sharers(Work(work.node, work.parent, work.setup, work.store, four)) == count
