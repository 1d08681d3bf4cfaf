"""The one way from an item to tokens: training by either method, evaluation, length checks and validation alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

Tokens = list[int]


class Tokenizer(Protocol):
    """What is asked of a tokenizer here; transformers' have it."""

    eos_token_id: int

    def __call__(self, text: str, *, add_special_tokens: bool = True) -> dict[str, list[int]]:
        """`input_ids` of a text."""
        ...

    def decode(self, token_ids: Sequence[int], *, skip_special_tokens: bool = False) -> str:
        """Text of tokens."""
        ...


def prompt_tokens(tokenizer: Tokenizer, prompt: str) -> Tokens:
    """A prompt, with whatever the tokenizer puts before a text."""
    return list(tokenizer(prompt)["input_ids"])


def answer_tokens(tokenizer: Tokenizer, answer: str) -> Tokens:
    """A completion that follows a prompt, without an end token."""
    return list(tokenizer(answer, add_special_tokens=False)["input_ids"])


def taught_tokens(tokenizer: Tokenizer, answer: str) -> Tokens:
    """What SFT teaches to say after a prompt: the answer, and that it ends there."""
    return [*answer_tokens(tokenizer, answer), tokenizer.eos_token_id]


def completion_text(tokenizer: Tokenizer, tokens: Sequence[int]) -> str:
    """Text of a completion, without special tokens."""
    return str(tokenizer.decode(tokens, skip_special_tokens=True))


def room(prompt: int, answer: int, max_tokens: int) -> int:
    """Tokens that an item may come to: its prompt, and its answer with the end token or the longest completion."""
    return prompt + max(max_tokens, answer + 1)
