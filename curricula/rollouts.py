"""Who draws a stage's rollouts: transformers' `generate`, or vLLM where `training.trl` says so in TRL's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

VLLM_PLACES = frozenset(
    {
        "vllm_server_base_url",
        "vllm_server_host",
        "vllm_server_port",
        "vllm_server_timeout",
        "vllm_group_port",
        "vllm_gpu_memory_utilization",
        "vllm_tensor_parallel_size",
        "vllm_enable_sleep_mode",
    }
)
"""TRL's keys that say where vLLM is and how much room it has, as `resources` does: no identity holds them."""


class Rolling(Protocol):
    """What of a training decides it."""

    @property
    def method(self) -> str:
        """Only GRPO rolls out."""
        ...

    @property
    def trl(self) -> Mapping[str, Any]:
        """Keys that are handed on."""
        ...


def by_vllm(training: Rolling) -> bool:
    """Whether vLLM draws them."""
    return training.method == "grpo" and bool(training.trl.get("use_vllm"))


def by_server(training: Rolling) -> bool:
    """Whether vLLM does so as a server of its own, which holds the weights of one stage at a time."""
    return by_vllm(training) and training.trl.get("vllm_mode") == "server"
