"""Processes that share the steps of a stage reach what one reaches alone."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import torch

from curricula.stage import Training
from experiments.training import settings
from experiments.training.settings import grpo_settings, sft_settings
from tests.experiments.training import test_training
from tests.support.ranks import SHARED, STAGES, all_left, parts_left, together

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def alone() -> Any:
    return all_left(test_training)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return together(2, free_port(), tmp_path_factory.mktemp("both") / "both.pt")


@pytest.fixture(scope="module")
def both(left: Any) -> Any:
    return left["whole"]


@pytest.fixture(scope="module")
def in_parts(left: Any) -> Any:
    return left["parts"]


@pytest.fixture(scope="module")
def not_in_parts() -> Any:
    return parts_left(test_training)


@pytest.mark.parametrize("name", STAGES)
def test_two_processes_on_gloo_reach_one_s_loss(alone: Any, both: Any, name: str) -> None:
    """At the same global batch. Losses are means over sequences or tokens, which DDP averages over processes once more;
    rollouts are the same here, since their noise belongs to their row: else each process draws its own."""
    one, two = alone[name], both[name]
    assert two["curve"] == pytest.approx(one["curve"], abs=1e-5)
    assert two["tokens"] == one["tokens"]
    # A rounding of a gradient near nothing is a whole step of AdamW's.
    for weight, value in one["weights"].items():
        assert torch.allclose(two["weights"][weight], value, atol=1e-4), weight
    for moment, value in one["moments"].items():
        assert torch.allclose(two["moments"][moment], value, rtol=1e-3, atol=1e-6), moment


@pytest.mark.parametrize("name", ["grpo", "grpo by token"])
def test_rollouts_of_all_processes_are_counted(alone: Any, both: Any, name: str) -> None:
    one, two = alone[name]["health"], both[name]["health"]
    assert two["groups"] == one["groups"]
    assert two["completion_tokens"] == one["completion_tokens"]
    assert two["truncated"] == one["truncated"]


@pytest.mark.parametrize("name", [*SHARED, "carried"])
def test_a_model_that_is_shared_out_ends_as_a_whole_one(not_in_parts: Any, in_parts: Any, name: str) -> None:
    """Full and with adapters, with a KL penalty, and with moments that are carried on; what is saved is whole."""
    one, two = not_in_parts[name], in_parts[name]
    assert two["held"] <= one["held"] / 2 + 64
    assert two["curve"] == pytest.approx(one["curve"], abs=1e-5)
    assert two["files"] == one["files"]
    assert two["moved"]
    for what, allowed in (("weights", 1e-4), ("moments", 1e-5)):
        assert set(two[what]) == set(one[what])
        for key, value in one[what].items():
            assert torch.allclose(two[what][key], value, rtol=1e-3, atol=allowed), (what, key)


def test_a_model_in_parts_is_taken_up_again_to_the_same_bits(in_parts: Any) -> None:
    """Also what its guard had measured, for which one process has it write while the other waits."""
    one, two = in_parts["undisturbed"], in_parts["gone on with"]
    assert [point["step"] for point in one["course"]["points"]] == [0, 2, 4]
    assert two["course"] == one["course"]
    assert two["curve"] == one["curve"]
    for what in ("weights", "moments"):
        for key, value in one[what].items():
            assert torch.equal(two[what][key], value), (what, key)


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
    place = {"seed": 0, "device": torch.device("cpu"), "folder": str(tmp_path)}
    with pytest.raises(ValueError, match="3 processes cannot share a step of 8 prompts evenly"):
        sft_settings(Training(method="sft"), **place)
    # A group stays with one process: its rewards may depend on one another.
    with pytest.raises(ValueError, match="3 processes cannot share a step of 8 prompts evenly"):
        grpo_settings(Training(rollouts=3), **place, max_tokens=4, ends=(0,))
