"""Answers, where they are kept, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from domains.frozen import Frozen


class Answer(Frozen):
    """What a model answered once."""

    text: str
    finish: str = "stop"
    """``length`` where it was cut off."""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class AnswerCache(Protocol):
    """Answers that were given before, by the fingerprint of what was asked."""

    def find(self, key: str) -> Answer | None:
        """The answer, None where it was never asked."""
        ...

    def keep(self, key: str, answer: Answer) -> Answer:
        """Keep an answer; gives the one that is kept: of several the first."""
        ...


@dataclass(frozen=True)
class InMemory:
    """Answers that are forgotten with the process."""

    kept: dict[str, Answer] = field(default_factory=dict)

    def find(self, key: str) -> Answer | None:
        """See `AnswerCache`."""
        return self.kept.get(key)

    def keep(self, key: str, answer: Answer) -> Answer:
        """See `AnswerCache`."""
        return self.kept.setdefault(key, answer)


class Bill(Frozen):
    """What was asked, and what it cost. Requests that failed are not counted: nobody says what they cost."""

    requests: int = 0
    """Questions that an endpoint answered."""
    remembered: int = 0
    """Questions that had been answered before and cost nothing."""
    prompt_tokens: int = 0
    """Of the requests."""
    completion_tokens: int = 0
    """Of the requests."""

    def __add__(self, other: Bill) -> Bill:
        """Both together."""
        return Bill(**{name: getattr(self, name) + getattr(other, name) for name in Bill.model_fields})


class Tally:
    """A bill that grows, from several threads."""

    def __init__(self) -> None:
        self.bill = Bill()
        self._lock = Lock()

    def add(self, bill: Bill) -> None:
        """Add to it."""
        with self._lock:
            self.bill += bill
