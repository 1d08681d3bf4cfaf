"""Whether the modules that adapters are meant for are there, asked without loading weights."""

from __future__ import annotations

import torch
from transformers import AutoModelForCausalLM, PretrainedConfig
from transformers.pytorch_utils import Conv1D

from curricula.schema import Lora
from domains.errors import ModelError

ADAPTABLE = (torch.nn.Linear, torch.nn.Embedding, Conv1D)


def check_targets(lora: Lora, config: PretrainedConfig) -> None:
    """Raise ModelError for a name in `lora.targets` that no module of the model ends in: PEFT passes over it."""
    if lora.targets == "all-linear":
        return
    with torch.device("meta"):
        network = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    places = [name for name, module in network.named_modules() if isinstance(module, ADAPTABLE)]
    lacking = [
        name for name in lora.targets if not any(place == name or place.endswith(f".{name}") for place in places)
    ]
    if lacking:
        inner = sorted({place.rpartition(".")[2] for place in places if "." in place})
        raise ModelError(
            "must name modules of the model",
            key="model.lora.targets",
            value=lacking[0],
            hint=f"It has {', '.join(inner)}; all-linear takes those that are linear.",
        )
