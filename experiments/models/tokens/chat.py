"""What a tokenizer's chat template makes of a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from jinja2 import TemplateError

from domains.conversations import Turn
from domains.errors import DataError

Tokens = list[int]
TODAY = date(2024, 7, 26)
"""For templates that write the day's date (Llama 3.1's own default): a prompt is the same tomorrow."""
NOW = re.compile(r"strftime_now\(\s*(?P<quote>['\"])(?P<form>[^'\"]*)(?P=quote)\s*\)")
PROBE = "stagewise"


class Tokenizer(Protocol):
    """What is asked of a tokenizer here; transformers' have it."""

    eos_token_id: int
    bos_token_id: int | None
    chat_template: Any
    """Jinja text, several by name, or None."""

    def get_vocab(self) -> Mapping[str, int]:
        """Every token's text, as the vocabulary writes it → the token."""
        ...

    @property
    def added_tokens_decoder(self) -> Mapping[int, object]:
        """Tokens that were added to the vocabulary whole, control tokens among them."""
        ...

    def __hash__(self) -> int: ...

    def __call__(self, text: str, *, add_special_tokens: bool = True) -> Mapping[str, list[int]]:
        """`input_ids` of a text."""
        ...

    def decode(self, token_ids: Sequence[int], *, skip_special_tokens: bool = False) -> str:
        """Text of tokens."""
        ...

    def get_chat_template(self) -> str:
        """The template that is meant where there are several."""
        ...

    def apply_chat_template(
        self, conversation: list[Turn], *, chat_template: str, add_generation_prompt: bool, tokenize: bool
    ) -> Any:
        """Text of a conversation."""
        ...


def ids(tokenizer: Tokenizer, text: str) -> Tokens:
    """Tokens of a text and nothing else."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def asked(tokenizer: Tokenizer, turns: Sequence[Turn]) -> str:
    """The conversation up to where the assistant's next turn begins."""
    return _rendered(tokenizer, turns, True)


def answered(tokenizer: Tokenizer, turns: Sequence[Turn], answer: str) -> Tokens:
    """The assistant's next turn, as it follows `asked`, without its end.

    As the template writes it, so that it equals the whole conversation's tokens; but where the template would leave
    something out of it (reasoning, say) or begins it otherwise than it asks for it, as it stands.
    """
    prompt, whole = asked(tokenizer, turns), _rendered(tokenizer, [*turns, _says(answer)], False)
    said = whole[len(prompt) :] if whole.startswith(prompt) else ""
    if answer.strip() not in said:
        return ids(tokenizer, answer)
    before, tokens = ids(tokenizer, prompt), ids(tokenizer, whole)
    after = tokens[len(before) :] if tokens[: len(before)] == before else ids(tokenizer, said)
    return _without_end(tokenizer, after)


def spoken(tokenizer: Tokenizer, turns: Sequence[Turn], given: int, tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Where in `tokens`, those of `asked`, the assistant's turns after the `given` ones stand, each with its end.

    Raises DataError where the template writes an earlier turn otherwise than it would have been said.
    """
    prompt = asked(tokenizer, turns)
    for number, turn in enumerate(turns):
        if number < given or turn["role"] != "assistant":
            continue
        before, after = asked(tokenizer, turns[:number]), _rendered(tokenizer, turns[: number + 1], False)
        if not (after.startswith(before) and prompt.startswith(after)):
            raise DataError(
                "the model's chat template writes an earlier turn of the assistant's otherwise than its last one",
                value=turn["content"],
                hint="Earlier turns cannot be imitated then: put the last one into a column of its own, "
                "`messages: [before, last]`.",
            )
        start, stop = (_shared(ids(tokenizer, text), tokens) for text in (before, after))
        ends = [at for at in range(start, stop) if tokens[at] == end_of_turn(tokenizer)]
        yield start, ends[-1] + 1 if ends else stop


def end_of_turn(tokenizer: Tokenizer) -> int:
    """The token with which the assistant's turn ends in the template; the tokenizer's end where that has none."""
    return _end(tokenizer, tokenizer.get_chat_template())


@lru_cache(maxsize=4)
def _end(tokenizer: Tokenizer, template: str) -> int:
    """`template` is the tokenizer's: another one has another end."""
    whole = _rendered(tokenizer, [{"role": "user", "content": PROBE}, _says(PROBE)], False)
    closing = ids(tokenizer, whole.rpartition(PROBE)[2])
    return next((token for token in closing if token in tokenizer.added_tokens_decoder), tokenizer.eos_token_id)


def _without_end(tokenizer: Tokenizer, tokens: Tokens) -> Tokens:
    """Before the last end of a turn. Where the template marks none, what it writes after the answer stays."""
    ends = [at for at, token in enumerate(tokens) if token == end_of_turn(tokenizer)]
    return tokens[: ends[-1]] if ends else tokens


def _rendered(tokenizer: Tokenizer, turns: Sequence[Turn], asks: bool) -> str:
    template = NOW.sub(lambda found: repr(TODAY.strftime(found["form"])), tokenizer.get_chat_template())
    if "strftime_now(" in template:
        raise DataError("the model's chat template writes the day's date, so that its prompts would be others tomorrow")
    try:
        text = tokenizer.apply_chat_template(
            list(turns), chat_template=template, add_generation_prompt=asks, tokenize=False
        )
    except (TemplateError, TypeError, ValueError) as error:
        raise DataError(
            f"the model's chat template refuses this conversation ({error})",
            value=[turn["role"] for turn in turns],
        ) from None
    return str(text)


def _says(answer: str) -> Turn:
    return {"role": "assistant", "content": answer}


def _shared(some: Tokens, others: Tokens) -> int:
    """How many tokens two sequences begin with alike."""
    pairs = zip(some, others, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(some), len(others)))
