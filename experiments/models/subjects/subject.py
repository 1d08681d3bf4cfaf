"""Who is examined, by what one may ask of it: what evaluation asks for, but for the divergence between two models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from domains.calculator import Form
from domains.example import Example
from experiments.models.tokens.chat import Tokens

Finish = Literal["stop", "length"]


@dataclass(frozen=True)
class Request:
    """One completion that is asked for."""

    item: Example
    """Whose prompt is put to the model."""
    max_tokens: int
    noise: int | None = None
    """Seed of the completion's own noise: what is said depends on it and on nothing else that is asked for. None:
    greedy."""
    temperature: float = 1.0
    """Of the noise; greedy requests have none."""
    stop: tuple[str, ...] = ()
    """Texts at which the completion ends."""
    begun: str = ""
    """What the answer begins with already; takes access `logits`."""
    calculator: Form | None = None
    """How the model may call a calculator, whose results count as its own tokens; None: it has none. Takes access
    `logits`."""


@dataclass(frozen=True)
class Completion:
    """What a model said."""

    tokens: Tokens
    """With the end token, or through the token that completed a text of `stop`, if there was one."""
    text: str
    """Without special tokens, cut before the first text of `stop`."""
    finish: Finish
    """`stop`: it ended by itself, or at such a text; `length`: `max_tokens` were used up."""
    nll: float | None = None
    """−Σ ln p of `tokens` under the model at temperature 1, whatever they were drawn at; None: the subject does not
    say."""


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

    def read(
        self, items: Sequence[Example], answers: Sequence[Tokens], begun: Sequence[str] | None = None
    ) -> list[Reading]:
        """Likelihood and entropy of each completion after its item's prompt, at temperature 1; `begun`: what stands
        between the two."""
        ...

    def answer(self, item: Example) -> Tokens:
        """Tokens of the item's answer, as `read` takes them."""
        ...
