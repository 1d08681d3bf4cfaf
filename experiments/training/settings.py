"""TRL's settings of a stage: quiet, no files, our data order, what `training.trl` adds. The rate is ours (rate.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import torch
from transformers import TrainingArguments
from trl import GRPOConfig, SFTConfig

from curricula.rollouts import by_vllm
from curricula.stage import Method, Training
from experiments.nodes.record import log_every
from experiments.training.ranks import processes

CONFIGS: Mapping[Method, type[TrainingArguments]] = {"sft": SFTConfig, "grpo": GRPOConfig}
LOSSES = {"sequence": "grpo", "token": "dapo"}
"""The curriculum's words for a loss → those of TRL's GRPO."""
UNFELT = 1e-30
"""A weight of the KL penalty with which TRL measures KL, and by which no weight moves: in float32 nothing is left of
what it adds to a gradient."""


def keys_of(method: Method) -> set[str]:
    """Keys of the method's config."""
    return {field.name for field in fields(CONFIGS[method]) if field.init}


def passed(training: Training) -> dict[str, Any]:
    """What of `training.trl` the method's config has."""
    known = keys_of(training.method)
    return {key: value for key, value in training.trl.items() if key in known}


def updates(training: Training) -> int:
    """Optimizer steps a step of the stage: GRPO may use a generation several times."""
    return int(passed(training).get("num_iterations", 1))


def sft_settings(training: Training, *, seed: int, device: torch.device, folder: str) -> SFTConfig:
    """Of a stage by SFT. Our rows are tokens already. ValueError for what TRL refuses."""
    ours = _common(training, seed=seed, device=device, folder=folder) | {
        "train_sampling_strategy": "sequential",
        "max_length": None,
        "dataset_kwargs": {"skip_prepare_dataset": True},
    }
    return _one_device(SFTConfig(**{**ours, **passed(training)}))


def grpo_settings(
    training: Training, *, seed: int, device: torch.device, folder: str, max_tokens: int, ends: Sequence[int]
) -> GRPOConfig:
    """Of a stage by GRPO; `max_tokens` is the longest completion, `ends` are tokens that end one. ValueError as above.

    Where nothing else is written: advantages divided by the group's standard deviation, clipping at 0.2, one optimizer
    step per generation.
    """
    more = passed(training)
    stops = {"stop_token_ids" if by_vllm(training) else "eos_token_id": list(ends)}
    ours = _common(training, seed=seed, device=device, folder=folder) | {
        "max_steps": training.steps * updates(training),
        # Whole generations, since rewards are logged with their first update.
        "logging_steps": log_every(training.steps) * updates(training),
        "num_generations": training.rollouts,
        "max_completion_length": max_tokens,
        "temperature": training.temperature,
        "loss_type": LOSSES[training.loss],
        "beta": training.kl or (UNFELT if training.guards.kl else 0.0),
        # Rollouts are drawn in training mode: with dropout they would come from another model than the one scored.
        "disable_dropout": True,
    }
    generation = {**(more.get("generation_kwargs") or {}), **stops}
    return _one_device(GRPOConfig(**{**ours, **more, "generation_kwargs": generation}))


def _common(training: Training, *, seed: int, device: torch.device, folder: str) -> dict[str, Any]:
    """Arguments of both. `folder` is required by TRL; nothing is saved there. ValueError where processes cannot share
    a step evenly."""
    checkpointing = training.gradient_checkpointing
    at_once, times = training.parts(processes())
    return {
        "output_dir": folder,
        "max_steps": training.steps,
        "learning_rate": training.learning_rate,
        "max_grad_norm": training.max_grad_norm,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": times,
        "activation_checkpointing": device.type == "cuda" if checkpointing is None else checkpointing,
        "bf16": training.precision == "bf16",
        "fp16": False,
        "use_cpu": device.type == "cpu",
        # Of DDP: every trained weight has a part in every forward pass.
        "ddp_find_unused_parameters": False,
        "seed": seed,
        "data_seed": seed,
        "logging_strategy": "steps",
        "logging_steps": log_every(training.steps),
        "logging_nan_inf_filter": False,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": device.type == "cuda",
        "shuffle_dataset": False,
    }


def _one_device(arguments: Any) -> Any:
    """A stage was granted one device, however many are visible; TRL refuses more in one process."""
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments
