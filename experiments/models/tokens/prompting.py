"""The one way from an item to tokens: training by either method, evaluation, length checks and validation alike.

Where the tokenizer has a chat template an item is a conversation, and what is said to the model is what TRL and
`apply_chat_template` make of it: the template writes BOS, the tokenizer does not write another. Else it is text.
Templates are in chat.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domains.errors import DataError
from domains.example import Example
from experiments.models.tokens import chat
from experiments.models.tokens.chat import Tokenizer, Tokens


@dataclass(frozen=True)
class Lesson:
    """What SFT reads of one item."""

    tokens: Tokens
    """The prompt, the answer, and that it ends there."""
    taught: list[bool]
    """For each token whether it is to be imitated: those of the answer, and of earlier turns of the assistant's that
    are not given, each with its end."""


def is_chat(tokenizer: Tokenizer, item: Example) -> bool:
    """Whether an item goes through the chat template. DataError where it must and there is none."""
    if item.turns and not tokenizer.chat_template:
        raise DataError(
            "a conversation needs a model with a chat template", value=item.prompt, hint="Write `prompt:` as text."
        )
    return not item.plain and bool(tokenizer.chat_template)


def prompt_tokens(tokenizer: Tokenizer, item: Example, begun: str = "") -> Tokens:
    """What stands before a completion; `begun` is what the answer begins with already, and is split by itself."""
    if is_chat(tokenizer, item):
        asked = chat.ids(tokenizer, chat.asked(tokenizer, item.conversation))
    else:
        asked = _text_tokens(tokenizer, item.prompt)
    return [*asked, *part_tokens(tokenizer, begun)] if begun else asked


def part_tokens(tokenizer: Tokenizer, text: str) -> Tokens:
    """A part of a completion, split by itself."""
    return chat.ids(tokenizer, text)


def answer_tokens(tokenizer: Tokenizer, item: Example) -> Tokens:
    """The item's answer as a completion that follows its prompt, without an end token."""
    if is_chat(tokenizer, item):
        return chat.answered(tokenizer, item.conversation, item.answer)
    return chat.ids(tokenizer, item.answer)


def taught_tokens(tokenizer: Tokenizer, item: Example) -> Lesson:
    """What SFT teaches to say. The prompt's tokens are those of `prompt_tokens`, whatever comes after it."""
    prompt, answer = prompt_tokens(tokenizer, item), answer_tokens(tokenizer, item)
    taught = [False] * len(prompt)
    if is_chat(tokenizer, item):
        end = chat.end_of_turn(tokenizer)
        for start, stop in chat.spoken(tokenizer, item.conversation, item.given, prompt):
            taught[start:stop] = [True] * (stop - start)
    else:
        end = tokenizer.eos_token_id
    return Lesson([*prompt, *answer, end], [*taught, *[True] * (len(answer) + 1)])


def end_tokens(tokenizer: Tokenizer, own: int | Sequence[int] | None) -> list[int]:
    """What ends a completion: the tokenizer's end, the chat template's end of a turn, and the model's `own` ends."""
    ends = {tokenizer.eos_token_id, *([own] if isinstance(own, int) else own or ())}
    return sorted(ends | ({chat.end_of_turn(tokenizer)} if tokenizer.chat_template else set()))


def completion_text(tokenizer: Tokenizer, tokens: Sequence[int], stop: Sequence[str] = ()) -> str:
    """Text of a completion, without special tokens, cut before the first of `stop`."""
    return cut(str(tokenizer.decode(tokens, skip_special_tokens=True)), stop)


def cut(text: str, stop: Sequence[str]) -> str:
    """A completion's text before the first of `stop`."""
    return text[: min((at for one in stop if (at := text.find(one)) >= 0), default=len(text))]


def stops(tokenizer: Tokenizer, tokens: Sequence[int], stop: Sequence[str]) -> bool:
    """Whether a completion so far holds one of `stop`."""
    return bool(stop) and any(one in completion_text(tokenizer, tokens) for one in stop)


def until_stop(tokenizer: Tokenizer, tokens: Sequence[int], stop: Sequence[str]) -> Tokens:
    """A completion through the token with which the first of `stop` is complete; all of it where none is."""
    if not stops(tokenizer, tokens, stop):
        return list(tokens)
    low, high = 1, len(tokens)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if stops(tokenizer, tokens[:middle], stop) else (middle + 1, high)
    return list(tokens[:low])


def room(prompt: int, answer: int, max_tokens: int) -> int:
    """Tokens that an item may come to: its prompt, and its answer with the end token or the longest completion."""
    return prompt + max(max_tokens, answer + 1)


def _text_tokens(tokenizer: Tokenizer, text: str) -> Tokens:
    """A text with what the tokenizer puts before it: one BOS, also where the text holds one, and no end after it."""
    tokens = list(tokenizer(text)["input_ids"])
    if tokenizer.bos_token_id is not None and tokens[:2] == [tokenizer.bos_token_id] * 2:
        tokens = tokens[1:]
    ended = tokens[-1:] == [tokenizer.eos_token_id]
    return tokens[:-1] if ended and tokens[-1:] != chat.ids(tokenizer, text)[-1:] else tokens
