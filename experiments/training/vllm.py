"""Rollouts that vLLM draws: what TRL needs for them, and what a stage must let go of at its end.

TRL starts vLLM in the stage's own process (`vllm_mode: colocate`) or asks a server (`server`), and hands it the trained
weights before every generation: in the process by loading them, to a server over NCCL alone.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from typing import Any

from curricula.rollouts import by_server
from curricula.stage import Training

Refusal = tuple[tuple[str, ...], str, object, str]
"""Keys below `trl`, the rule, the value, and a hint."""


def vllm_problems(training: Training, gpus: float) -> Iterator[Refusal]:
    """What of `training.trl` cannot come to anything where vLLM draws the rollouts of a stage with so many GPUs."""
    passed = training.trl
    if not passed.get("use_vllm"):
        return
    if by_server(training) and not gpus:
        rule = "needs a GPU: TRL hands the weights to a server over NCCL alone"
        hint = "Set `resources.gpus`, or leave `vllm_mode` out: colocated, vLLM rolls out on a CPU too."
        yield ("vllm_mode",), rule, "server", hint
    asked = passed.get("generation_kwargs")
    if isinstance(asked, Mapping) and "seed" in asked:
        rule = "would make all completions of a prompt the same"
        yield ("generation_kwargs", "seed"), rule, asked["seed"], "Leave it out: noise follows from the stage's seed."


def let_go(trainer: Any) -> None:
    """Of what vLLM holds for a trainer that is done: another stage of this process needs the port, and the memory."""
    rolling = getattr(trainer, "vllm_generation", None)
    if rolling is None:
        return
    client = getattr(rolling, "vllm_client", None)
    if client is not None:
        client.close_communicator()
    rolling.llm = None
    # An engine is full of circles.
    gc.collect()
