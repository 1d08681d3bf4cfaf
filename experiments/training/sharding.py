"""Weights, gradients and moments shared out over the processes of a stage (torch's `fully_shard`, FSDP2).

Accelerate's plugin for FSDP does not act on CPUs, and with it the Trainer trains whole copies there without a word. So
the model is sharded here, and the Trainer treats it as one that was loaded in parts, which it neither wraps nor shards
again. Each process holds its part of every weight that a layer has; a layer is whole while it is gone through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard, register_fsdp_forward_method
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.utils._pytree import tree_map
from transformers import Trainer
from transformers.trainer import SCHEDULER_NAME

from experiments.models.checkpoints import LanguageModel
from experiments.training.ranks import processes, rank

MANAGED = "_is_fsdp_managed_module"
"""Torch's mark of a module in parts, by which `generate` has all processes write equally long."""


def announce(network: LanguageModel) -> None:
    """Have a trainer that is made of it leave it where it is, and whole copies of it out."""
    _base(network)._is_distributed_loading_by_transformers = True


def shard(network: LanguageModel, device: torch.device) -> None:
    """Share out its weights in place, layer by layer; each part goes to `device`. An optimizer is made after that."""
    mesh = init_device_mesh(device.type, (processes(),))
    layers = set(getattr(_base(network), "_no_split_modules", None) or ())
    for module in network.modules():
        if type(module).__name__ in layers:
            fully_shard(module, mesh=mesh)
    fully_shard(network, mesh=mesh)
    if isinstance(network, PeftModel):
        # It goes past the outermost module, which must be gone through first. Where it does not, as without adapters,
        # this would take apart at its end what is gathered.
        register_fsdp_forward_method(network, "generate")


def is_sharded(network: torch.nn.Module) -> bool:
    """Whether its weights are shared out."""
    return isinstance(network, FSDPModule)


@contextmanager
def gathered(network: torch.nn.Module) -> Iterator[None]:
    """Within this each process holds all weights, and goes through the model as often as it likes by itself; what is
    written into them is lost. All must ask. Nothing is done to a model that is whole."""
    parts = [module for module in network.modules() if isinstance(module, FSDPModule)]
    marked = [module for module in network.modules() if getattr(module, MANAGED, False)]
    for part in parts:
        part.unshard()
        part.set_reshard_after_forward(False, recurse=False)
    for module in marked:
        setattr(module, MANAGED, False)
    try:
        yield
    finally:
        for module in marked:
            setattr(module, MANAGED, True)
        for part in parts:
            # Of the outermost the backward pass begins where the forward pass ends.
            part.set_reshard_after_forward(part is not network, recurse=False)
            part.reshard()


def own(tensor: torch.Tensor) -> torch.Tensor:
    """What this process has of it."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def whole(tensor: torch.Tensor) -> torch.Tensor:
    """All of it; all must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def like(tensor: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """`tensor`, which each process has whole, shared out as `weight` is."""
    if not isinstance(weight, DTensor) or not tensor.dim():
        return tensor
    mesh, placements = weight.device_mesh, weight.placements
    return distribute_tensor(tensor.to(weight.device), mesh, placements, src_data_rank=None)


def whole_weights(network: LanguageModel) -> Mapping[str, torch.Tensor] | None:
    """Those of a model in parts, as its state says them, in the first process; in the others nothing. None where it is
    whole. All must ask."""
    if not is_sharded(network):
        return None
    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    found: dict[str, Any] = get_model_state_dict(network, options=options)
    # Weights that are one are one again, so that they are stored once.
    names: dict[torch.Tensor, str] = {}
    for name, weight in network.named_parameters(remove_duplicate=False):
        if name in found:
            found[name] = found[names.setdefault(weight, name)]
    return found


class InParts(Trainer):  # type: ignore[misc]
    """What else a trainer must do where its model is in parts: each process saves and reads its own."""

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Before the optimizer, with which the weights are written."""
        if not is_sharded(self.model):
            super().save_model(output_dir, _internal_call)

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        if not is_sharded(self.model):
            super()._save_optimizer_and_scheduler(output_dir)
            return
        Path(output_dir).mkdir(parents=True, exist_ok=True)
        weights = {name: own(weight).detach() for name, weight in _trained(self.model)}
        parts = {"weights": weights, "optimizer": tree_map(_own, self.optimizer.state_dict())}
        torch.save(parts, _file(output_dir))
        if self.args.should_save:
            torch.save(self.lr_scheduler.state_dict(), Path(output_dir) / SCHEDULER_NAME)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: torch.nn.Module | None = None) -> None:
        if not is_sharded(self.model):
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return
        weights = torch.load(_file(resume_from_checkpoint), weights_only=True)["weights"]
        with torch.no_grad():
            for name, weight in _trained(self.model):
                own(weight).copy_(weights[name])

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None or not is_sharded(self.model):
            super()._load_optimizer_and_scheduler(checkpoint)
            return
        saved = torch.load(_file(checkpoint), weights_only=True)["optimizer"]
        weights = [weight for group in self.optimizer.param_groups for weight in group["params"]]
        state = {
            at: {key: _part(value, weights[at]) for key, value in each.items()} for at, each in saved["state"].items()
        }
        self.optimizer.load_state_dict({**saved, "state": state})
        self.lr_scheduler.load_state_dict(torch.load(Path(checkpoint) / SCHEDULER_NAME, weights_only=True))

    @contextmanager
    def _defer_fsdp_gradient_reduction(self) -> Iterator[None]:
        """Not deferred: between micro-batches each process would hold whole gradients."""
        yield


def _base(network: LanguageModel) -> LanguageModel:
    return network.get_base_model() if isinstance(network, PeftModel) else network


def _trained(network: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    return [(name, weight) for name, weight in network.named_parameters() if weight.requires_grad]


def _file(folder: str) -> Path:
    return Path(folder) / f"part-{rank()}.pt"


def _own(value: Any) -> Any:
    return own(value) if isinstance(value, torch.Tensor) else value


def _part(value: Any, weight: torch.Tensor) -> Any:
    """What this process had of a moment, as a part of it; a number of steps is each one's own."""
    if not isinstance(weight, DTensor) or not isinstance(value, torch.Tensor) or not value.dim():
        return value
    mesh, placements = weight.device_mesh, weight.placements
    return DTensor.from_local(
        value.to(weight.device), mesh, placements, run_check=False, shape=weight.shape, stride=weight.stride()
    )
