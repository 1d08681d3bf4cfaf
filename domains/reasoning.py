"""How a completion divides into steps of reasoning and a final answer, and what can be done to the steps.

Steps are lines and sentences. From the first sentence on that states an answer nothing is reasoning any more: there
`final`, which the domain names, or one of the marks that rewards know (`\\boxed`, ``<answer>``, ``####``, "answer is").
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from domains.rewards.answers import BOX, HASHES, LABEL, NUMERIC, TAG

THOUGHT, THOUGHT_ENDS = "<think>", "</think>"
PIECE = re.compile(r"[^\n]+?(?:(?<=[.!?])(?=\s)|(?=\n)|\Z)")
"""To the end of a sentence or a line."""
MARKS = re.compile(r"\s*(?:\d+[.)]|[^\w]*)\s*")
"""No step of its own but the beginning of the next: a list's mark, or signs alone."""
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")
LISTED = re.compile(r"\s*\d+[.)](?=\s)")
"""A list's number before a step."""


@dataclass(frozen=True)
class Reasoning:
    """The reasoning of one completion."""

    text: str
    """Of the steps, as they stand, from the beginning."""
    ends: tuple[int, ...]
    """Where in `text` each step ends."""
    opening: str = ""
    """What stands before it where the model marks its thoughts, …"""
    closing: str = ""
    """… and what ends them."""

    @property
    def steps(self) -> int:
        """How many."""
        return len(self.ends)

    def first(self, count: int) -> str:
        """The first so many steps."""
        return self.text[: self.ends[count - 1]] if count else ""

    def step(self, number: int) -> str:
        """One step, from 0."""
        return self.text[self.ends[number - 1] if number else 0 : self.ends[number]]

    def concluded(self, steps: str, final: str) -> str:
        """`steps` in place of the reasoning, up to where the final answer is to be said; `final` without blanks at its
        end, which belong to what is said."""
        thought = self.opening + steps + self.closing
        return f"{thought}\n{final.rstrip()}" if thought else final.rstrip()


def reasoning_of(completion: str, final: str) -> Reasoning:
    """The steps before the first sentence that states an answer; none where there is nothing before it."""
    opening, body, closing = _thought(completion)
    said = re.search(r"\s+".join(map(re.escape, final.split())), body, re.IGNORECASE) if final.strip() else None
    ends: list[int] = []
    for piece in PIECE.finditer(body):
        if (said and piece.end() > said.start()) or _states(piece[0]):
            break
        if not MARKS.fullmatch(piece[0]):
            ends.append(piece.end())
    return Reasoning(body[: ends[-1]] if ends else "", tuple(ends), opening, closing)


def mistaken(reasoning: Reasoning, seed: int) -> tuple[int, str] | None:
    """A step with a number, and what comes of it where its last number is another one: (number of the step, its text).

    The step is drawn evenly among those with a number; the same seed gives the same. None: no step has one.
    """
    draw = random.Random(seed)
    places = [(at, found) for at in range(reasoning.steps) if (found := _last_number(reasoning.step(at)))]
    if not places:
        return None
    at, found = draw.choice(places)
    step = reasoning.step(at)
    return at, step[: found.start()] + _other(found[0], draw) + step[found.end() :]


def _states(piece: str) -> bool:
    """Whether a sentence states an answer. A heading of words is none."""
    hashes = HASHES.search(piece)
    if hashes and NUMERIC.match(piece[hashes.end() :]):
        return True
    return any(mark.search(piece) for mark in (BOX, TAG, LABEL))


def _thought(completion: str) -> tuple[str, str, str]:
    """(opening, thoughts, closing); all of it where none are marked."""
    text = completion.lstrip()
    opening = THOUGHT if text.startswith(THOUGHT) else ""
    if not opening and THOUGHT_ENDS not in text:
        return "", completion, ""
    return opening, text.removeprefix(THOUGHT).partition(THOUGHT_ENDS)[0], THOUGHT_ENDS


def _last_number(step: str) -> re.Match[str] | None:
    mark = LISTED.match(step)
    return max(NUMBER.finditer(step, mark.end() if mark else 0), key=lambda found: found.start(), default=None)


def _other(number: str, draw: random.Random) -> str:
    """A number near it, written like it."""
    whole, point, part = number.rstrip(",").partition(".")
    value = int(whole.replace(",", ""))
    step = draw.randint(1, 9)
    changed = value - step if value >= step and draw.random() < 0.5 else value + step
    written = f"{changed:,}" if "," in whole else str(changed)
    return written + point + part + number[len(number.rstrip(",")) :]
