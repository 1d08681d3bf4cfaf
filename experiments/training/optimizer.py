"""The optimizer of a stage, made as transformers' Trainer makes it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from transformers import Trainer, TrainingArguments

from curricula.stage import Training
from experiments.training.settings import passed

OPTIONS = ("adam_beta1", "adam_beta2", "adam_epsilon")
"""Keys of TRL's configs that say how an optimizer is made."""


def make_optimizer(network: torch.nn.Module, training: Training) -> torch.optim.Optimizer:
    """Over the trainable parameters. ImportError where it needs a package that is not here; ValueError for options
    that it refuses."""
    on_cpu = all(weight.device.type == "cpu" for weight in network.parameters() if weight.requires_grad)
    return optimizer_maker(training, on_cpu=on_cpu)(network)


def optimizer_maker(training: Training, *, on_cpu: bool) -> Callable[[torch.nn.Module], torch.optim.Optimizer]:
    """What makes it of a model, also once there is a trainer: asking transformers which it is would reset what trainers
    share. Raises as `make_optimizer`."""
    options = {key: value for key, value in passed(training).items() if key in OPTIONS}
    asked = TrainingArguments(
        optim=training.optim, learning_rate=training.learning_rate, use_cpu=on_cpu, report_to="none", **options
    )
    kind, named = Trainer.get_optimizer_cls_and_kwargs(asked)
    return lambda network: kind(_groups(network, training.weight_decay), **named)


def _groups(network: torch.nn.Module, decay: float) -> list[dict[str, object]]:
    trainable = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
    if not decay:
        return [{"params": list(trainable.values()), "weight_decay": 0.0}]
    # A method that asks nothing of its trainer.
    shrunk = set(Trainer.get_decay_parameter_names(None, network))
    return [
        {"params": [weight for name, weight in trainable.items() if name in shrunk], "weight_decay": decay},
        {"params": [weight for name, weight in trainable.items() if name not in shrunk], "weight_decay": 0.0},
    ]
