"""The most memory that evaluation and training take, in multiples of the logits.

    python -m benchmarks.memory [NAME …]

One process a measurement, on the CPU, with a vocabulary of 50,000. The logits are those of 32 sequences of 64 tokens,
× vocabulary × 4 bytes: 410 MB. Training is one step of 64 such sequences, in one piece (`micro_batch: 64`) and one by
one (`micro_batch: 1`), with gradients and AdamW's moments; by GRPO it includes the rollouts.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
from collections.abc import Callable
from functools import partial

from benchmarks.arguments import arguments

ROWS, TOKENS, VOCABULARY = 32, 64, 50_000
LOGITS = ROWS * TOKENS * VOCABULARY * 4


def main(*names: str) -> None:
    """Print one line of JSON: name → multiple of the logits."""
    print(json.dumps({name: round(peak(name), 2) for name in names or MEASURED}))


def peak(name: str) -> float:
    """Most memory that one measurement takes beyond its model, over the logits' bytes."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (name,))


def _measured(name: str) -> float:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from experiments.models.subjects.local import LocalModel
    from experiments.models.tokens.tokenizer import character_tokenizer

    torch.set_num_threads(1)
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    subject = LocalModel(LlamaForCausalLM(config).eval(), character_tokenizer(512), ROWS)
    work = MEASURED[name](subject)
    before = most()
    work()
    return (most() - before) / LOGITS


def most() -> int:
    """Bytes that this process held at its fullest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _read(subject: object) -> Callable[[], object]:
    """Likelihood and entropy of answers, two batches."""
    items, answers = _asked()
    return lambda: subject.read(items, answers)  # type: ignore[attr-defined]


def _diverge(subject: object) -> Callable[[], object]:
    """KL between two models, two batches."""
    from experiments.evaluation.divergence import divergence

    items, answers = _asked()
    return lambda: divergence(subject, subject, items, answers)  # type: ignore[arg-type]


def _whole(subject: object) -> Callable[[], object]:
    """What reading took before it went in chunks: all log-probabilities and all terms of the entropies at once."""
    import torch

    from experiments.models.generation.logits import entropies

    items, answers = _asked()

    def read() -> None:
        for _, logits, targets, _ in subject.forward(items, answers):  # type: ignore[attr-defined]
            logs = logits.float().log_softmax(-1)
            torch.gather(logs, -1, targets.unsqueeze(-1))
            entropies(logs)

    return read


def _train(method: str, micro_batch: int, subject: object) -> Callable[[], object]:
    """One step of 64 sequences."""
    import torch

    from curricula.stage import Stage, Training
    from domains.example import Example
    from domains.rewards import Mark
    from experiments.training.draw import draw
    from experiments.training.stage import train_stage

    prompts, rollouts = (2 * ROWS, 1) if method == "sft" else (ROWS // 2, 4)
    training = Training(
        method=method, steps=1, prompts=prompts, rollouts=max(2, rollouts), micro_batch=micro_batch, learning_rate=1e-3
    )
    pool = [Example(prompt="p", answer="a" * (TOKENS - 1))] * prompts
    stage, drawn = Stage(mixture={"d": 1.0}, training=training), draw({"d": prompts}, {"d": pool}, "1", {})
    marks = {"d": lambda said, _: [Mark(at % 2, text) for at, text in enumerate(said)]}
    return lambda: train_stage(
        subject.network,  # type: ignore[attr-defined]
        subject.tokenizer,  # type: ignore[attr-defined]
        stage,
        drawn,
        rewards=marks,
        max_tokens=TOKENS,
        seed=1,
        device=torch.device("cpu"),
        beat=lambda *_: None,
    )


def _asked() -> tuple[list[object], list[list[int]]]:
    from domains.example import Example

    return [Example(prompt="p", answer="a")] * (2 * ROWS), [[50] * TOKENS] * (2 * ROWS)


MEASURED: dict[str, Callable[[object], Callable[[], object]]] = {
    "read": _read,
    "divergence": _diverge,
    "read, all at once": _whole,
    **{
        f"{method}, micro_batch {size}": partial(_train, method, size) for method in ("sft", "grpo") for size in (1, 64)
    },
}

if __name__ == "__main__":
    main(*arguments(__doc__))
