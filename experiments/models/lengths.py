"""Does everything fit into the model? Asked before anything trains, instead of cutting texts in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domains.errors import DataError
from domains.example import Example, Kind
from experiments.models.prompting import Tokenizer, answer_tokens, prompt_tokens, room


@dataclass(frozen=True)
class Lengths:
    """How many tokens texts have, and how many the model takes."""

    prompt: Callable[[str], int]
    answer: Callable[[str], int]
    context: int | None
    """Longest prompt plus completion; None: not known."""
    identity: str | None = None
    """Equal where the counts are; None: not known."""


def byte_lengths(context: int) -> Lengths:
    """Of the character tokenizer, which has a token for each byte of UTF-8: no model need be loaded for that."""
    return Lengths(lambda text: len(text.encode()), lambda text: len(text.encode()), context, "bytes")


def tokenizer_lengths(tokenizer: Tokenizer, context: int | None) -> Lengths:
    """As the tokenizer counts."""
    return Lengths(
        lambda text: len(prompt_tokens(tokenizer, text)), lambda text: len(answer_tokens(tokenizer, text)), context
    )


def check_fit(domain: str, examples: Iterable[Example], lengths: Lengths, max_tokens: int) -> list[int]:
    """The answers' tokens. DataError if a prompt or answer is empty or, with the longest completion, exceeds the
    context."""
    found = []
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
                hint="Shorten it, lower max_tokens, write `on_long: drop` (or truncate), or raise the model's context.",
            )
        found.append(answer)
    return found


def fits(example: Example, lengths: Lengths, max_tokens: int) -> bool:
    """Whether prompt and answer, or the longest completion, are within the context."""
    needed = room(lengths.prompt(example.prompt), lengths.answer(example.answer), max_tokens)
    return lengths.context is None or needed <= lengths.context


def shortened(example: Example, kind: Kind, lengths: Lengths, max_tokens: int) -> Example | None:
    """The example cut until it fits: itself where it does, None where nothing can be done.

    Of a creative domain the answer's end goes first, down to half of the context; then, of any domain, the prompt's
    beginning, since what is asked mostly stands at its end. A structured answer is never cut: it would be wrong.
    """
    if lengths.context is None or fits(example, lengths, max_tokens):
        return example
    answer = example.answer
    if kind == "creative":
        left = max(lengths.context - lengths.prompt(example.prompt), lengths.context // 2) - 1
        answer = _longest(answer, left, lengths.answer, lambda text, size: text[:size])
    left = lengths.context - room(0, lengths.answer(answer), max_tokens)
    prompt = _longest(example.prompt, left, lengths.prompt, lambda text, size: text[len(text) - size :])
    if not prompt.strip() or not answer.strip():
        return None
    return example.model_copy(update={"prompt": prompt, "answer": answer})


def _longest(text: str, most: int, count: Callable[[str], int], cut: Callable[[str, int], str]) -> str:
    """The longest cut of `text` with at most `most` tokens, "" where there is none."""
    if count(text) <= most:
        return text
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(cut(text, middle)) <= most else (low, middle)
    # Tokens need not grow with every character, so what is taken is counted once more.
    while low and count(cut(text, low)) > most:
        low -= 1
    return cut(text, low) if low else ""
