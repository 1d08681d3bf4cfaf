"""Who is examined, by what one may ask of it: what evaluation asks for, but for the divergence between two models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from experiments.models.prompting import Tokens

Finish = Literal["stop", "length"]


@dataclass(frozen=True)
class Request:
    """One completion that is asked for."""

    prompt: str
    max_tokens: int
    noise: int | None = None
    """Seed of the completion's own noise: what is said depends on it and on nothing else that is asked for. None:
    greedy."""
    temperature: float = 1.0
    """Of the noise; greedy requests have none."""


@dataclass(frozen=True)
class Completion:
    """What a model said."""

    tokens: Tokens
    """With the end token, if there was one."""
    text: str
    """Without special tokens."""
    finish: Finish
    """`stop`: it ended by itself; `length`: `max_tokens` were used up."""


@dataclass(frozen=True)
class Reading:
    """One completion under one model, summed over its tokens."""

    nll: float
    """−Σ ln p(token)."""
    entropy: float
    """Σ over positions of −Σ p ln p."""
    tokens: int


class Subject(Protocol):
    """Access `prompt`: it completes texts. An endpoint can."""

    def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """One completion a request, in order; nothing is cut off the distribution."""
        ...


class ReadableSubject(Subject, Protocol):
    """Access `logits`: it also says how likely given completions are to it."""

    def read(self, prompts: Sequence[str], answers: Sequence[Tokens]) -> list[Reading]:
        """Likelihood and entropy of each completion after its prompt, at temperature 1."""
        ...

    def answer(self, text: str) -> Tokens:
        """Tokens of a completion, as `read` takes them."""
        ...
