"""An optimizer's moments handed from stage to stage: safetensors, one tensor per parameter and moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from domains.errors import StageError
from experiments.training.ranks import first
from experiments.training.sharding import like, whole

FILE = "optimizer.safetensors"
OWNER = "optimizer"
"""In the file's own notes: the class whose moments these are; where there is none it is AdamW."""
NUMBER = "number:"
"""Before the name of what an optimizer keeps as a number and not as a tensor."""
SHAPED = "exp_avg"
"""A moment that has its weight's shape."""


def save_optimizer(optimizer: torch.optim.Optimizer, network: torch.nn.Module, folder: Path) -> None:
    """Write the moments by parameter name: the first process does, of parts that all others must add."""
    tensors = {
        f"{moment}/{name}": tensor
        for name, weight in network.named_parameters()
        for moment, tensor in _kept(optimizer.state.get(weight, {})).items()
    }
    if first():
        save_file(tensors, folder / FILE, metadata={OWNER: type(optimizer).__name__})


def restore_optimizer(optimizer: torch.optim.Optimizer, network: torch.nn.Module, folder: Path) -> bool:
    """Put saved moments back; False where the parent left none. Raises StageError if they do not fit."""
    if not (folder / FILE).is_file():
        return False
    with safe_open(folder / FILE, framework="pt") as file:
        owner, mine = (file.metadata() or {}).get(OWNER, "AdamW"), type(optimizer).__name__
    if owner != mine:
        raise StageError("training", f"the carried moments are those of {owner}, and this stage's optimizer is {mine}")
    moments: dict[str, dict[str, Any]] = {}
    for key, tensor in load_file(folder / FILE).items():
        moment, _, name = key.partition("/")
        number = moment.startswith(NUMBER)
        moments.setdefault(name, {})[moment.removeprefix(NUMBER)] = tensor.item() if number else tensor
    for name, weight in network.named_parameters():
        if not weight.requires_grad:
            continue
        state = moments.pop(name, None)
        if state is None:
            raise StageError("training", f"the carried optimizer holds nothing for {name}")
        if SHAPED in state and state[SHAPED].shape != weight.shape:
            raise StageError("training", f"the carried optimizer's {name} has another shape")
        optimizer.state[weight] = {
            moment: like(value.to(weight.device), weight) if isinstance(value, torch.Tensor) else value
            for moment, value in state.items()
        }
    if moments:
        raise StageError("training", f"the carried optimizer holds unknown parameters: {min(moments)}")
    return True


def _kept(state: dict[str, Any]) -> dict[str, torch.Tensor]:
    """One parameter's moments as tensors; numbers too, whole ones as such."""
    tensors = {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
    numbers = {name: value for name, value in state.items() if isinstance(value, int | float)}
    return {name: whole(tensor.detach()).cpu().contiguous() for name, tensor in tensors.items()} | {
        f"{NUMBER}{name}": torch.tensor(value, dtype=torch.int64 if isinstance(value, int) else torch.float64)
        for name, value in numbers.items()
    }
