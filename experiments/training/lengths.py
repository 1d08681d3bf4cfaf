"""Does everything fit into the model? Asked once, at the start, instead of cutting texts in silence."""

from __future__ import annotations

from collections.abc import Iterable

from transformers import PreTrainedTokenizerBase

from domains.errors import StageError
from domains.example import Example


def check_fit(
    domain: str,
    examples: Iterable[Example],
    tokenizer: PreTrainedTokenizerBase,
    *,
    max_tokens: int,
    context: int | None,
) -> None:
    """Raise StageError if a prompt is empty or, with the longest completion, exceeds `context` tokens."""
    for example in examples:
        prompt = len(tokenizer(example.prompt)["input_ids"])
        answer = len(tokenizer(example.answer, add_special_tokens=False)["input_ids"])
        if not prompt or not answer:
            raise StageError("data", f"domain {domain}: an empty prompt or answer, {example.prompt[:40]!r}")
        whole = prompt + max(max_tokens, answer + 1)
        if context is not None and whole > context:
            raise StageError(
                "data",
                f"domain {domain}: an item needs {whole} tokens and the model takes {context}: "
                f"{example.prompt[:40]!r}. Shorten it, lower max_tokens or raise model.context.",
            )
