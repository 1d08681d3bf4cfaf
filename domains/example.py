"""One item of a domain, and the three disjoint splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_serializer

from domains.conversations import Turn
from domains.frozen import Frozen, fingerprint

Kind = Literal["structured", "creative"]
Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


class Example(Frozen):
    """A prompt with its reference answer.

    `fields` is what the source gave (JSON values only); rewards may read it.
    """

    prompt: str
    """As text, for people, rewards and duplicates: of a conversation its turns' contents, one after the other."""
    answer: str
    """What SFT imitates."""
    reference: str = Field(default_factory=lambda given: str(given["answer"]))
    """What rewards see as right; by default the answer."""
    turns: tuple[Turn, ...] = ()
    """The conversation that the answer ends; empty: `prompt` alone, which is the user's turn where there is chat."""
    given: int = 0
    """So many turns are never imitated; the assistant's turns after them are."""
    plain: bool = False
    """The prompt is put to the model as it stands, also where its tokenizer has a chat template."""
    fields: dict[str, Any] = Field(default_factory=dict)

    @model_serializer
    def _short(self) -> dict[str, Any]:
        """Prompt and answer first, then the rest without what follows from them or stands at its default."""
        written: dict[str, Any] = {"prompt": self.prompt, "answer": self.answer}
        if self.reference != self.answer:
            written["reference"] = self.reference
        if self.turns:
            written["turns"] = self.turns
        if self.given:
            written["given"] = self.given
        if self.plain:
            written["plain"] = self.plain
        written["fields"] = self.fields
        return written

    @property
    def id(self) -> str:
        """Identity by content: the same prompt and answer are the same item wherever they occur."""
        return fingerprint([self.prompt, self.answer])[:16]

    @property
    def conversation(self) -> tuple[Turn, ...]:
        """The turns that a chat template is given."""
        return self.turns or ({"role": "user", "content": self.prompt},)


Splits = Mapping[Split, Sequence[Example]]
"""A domain's examples, by what they are for."""
