"""Processes that share the steps of a stage reach what one reaches alone."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import torch

from curricula.stage import Training
from experiments.training import settings
from experiments.training.settings import sft_settings
from tests.experiments.training.test_training import fresh, train
from tests.support.ranks import SFT, left, together

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_two_processes_on_gloo_reach_one_s_loss_by_sft(tmp_path: Path) -> None:
    """At the same global batch; the loss is a mean over sequences, which DDP averages over processes once more."""
    network = fresh()
    alone = left(train(network, SFT), network)
    both = together(2, free_port(), tmp_path / "both.pt")
    assert both["curve"] == pytest.approx(alone["curve"], abs=1e-5)
    assert both["tokens"] == alone["tokens"]
    for name, weight in alone["weights"].items():
        assert torch.allclose(both["weights"][name], weight, atol=1e-5), name


@pytest.mark.parametrize(("micro_batch", "each", "times"), [(None, 4, 1), (3, 2, 2), (1, 1, 4)])
def test_a_step_is_shared_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, micro_batch: int | None, each: int, times: int
) -> None:
    monkeypatch.setattr(settings, "processes", lambda: 2)
    training = Training(method="sft", prompts=8, micro_batch=micro_batch)
    found = sft_settings(training, seed=0, device=torch.device("cpu"), folder=str(tmp_path))
    assert (found.per_device_train_batch_size, found.gradient_accumulation_steps) == (each, times)


def test_an_uneven_step_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "processes", lambda: 3)
    with pytest.raises(ValueError, match="3 processes cannot share a step of 8 evenly"):
        sft_settings(Training(method="sft"), seed=0, device=torch.device("cpu"), folder=str(tmp_path))
