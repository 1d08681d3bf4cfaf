"""AdamW, and its moments handed from stage to stage: safetensors, one tensor per parameter and moment."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from domains.errors import StageError

FILE = "optimizer.safetensors"
MOMENTS = ("exp_avg", "exp_avg_sq", "step")


def make_optimizer(network: torch.nn.Module, learning_rate: float) -> torch.optim.AdamW:
    """AdamW over the trainable parameters, without weight decay."""
    trainable = [weight for weight in network.parameters() if weight.requires_grad]
    return torch.optim.AdamW(trainable, lr=learning_rate, weight_decay=0.0, fused=True)


def save_optimizer(optimizer: torch.optim.Optimizer, network: torch.nn.Module, folder: Path) -> None:
    """Write the moments by parameter name."""
    tensors = {
        f"{moment}/{name}": optimizer.state[weight][moment].detach().cpu().contiguous()
        for name, weight in network.named_parameters()
        if weight in optimizer.state
        for moment in MOMENTS
    }
    save_file(tensors, folder / FILE)


def restore_optimizer(optimizer: torch.optim.Optimizer, network: torch.nn.Module, folder: Path) -> bool:
    """Put saved moments back; False where the parent left none. Raises StageError if they do not fit."""
    if not (folder / FILE).is_file():
        return False
    tensors = load_file(folder / FILE)
    for name, weight in network.named_parameters():
        if not weight.requires_grad:
            continue
        try:
            state = {moment: tensors.pop(f"{moment}/{name}") for moment in MOMENTS}
        except KeyError:
            raise StageError("training", f"the carried optimizer holds nothing for {name}") from None
        if state["exp_avg"].shape != weight.shape:
            raise StageError("training", f"the carried optimizer's {name} has another shape")
        optimizer.state[weight] = {moment: tensor.to(weight.device) for moment, tensor in state.items()}
    if tensors:
        raise StageError("training", f"the carried optimizer holds unknown parameters: {min(tensors)}")
    return True
