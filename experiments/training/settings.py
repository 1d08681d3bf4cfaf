"""What both trainers are told: quiet, no files, our data order. The rate of every step is ours too (rate.py)."""

from __future__ import annotations

from typing import Any

import torch
from transformers import TrainingArguments

from curricula.stage import Training
from experiments.training.watch import log_every


def common_arguments(training: Training, *, seed: int, device: torch.device, folder: str) -> dict[str, Any]:
    """Arguments of SFTConfig and GRPOConfig alike. `folder` is required by TRL; nothing is saved there."""
    return {
        "output_dir": folder,
        "max_steps": training.steps,
        "learning_rate": training.learning_rate,
        "per_device_train_batch_size": training.at_once,
        "gradient_accumulation_steps": training.completions // training.at_once,
        "activation_checkpointing": device.type == "cuda",
        "bf16": False,
        "fp16": False,
        "use_cpu": device.type == "cpu",
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


def one_device(arguments: TrainingArguments) -> None:
    """A stage was granted one device, however many are visible; TRL refuses more in one process."""
    arguments._n_gpu = min(arguments.n_gpu, 1)
