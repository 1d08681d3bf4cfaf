"""Does everything fit into the model? Asked before anything trains, instead of cutting texts in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domains.errors import DataError
from domains.example import Example
from experiments.models.prompting import Tokenizer, answer_tokens, prompt_tokens, room


@dataclass(frozen=True)
class Lengths:
    """How many tokens texts have, and how many the model takes."""

    prompt: Callable[[str], int]
    answer: Callable[[str], int]
    context: int | None
    """Longest prompt plus completion; None: not known."""


def byte_lengths(context: int) -> Lengths:
    """Of the character tokenizer, which has a token for each byte of UTF-8: no model need be loaded for that."""
    return Lengths(lambda text: len(text.encode()), lambda text: len(text.encode()), context)


def tokenizer_lengths(tokenizer: Tokenizer, context: int | None) -> Lengths:
    """As the tokenizer counts."""
    return Lengths(
        lambda text: len(prompt_tokens(tokenizer, text)), lambda text: len(answer_tokens(tokenizer, text)), context
    )


def check_fit(domain: str, examples: Iterable[Example], lengths: Lengths, max_tokens: int) -> None:
    """Raise DataError if a prompt or answer is empty or, with the longest completion, exceeds the context."""
    for example in examples:
        prompt, answer = lengths.prompt(example.prompt), lengths.answer(example.answer)
        key = f"domains.{domain}"
        if not prompt or not answer:
            raise DataError("a prompt and an answer must have at least one token", key=key, value=example.prompt[:40])
        whole = room(prompt, answer, max_tokens)
        if lengths.context is not None and whole > lengths.context:
            raise DataError(
                f"an item needs {whole} tokens and the model takes {lengths.context}",
                key=key,
                value=example.prompt[:60],
                hint="Shorten it, lower max_tokens or raise the model's context.",
            )
