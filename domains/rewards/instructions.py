"""The completion keeps instructions that a program can check, in the manner of IFEval (Zhou et al. 2023)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domains.example import Example
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, never

VERSION = Version(1)

SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s|\Z)")
"""Linear: a run of marks is tried once."""
BULLET = re.compile(r"\s*[-*•]\s")

Count = Annotated[int, Field(ge=1)]
Phrase = Annotated[str, Field(min_length=1)]
Check = Callable[[str], bool]


class InstructionsReward(RewardBase):
    """The share of the instructions that the completion keeps; white space around it does not count."""

    type: Literal["instructions"]
    min_words: Count | None = None
    """At least so many words: what stands between white space."""
    max_words: Count | None = None
    """At most so many words."""
    sentences: Count | None = None
    """Just so many sentences, each with its end: `.`, `!`, `?` or `…` before white space or the text's end."""
    lines: Count | None = None
    """Just so many lines that are not blank."""
    bullets: int | None = Field(None, ge=0)
    """Just so many lines that begin with `- `, `* ` or `• `."""
    starts_with: Phrase | None = None
    """It begins with this, in the same case."""
    ends_with: Phrase | None = None
    """It ends with this, in the same case."""
    contains: tuple[Phrase, ...] = ()
    """Each is in it, in upper or lower case; each is an instruction of its own."""
    avoids: tuple[Phrase, ...] = ()
    """None is in it, in upper or lower case; each is an instruction of its own."""
    lowercase: bool = False
    """No letter is a capital."""
    json_only: bool = False
    """All of it is one JSON value, in a fenced block or not."""

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if not _checks(self):
            raise ValueError("needs one instruction or more")
        if self.min_words is not None and self.max_words is not None and self.min_words > self.max_words:
            raise ValueError(f"min_words must be at most max_words, got {self.min_words} > {self.max_words}")
        edges = [(self.starts_with or "")[:1], (self.ends_with or "")[-1:]]
        if any(map(str.isspace, edges)):
            raise ValueError("white space around a completion does not count: none may be where it starts or ends")
        wanted = [one for one in (*self.contains, self.starts_with, self.ends_with) if one]
        if lost := [one for one in self.avoids if any(one.casefold() in each.casefold() for each in wanted)]:
            raise ValueError(f"avoids must not be in what is asked for, got {lost[0]!r}")
        return self


def build(spec: InstructionsReward, train: Sequence[Example]) -> Reward:
    """Kept instructions over all of them; blank text keeps none and earns nothing. What was found is the text."""
    checks = _checks(spec)

    def mark(text: str) -> Mark:
        return Mark(sum(check(text) for check in checks) / len(checks) if text else 0.0, found(text))

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        return [mark(text.strip()) for text in completions]

    return reward


def _checks(spec: InstructionsReward) -> list[Check]:
    """One for each instruction that is written."""
    return [*_of_length(spec), *_of_wording(spec)]


def _of_length(spec: InstructionsReward) -> Iterator[Check]:
    if (least := spec.min_words) is not None:
        yield lambda text: len(text.split()) >= least
    if (most := spec.max_words) is not None:
        yield lambda text: len(text.split()) <= most
    if (sentences := spec.sentences) is not None:
        yield lambda text: len(SENTENCE_END.findall(text)) == sentences
    if (lines := spec.lines) is not None:
        yield lambda text: sum(map(bool, map(str.strip, text.splitlines()))) == lines
    if (bullets := spec.bullets) is not None:
        yield lambda text: sum(BULLET.match(line) is not None for line in text.splitlines()) == bullets


def _of_wording(spec: InstructionsReward) -> Iterator[Check]:
    if (start := spec.starts_with) is not None:
        yield lambda text: text.startswith(start)
    if (end := spec.ends_with) is not None:
        yield lambda text: text.endswith(end)
    yield from (_holding(phrase.casefold(), True) for phrase in spec.contains)
    yield from (_holding(phrase.casefold(), False) for phrase in spec.avoids)
    if spec.lowercase:
        yield lambda text: text == text.lower()
    if spec.json_only:
        yield _is_json


def _holding(phrase: str, wanted: bool) -> Check:
    return lambda text: (phrase in text.casefold()) == wanted


def _is_json(text: str) -> bool:
    """Whether it is JSON as RFC 8259 has it: NaN and infinities are none."""
    first, *inner = text.split("\n")
    fenced = first.rstrip() in ("```", "```json") and inner and inner[-1].strip() == "```"
    try:
        json.loads("\n".join(inner[:-1]) if fenced else text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return False
    return True


def _refused(constant: str) -> None:
    raise ValueError(constant)


KIND = RewardKind(spec=InstructionsReward, version=VERSION, compares=never, build=build)
