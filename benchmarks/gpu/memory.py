"""What stages take of a GPU, against the rule by which `stagewise validate` tells it.

    python -m benchmarks.gpu.memory FOLDER [CASE …]

FOLDER holds SmolLM2-135M-Instruct (`make smollm`). Models of 1.2 and 7.6 billion parameters have random weights and
its tokenizer: what a stage takes does not depend on what the weights say. A row a case, in GiB: by the rule, and the
most that torch had allocated at once (`torch.cuda.max_memory_allocated`) or reserved while the stage trained and while
it was measured.
"""

from __future__ import annotations

import gc
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

from benchmarks.arguments import arguments
from benchmarks.gpu.work import bench, curriculum, opened
from experiments.measures.suite import suite_of
from experiments.models.seeding import seed_all
from experiments.run.estimating.peak import peak_of
from experiments.worker.measure import measure
from experiments.worker.train import train

GIB = 2**30
SHAPES = {
    "1.2B": {
        "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32,
        "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": True,
    },
    "7.6B": {
        "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
        "num_key_value_heads": 4, "vocab_size": 152064, "tie_word_embeddings": False,
    },
}  # fmt: skip
"""Of Llama 3.2 1B and Qwen2.5 7B."""
LORA = {"rank": 16, "alpha": 32}
SFT = {"method": "sft", "steps": 2, "prompts": 8}
GRPO = {"method": "grpo", "steps": 2, "prompts": 8, "rollouts": 8}


@dataclass(frozen=True)
class Case:
    """One stage."""

    shape: str | None
    """None: the given model."""
    training: Mapping[str, Any]
    model: Mapping[str, Any] = field(default_factory=dict)
    words: int = 500
    tokens: int = 64


HALF = {"dtype": "bfloat16", "lora": LORA}
CASES: Mapping[str, Case] = {
    "7.6B, LoRA, SFT, 8 × 500 tokens, micro-batch 4": Case(
        "7.6B", {**SFT, "micro_batch": 4, "precision": "bf16"}, HALF
    ),
    "7.6B, LoRA, GRPO, 64 × 128 tokens, micro-batch 8": Case(
        "7.6B", {**GRPO, "micro_batch": 8, "precision": "bf16"}, HALF, words=20, tokens=128
    ),
    "135M, SFT, 8 × 500 tokens, nothing computed again": Case(None, {**SFT, "gradient_checkpointing": False}),
    "135M, SFT, 8 × 500 tokens": Case(None, SFT),
    "135M, SFT, 8 × 500 tokens, bf16, nothing computed again": Case(
        None, {**SFT, "gradient_checkpointing": False, "precision": "bf16"}
    ),
    "135M, GRPO, 64 × 128 tokens": Case(None, GRPO, words=20, tokens=128),
    "135M, GRPO, 64 × 128 tokens, nothing computed again": Case(
        None, {**GRPO, "gradient_checkpointing": False}, words=20, tokens=128
    ),
    "1.2B, SFT, all weights, 8 × 500 tokens, bf16": Case("1.2B", {**SFT, "precision": "bf16"}),
    "1.2B, SFT, all weights, adafactor, micro-batch 2": Case("1.2B", {**SFT, "optim": "adafactor", "micro_batch": 2}),
}


def random_model(shape: str, tokenizer: Path, folder: Path) -> Path:
    """A model of that shape with random weights in bfloat16, in a folder of its own."""
    place = folder / shape
    if not place.exists():
        words = AutoTokenizer.from_pretrained(tokenizer)
        config = Qwen2Config(**SHAPES[shape], eos_token_id=words.eos_token_id, max_position_embeddings=4096)
        torch.set_default_dtype(torch.bfloat16)
        with torch.device("cuda"):
            model = Qwen2ForCausalLM(config)
        torch.set_default_dtype(torch.float32)
        model.save_pretrained(place)
        words.save_pretrained(place)
        del model
        emptied()
    return place


def emptied() -> None:
    """Give back what nothing holds, and count from here."""
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()


def most() -> tuple[float, float]:
    """The most allocated and the most reserved since it was emptied, GiB."""
    return torch.cuda.max_memory_allocated() / GIB, torch.cuda.max_memory_reserved() / GIB


def measured(case: Case, model: Path, folder: Path) -> dict[str, list[float]]:
    """[by the rule, allocated, reserved] in GiB while a stage trains, and while it is measured."""
    wanted = {"id": str(model), **case.model}
    file = curriculum(folder, wanted, case.training, items=32, words=case.words, tokens=case.tokens)
    job, tree = opened(file, folder / "store")
    rule = peak_of(job.prepared, tree.nodes[1:])
    assert rule is not None
    train(bench(job, tree, 0))
    emptied()
    seed_all(0, 4)
    stage = bench(job, tree, 1)
    trained = train(stage)
    training = most()
    emptied()
    measure(stage, suite_of(job.setup), trained)
    evaluation = most()
    del trained
    emptied()
    told = {"training": (rule.training / GIB, *training), "evaluation": (rule.evaluation / GIB, *evaluation)}
    return {name: [round(figure, 2) for figure in figures] for name, figures in told.items()}


def main(model: Path, names: Sequence[str]) -> None:
    """A line of JSON a case, so that what is measured is kept if a later one fails."""
    if not torch.cuda.is_available():
        raise SystemExit("No GPU here: nothing to measure.")
    print(json.dumps({"gpu": torch.cuda.get_device_name(), "torch": torch.__version__}), flush=True)
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as scratch:
        for name in names or CASES:
            case = CASES[name]
            folder = Path(scratch) / "case"
            folder.mkdir()
            place = model if case.shape is None else random_model(case.shape, model, Path(scratch))
            print(json.dumps({name: measured(case, place, folder)}), flush=True)
            shutil.rmtree(folder)
    free, total = torch.cuda.mem_get_info()
    outside = (total - free - torch.cuda.memory_reserved()) / GIB
    print(json.dumps({"outside torch's memory": round(outside, 2)}), flush=True)


if __name__ == "__main__":
    folder, *cases = arguments(__doc__, 1)
    main(Path(folder).resolve(), cases)
