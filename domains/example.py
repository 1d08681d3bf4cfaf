"""One item of a domain, and the three disjoint splits."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from domains.frozen import Frozen, fingerprint

Kind = Literal["structured", "creative"]
Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


class Example(Frozen):
    """A prompt with its reference answer.

    `fields` is what the source gave (JSON values only); rewards may read it.
    """

    prompt: str
    answer: str
    fields: dict[str, Any] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """Identity by content: the same prompt and answer are the same item wherever they occur."""
        return fingerprint([self.prompt, self.answer])[:16]
