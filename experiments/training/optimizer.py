"""The optimizer of a stage, made as transformers' Trainer makes it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from transformers import Trainer, TrainingArguments

from curricula.stage import Training
from experiments.training.settings import passed

OPTIONS = ("adam_beta1", "adam_beta2", "adam_epsilon")
"""Keys of TRL's configs that say how an optimizer is made."""


def make_optimizer(network: torch.nn.Module, training: Training) -> torch.optim.Optimizer:
    """Over the trainable parameters. ImportError where it needs a package that is not here; ValueError for options
    that it refuses."""
    trainable = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
    on_cpu = all(weight.device.type == "cpu" for weight in trainable.values())
    options = {key: value for key, value in passed(training).items() if key in OPTIONS}
    asked = TrainingArguments(
        optim=training.optim, learning_rate=training.learning_rate, use_cpu=on_cpu, report_to="none", **options
    )
    kind, named = Trainer.get_optimizer_cls_and_kwargs(asked)
    groups = _groups(network, trainable, training.weight_decay)
    made: torch.optim.Optimizer = kind(groups, **named)
    return made


def _groups(
    network: torch.nn.Module, trainable: Mapping[str, torch.nn.Parameter], decay: float
) -> list[dict[str, object]]:
    if not decay:
        return [{"params": list(trainable.values()), "weight_decay": 0.0}]
    # A method that asks nothing of its trainer.
    shrunk = set(Trainer.get_decay_parameter_names(None, network))
    return [
        {"params": [weight for name, weight in trainable.items() if name in shrunk], "weight_decay": decay},
        {"params": [weight for name, weight in trainable.items() if name not in shrunk], "weight_decay": 0.0},
    ]
