"""Does everything fit into the model? Asked before anything trains, instead of cutting texts in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from domains.conversations import shown
from domains.errors import DataError
from domains.example import Example, Kind
from domains.examples import texts_of
from experiments.models.tokens.chat import Tokenizer
from experiments.models.tokens.prompting import prompt_tokens, room, taught_tokens


@dataclass(frozen=True)
class Lengths:
    """How many tokens items have, and how many the model takes."""

    count: Callable[[Example], tuple[int, int]]
    """Tokens of an item's prompt, and of its answer without the end token."""
    context: int | None
    """Longest prompt plus completion; None: not known."""
    identity: str | None = None
    """Equal where the counts are; None: not known."""
    chat: bool = False
    """Whether the tokenizer has a chat template."""
    of_texts: Callable[[str, str], tuple[int, int]] | None = None
    """`count` by prompt and answer, where these decide: nothing else need be read of millions of items."""

    def each(self, examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
        """`count` of all examples."""
        if self.of_texts is None:
            return map(self.count, examples)
        of_texts = self.of_texts
        return (of_texts(*texts_of(examples, at)) for at in range(len(examples)))


def byte_lengths(context: int) -> Lengths:
    """Of the character tokenizer, which has a token for each byte of UTF-8: no model need be loaded for that."""

    def of_texts(prompt: str, answer: str) -> tuple[int, int]:
        return len(prompt.encode()), len(answer.encode())

    return Lengths(lambda item: of_texts(item.prompt, item.answer), context, "bytes", of_texts=of_texts)


def tokenizer_lengths(tokenizer: Tokenizer, context: int | None, identity: str | None = None) -> Lengths:
    """As the tokenizer counts what SFT reads, so that a conversation that cannot be taught is found here."""

    def count(item: Example) -> tuple[int, int]:
        prompt = len(prompt_tokens(tokenizer, item))
        if not item.answer:
            return prompt, 0
        return prompt, len(taught_tokens(tokenizer, item).tokens) - prompt - 1

    return Lengths(count, context, identity, chat=bool(tokenizer.chat_template))


def check_fit(domain: str, examples: Sequence[Example], lengths: Lengths, max_tokens: int) -> list[int]:
    """The answers' tokens. DataError if a prompt or answer is empty or, with the longest completion, exceeds the
    context."""
    found: list[int] = []
    try:
        for prompt, answer in lengths.each(examples):
            # A domain without answers has empty ones.
            if not prompt or (not answer and texts_of(examples, len(found))[1]):
                asked, _ = texts_of(examples, len(found))
                raise DataError("a prompt and an answer must have at least one token", value=asked[:40])
            whole = room(prompt, answer, max_tokens)
            if lengths.context is not None and whole > lengths.context:
                asked, _ = texts_of(examples, len(found))
                raise DataError(
                    f"an item needs {whole} tokens and the model takes {lengths.context}",
                    value=asked[:60],
                    hint="Shorten it, lower max_tokens, write `on_long: drop` (or truncate), or raise the model's "
                    "context, or `model.max_length` where that is what bounds it.",
                )
            found.append(answer)
    except DataError as error:
        raise error.located(key=f"domains.{domain}") from None
    return found


def fits(example: Example, lengths: Lengths, max_tokens: int) -> bool:
    """Whether prompt and answer, or the longest completion, are within the context."""
    return lengths.context is None or room(*lengths.count(example), max_tokens) <= lengths.context


def shortened(example: Example, kind: Kind, lengths: Lengths, max_tokens: int) -> Example | None:
    """The example cut until it fits: itself where it does, None where nothing can be done.

    Of a creative domain the answer's end goes first, down to half of the context; then, of any domain, the prompt's
    beginning, since what is asked mostly stands at its end. A structured answer is never cut: it would be wrong. Of a
    conversation the oldest turns go, but for the system's and the last one.
    """
    if lengths.context is None or fits(example, lengths, max_tokens):
        return example
    if example.turns:
        return _without_oldest(example, lengths, max_tokens)
    context = lengths.context
    answered = bool(example.answer)
    if kind == "creative" and answered:
        whole, (prompt, _) = example, lengths.count(example)
        left = max(context - prompt, context // 2) - 1
        example = _longest(
            len(whole.answer),
            lambda size: _answered(whole, whole.answer[:size]),
            lambda cut: lengths.count(cut)[1] <= left,
        )
    asked = example.prompt
    cut = _longest(
        len(asked),
        lambda size: example.model_copy(update={"prompt": asked[len(asked) - size :]}),
        lambda cut: fits(cut, lengths, max_tokens),
    )
    return cut if cut.prompt.strip() and (cut.answer.strip() or not answered) else None


def _answered(example: Example, answer: str) -> Example:
    """With this answer, which is the reference too where the one before was."""
    reference = answer if example.reference == example.answer else example.reference
    return example.model_copy(update={"answer": answer, "reference": reference})


def _without_oldest(example: Example, lengths: Lengths, max_tokens: int) -> Example | None:
    system = [turn for turn in example.turns[:1] if turn["role"] == "system"]
    rest = list(example.turns[len(system) :])
    while len(rest) > 1:
        gone = rest.pop(0)
        if gone["role"] == "user" and rest[0]["role"] == "assistant" and len(rest) > 1:
            rest.pop(0)
        turns = (*system, *rest)
        # As many turns as before are taught, of those that are left.
        given = max(min(example.given, len(system)), example.given - (len(example.turns) - len(turns)))
        cut = example.model_copy(update={"turns": turns, "prompt": shown(turns), "given": given})
        if fits(cut, lengths, max_tokens):
            return cut
    return None


def _longest(most: int, cut: Callable[[int], Example], good: Callable[[Example], bool]) -> Example:
    """The cut of the largest size, at most `most`, that is good; the cut of size 0 where none is."""
    if good(cut(most)):
        return cut(most)
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if good(cut(middle)) else (low, middle)
    # Tokens need not grow with every character, so what is taken is counted once more.
    while low and not good(cut(low)):
        low -= 1
    return cut(low)
