"""A worker killed in the middle of a stage: whoever trains it next goes on from the store, to the same bits."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from curricula.schema import Resources
from curricula.stage import Stage, Training
from experiments.executors.base import Work
from experiments.nodes.tree import base_node, child_node
from experiments.store import Store
from experiments.store.halfway import halfway_litter
from experiments.training.watch import Watch
from experiments.worker import train as training
from experiments.worker.node import run_node
from tests.support import warm
from tests.support.models import left, stored
from tests.support.nodes import wait_for, worker_environment

pytestmark = pytest.mark.slow

STAGES = {
    "grpo": Training(steps=8, prompts=2, rollouts=2, learning_rate=1e-2, checkpoint_every=3, optimizer="carry"),
    "sft": Training(method="sft", steps=8, prompts=2, learning_rate=1e-2, checkpoint_every=3),
}


def waits_at_step_5(work: Work) -> None:
    """A worker that waits in mid-stage, between two saves, to be killed."""
    real = Watch.on_step_end

    def on_step_end(self: Watch, args: Any, state: Any, control: Any, **more: Any) -> None:
        real(self, args, state, control, **more)
        if state.global_step == 5:
            print("step 5", flush=True)
            signal.pause()

    Watch.on_step_end = on_step_end  # type: ignore[method-assign]
    run_node(work)


def works(folder: Path, stage: Training) -> list[Work]:
    store, setup = stored(str(folder))
    base = base_node(setup)
    child = child_node(setup, base, Stage(mixture={"copy": 1.0}, training=stage), 0)
    return [Work(base, None, setup, store.url, Resources()), Work(child, base, setup, store.url, Resources())]


@pytest.mark.parametrize("method", STAGES)
def test_a_stage_goes_on_after_its_worker_was_killed(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, whole = works(tmp_path / "undisturbed", STAGES[method].model_copy(update={"checkpoint_every": None}))
    run_node(base)
    run_node(whole)
    base, work = works(tmp_path / "killed", STAGES[method])
    run_node(base)
    assert whole.node == work.node.model_copy(update={"stage": whole.node.stage})
    worker = warm.start(worker_environment(), waits_at_step_5, work)
    wait_for(lambda: "step 5\n" in worker.said or worker.poll() is not None)
    worker.kill()
    assert worker.wait(10) == -signal.SIGKILL, worker.said
    store = Store.open(work.store)
    assert not store.has_weights(work.node)
    assert len(halfway_litter(store, work.node.slug)) == 2

    steps: list[int] = []
    real = training.train_stage

    def noting(*args: Any, **more: Any) -> Any:
        assert more["saving"].found is not None
        more["beat"] = lambda step, *_: steps.append(step)
        return real(*args, **more)

    monkeypatch.setattr(training, "train_stage", noting)
    monkeypatch.setattr("experiments.training.watch.BEAT_SECONDS", 0.0)
    run_node(work)
    assert steps == [4, 5, 6, 7, 8]
    assert left(work) == left(whole)
    assert halfway_litter(store, work.node.slug) == []


def test_progress_that_cannot_be_kept_is_a_warning_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    base, work = works(tmp_path, STAGES["sft"])
    run_node(base)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("experiments.worker.resuming.keep_halfway", full)
    run_node(work)
    assert Store.open(work.store).has_weights(work.node)
    assert "goes on without its progress being kept" in caplog.text
