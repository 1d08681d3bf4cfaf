"""The most memory that KL to the base takes of a LoRA node, and whether it is the same number either way.

    python -m benchmarks.beneath

A model of 113 million weights in float32 on the CPU; one process writes its folder and an adapter, and two others load
the node and ask for the KL of sixteen answers to its base: read beneath the node's adapters (`beneath`), and from a
second model (`apart`), which was how it was done. MB are beyond what the process held when the node was loaded.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments
from benchmarks.memory import most

WIDE = {"hidden_size": 1024, "intermediate_size": 2048, "num_hidden_layers": 1, "num_attention_heads": 8}
VOCABULARY, ANSWERS, TOKENS = 50_000, 16, 8
CPU = 0.0
"""GPUs of a process."""


def main(*_: str) -> None:
    """Print one line of JSON."""
    with (
        tempfile.TemporaryDirectory() as name,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as processes,
    ):
        processes.apply(_write, (Path(name),))
        found = {way: processes.apply(_measured, (Path(name), way)) for way in ("beneath", "apart")}
    kls = [kl for _, kl in found.values()]
    print(json.dumps({way: round(taken / 1e6) for way, (taken, _) in found.items()} | {"equal": kls[0] == kls[1]}))


def _model(folder: Path) -> Any:
    from curricula.schema import Lora, PretrainedModel

    return PretrainedModel(type="pretrained", id=str(folder / "model"), lora=Lora())


def _write(folder: Path) -> None:
    """The model, its base node with new adapters, and a node whose adapters were moved."""
    from transformers import LlamaConfig, LlamaForCausalLM

    from experiments.models.checkpoints import build_model, save_checkpoint
    from experiments.models.tokens.tokenizer import character_tokenizer

    bare = LlamaForCausalLM(LlamaConfig(vocab_size=VOCABULARY, **WIDE))
    save_checkpoint(bare, character_tokenizer(512), folder / "model")
    network, tokenizer = build_model(_model(folder))
    save_checkpoint(network, tokenizer, folder / "base")
    for weight in network.parameters():
        if weight.requires_grad:
            weight.data.add_(0.01)
    save_checkpoint(network, tokenizer, folder / "node")


def _measured(folder: Path, way: str) -> tuple[int, list[float]]:
    """Bytes, and the KL of each answer."""
    import torch

    from domains.example import Example
    from experiments.evaluation.divergence import divergence
    from experiments.models.checkpoints import load_checkpoint
    from experiments.models.subjects.local import LocalModel

    torch.set_num_threads(1)

    def loaded(name: str) -> LocalModel:
        return LocalModel.placed(*load_checkpoint(_model(folder), folder / name, trainable=False), 1, CPU)

    items = [Example(prompt="p", answer="a")] * ANSWERS
    answers = [[50 + at] * TOKENS for at in range(ANSWERS)]
    own = loaded("node")
    # What a pass touches first counts for neither.
    own.read(items, answers)
    before = most()
    kl = divergence(own.without_adapters() if way == "beneath" else loaded("base"), own, items, answers)
    return most() - before, kl


if __name__ == "__main__":
    main(*arguments(__doc__))
