"""That vLLM drew rollouts is told, and where it stood is no part of what they came to."""

from __future__ import annotations

import pytest

from curricula.stage import Schedule, Stage, Training
from experiments.analysis.notes.rollout_notes import BY_VLLM, rollout_notes


def stage(method: str = "grpo", **trl: object) -> Stage:
    return Stage(mixture={"a": 1.0}, training=Training(method=method, trl=trl))


def noted(*stages: Stage) -> tuple[str, ...]:
    return rollout_notes(Schedule(name="x", role="main", stages=stages))


def test_an_arm_whose_rollouts_vllm_drew_says_so_once():
    assert noted(stage(), stage(use_vllm=True), stage(use_vllm=True)) == (BY_VLLM,)
    assert noted(stage(), stage(use_vllm=False), stage("sft", use_vllm=True)) == ()


@pytest.mark.parametrize(
    "place",
    [
        {"vllm_server_base_url": "http://there:8000"},
        {"vllm_server_port": 8001, "vllm_group_port": 51217, "vllm_server_timeout": 9.0},
        {"vllm_gpu_memory_utilization": 0.5, "vllm_tensor_parallel_size": 2, "vllm_enable_sleep_mode": True},
    ],
    ids=lambda place: next(iter(place)),
)
def test_where_vllm_stands_is_no_part_of_the_weights(place):
    assert stage(use_vllm=True, **place).content == stage(use_vllm=True).content


def test_who_draws_is_part_of_them():
    contents = [stage().content, stage(use_vllm=True).content, stage(use_vllm=True, vllm_mode="server").content]
    assert all(one != other for at, one in enumerate(contents) for other in contents[:at])
