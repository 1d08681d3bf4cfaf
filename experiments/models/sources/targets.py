"""Whether the modules that adapters are meant for are there, asked without loading weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import AutoModelForCausalLM, PretrainedConfig
from transformers.pytorch_utils import Conv1D

from curricula.schema import Lora
from domains.errors import ModelError

ADAPTABLE = (torch.nn.Linear, torch.nn.Embedding, Conv1D)


def check_targets(lora: Lora, config: PretrainedConfig) -> None:
    """Raise ModelError for a name in `lora.targets` or `lora.modules_to_save` that no module of the model ends in: PEFT
    passes over it; and for embeddings trained whole that are tied to the head, which they would come apart from."""
    if lora.targets == "all-linear" and not lora.modules_to_save:
        return
    with torch.device("meta"):
        network = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    modules = dict(network.named_modules())
    adaptable = [name for name, module in modules.items() if isinstance(module, ADAPTABLE)]
    if lora.targets != "all-linear":
        offered = [place for place in adaptable if "." in place]
        _check_names("targets", lora.targets, adaptable, offered, "; all-linear takes those that are linear.")
    _check_names("modules_to_save", lora.modules_to_save, list(modules), adaptable, ", …")
    tied = (network.get_input_embeddings(), network.get_output_embeddings())
    for name in lora.modules_to_save if network.config.get_text_config().tie_word_embeddings else ():
        if any(modules[place] in tied for place in _places(name, list(modules))):
            raise ModelError(
                "embeddings and head are one weight in this model, and only one of them would be trained",
                key="model.lora.modules_to_save",
                value=name,
            )


def _check_names(key: str, names: Sequence[str], places: Sequence[str], offered: Sequence[str], more: str) -> None:
    lacking = [name for name in names if not _places(name, places)]
    if lacking:
        inner = sorted({place.rpartition(".")[2] for place in offered})
        raise ModelError(
            "must name modules of the model",
            key=f"model.lora.{key}",
            value=lacking[0],
            hint=f"It has {', '.join(inner)}{more}",
        )


def _places(name: str, places: Sequence[str]) -> list[str]:
    """The modules that a name means."""
    return [place for place in places if place == name or place.endswith(f".{name}")]
