"""Models from other models' weights, by PEFT's merging of what they learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from peft import PeftModel
from peft.utils.merge_utils import dare_linear, task_arithmetic, ties
from transformers import PreTrainedTokenizerBase

from curricula.merge import Merge, MergeMethod
from curricula.schema import Model
from experiments.models.checkpoints import LanguageModel, load_checkpoint
from experiments.models.quiet import upstream_warnings_ignored

State = Mapping[str, torch.Tensor]
"""Parameter's name → tensor."""
Combine = Callable[[list[torch.Tensor], torch.Tensor, float], torch.Tensor]

COMBINE: dict[MergeMethod, Combine] = {
    "linear": lambda differences, weights, _: task_arithmetic(differences, weights),
    "ties": ties,
    "dare": dare_linear,
}
"""Method → what makes one tensor of several differences, their weights and the density."""
ADAPTERS: dict[MergeMethod, str] = {"linear": "cat", "ties": "ties_svd", "dare": "dare_linear_svd"}
"""Method → PEFT's `combination_type`, such that products of adapters are combined, not their factors."""


def merge_checkpoints(
    model: Model, base: Path, sources: Sequence[Path], merge: Merge, weights: str | None = None
) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    """The model that a merge of these checkpoints gives; `weights` as for `build_model`.

    Of adapters the merge is one of as many ranks as all sources have together. `dare` draws from torch's global
    generator. ValueError where the models do not have the same tensors.
    """
    network, tokenizer = load_checkpoint(model, base, weights, trainable=False)
    if isinstance(network, PeftModel):
        return _merged_adapters(network, sources, merge), tokenizer
    states = [load_checkpoint(model, source, weights, trainable=False)[0].state_dict() for source in sources]
    network.load_state_dict(merged(network.state_dict(), states, merge))
    return network, tokenizer


def merged(base: State, sources: Sequence[State], merge: Merge) -> dict[str, torch.Tensor]:
    """Base + the combined differences from it, tensor by tensor, in float32 and then as the base's.

    What is no floating-point number stays as it is. ValueError where the models do not have the same tensors.
    """
    shapes = {name: tensor.shape for name, tensor in base.items()}
    if any({name: tensor.shape for name, tensor in source.items()} != shapes for source in sources):
        raise ValueError("only models of one shape can be merged")
    weights = torch.tensor(merge.weights)
    found = {}
    for name, tensor in base.items():
        if not tensor.is_floating_point():
            found[name] = tensor
            continue
        differences = [source[name].float() - tensor.float() for source in sources]
        combined = COMBINE[merge.method](differences, weights, merge.density)
        found[name] = (tensor.float() + combined).to(tensor.dtype)
    return found


def _merged_adapters(network: PeftModel, sources: Sequence[Path], merge: Merge) -> PeftModel:
    """What the base's own adapters hold counts as far as it is not in the sources: they all began from it.

    For `ties` and `dare` these are at zero (`Curriculum.merges` sees to that).
    """
    own, names = "default", [f"source{at}" for at in range(len(sources))]
    with upstream_warnings_ignored():
        for name, source in zip(names, sources, strict=True):
            network.load_adapter(str(source), adapter_name=name, torch_device="cpu")
        for config in network.peft_config.values():
            # What PEFT combines counts as it is, at no further scale; with rslora it would be multiplied by √rank.
            config.use_rslora = False
        shares = dict(zip(names, merge.weights, strict=True))
        if merge.method == "linear":
            shares[own] = 1 - sum(merge.weights)
        ranks = sum(network.peft_config[name].r for name in shares)
        more = {} if merge.method == "linear" else {"svd_rank": ranks, "density": merge.density}
        network.base_model.add_weighted_adapter(
            list(shares), list(shares.values()), "merged", combination_type=ADAPTERS[merge.method], **more
        )
        network.set_adapter("merged")
        network.delete_adapter(own)
        network.base_model.add_weighted_adapter(["merged"], [1.0], own, combination_type="cat")
        network.set_adapter(own)
    return network
