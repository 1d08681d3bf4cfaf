"""Does everything fit into the model? Asked before anything trains, instead of cutting texts in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domains.errors import DataError
from domains.example import Example
from experiments.models.chat import Tokenizer
from experiments.models.prompting import prompt_tokens, room, taught_tokens


@dataclass(frozen=True)
class Lengths:
    """How many tokens items have, and how many the model takes."""

    count: Callable[[Example], tuple[int, int]]
    """Tokens of an item's prompt, and of its answer without the end token."""
    context: int | None
    """Longest prompt plus completion; None: not known."""
    chat: bool = False
    """Whether the tokenizer has a chat template."""


def byte_lengths(context: int) -> Lengths:
    """Of the character tokenizer, which has a token for each byte of UTF-8: no model need be loaded for that."""
    return Lengths(lambda item: (len(item.prompt.encode()), len(item.answer.encode())), context)


def tokenizer_lengths(tokenizer: Tokenizer, context: int | None) -> Lengths:
    """As the tokenizer counts what SFT reads, so that a conversation that cannot be taught is found here."""

    def count(item: Example) -> tuple[int, int]:
        prompt = len(prompt_tokens(tokenizer, item))
        return prompt, len(taught_tokens(tokenizer, item).tokens) - prompt - 1

    return Lengths(count, context, chat=bool(tokenizer.chat_template))


def check_fit(domain: str, examples: Iterable[Example], lengths: Lengths, max_tokens: int) -> None:
    """Raise DataError if a prompt or answer is empty or, with the longest completion, exceeds the context."""
    for example in examples:
        key = f"domains.{domain}"
        try:
            prompt, answer = lengths.count(example)
        except DataError as error:
            raise error.located(key=key) from None
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
