"""Rollouts that vLLM draws: what TRL needs for them, and what a stage must let go of at its end.

TRL starts vLLM in the stage's own process (`vllm_mode: colocate`) or asks a server (`server`), and hands it the trained
weights before every generation: in the process by loading them, which vLLM on a CPU cannot do, since it packed those
that it started with; to a server over NCCL alone, which takes a GPU.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from typing import Any

from curricula.rollouts import by_vllm
from curricula.stage import Training

Refusal = tuple[tuple[str, ...], str, object, str]
"""Keys below `trl`, the rule, the value, and a hint."""


def vllm_problems(training: Training, gpus: float) -> Iterator[Refusal]:
    """What of `training.trl` cannot come to anything where vLLM draws the rollouts of a stage with so many GPUs."""
    if not by_vllm(training):
        return
    if not gpus:
        rule = "needs a GPU: on a CPU vLLM takes no weights but those that it started with"
        hint = "Set `resources.gpus`, or leave it out: then transformers draws the rollouts."
        yield ("use_vllm",), rule, True, hint
    asked = training.trl.get("generation_kwargs")
    if isinstance(asked, Mapping) and "seed" in asked:
        rule = "would draw all completions with the same noise"
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
