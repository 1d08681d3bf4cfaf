"""What the answers of one split were, one by one: kept beside a score so that everything can be paired."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, FiniteFloat, PositiveInt, model_validator

from domains.frozen import Frozen
from experiments.nodes.inquired import Believed, Calculated, Paraphrased, Reasoned
from experiments.nodes.options import OptionsRead

PerItem = Literal["distinct", "compression", "distance", "distance_formed", "reference_nll", "reference_bytes"]
"""Fields of `Details` that hold one value for each item."""


class Formatted(Frozen):
    """Answers to the first items in one format of the prompt, item by item and within an item sample by sample."""

    scores: tuple[FiniteFloat, ...]
    found: tuple[bool, ...]
    cut: tuple[bool, ...] | None = None


class Details(Frozen):
    """Answers of one model on one split of one domain, item by item and within an item sample by sample.

    Fields of answers have items × samples entries, those of items one for each item. What the model was not asked for,
    or an older version did not keep, is None: never 0.
    """

    samples: PositiveInt
    """Answers an item."""
    scores: tuple[FiniteFloat, ...]
    """Primary metric of each answer."""
    found: tuple[bool, ...]
    """Whether the metric's reward found an answer in it."""
    cut: tuple[bool, ...] | None = None
    """Whether `max_tokens` ended it, rather than the model."""
    nll: tuple[FiniteFloat, ...] | None = None
    """−ln p of the whole answer under the model at temperature 1, nats."""
    executed: tuple[FiniteFloat, ...] | None = None
    """Primary metric of each answer with its sums done right (measures/execution.py); None where that changes none, or
    the reward cannot say."""
    distinct: tuple[FiniteFloat | None, ...] | None = None
    """Of each item: share of distinct word pairs in its answers; None where there is no pair."""
    compression: tuple[FiniteFloat | None, ...] | None = None
    """Of each item: bytes over zlib-compressed bytes of its answers; None where they are empty."""
    distance: tuple[FiniteFloat, ...] | None = None
    """Of each item: mean distance of two of its answers, in [0, 1]. None where there is one answer an item."""
    distance_formed: tuple[FiniteFloat | None, ...] | None = None
    """The same over the pairs in both of which an answer was found; None for items without such a pair."""
    reference_nll: tuple[FiniteFloat, ...] | None = None
    """Of each item: −ln p of the reference answer, nats."""
    reference_bytes: tuple[int, ...] | None = None
    """Of each item: UTF-8 bytes of the reference answer."""
    options: OptionsRead | None = Field(None, exclude_if=lambda read: read is None)
    """Of multiple choice: how likely each option was found; None where there are none, or nobody read them."""
    reasoned: Reasoned | None = Field(None, exclude_if=lambda found: found is None)
    """Of the first items' first answers: what became of their reasoning; None where that was not asked."""
    believed: Believed | None = Field(None, exclude_if=lambda found: found is None)
    """The same of how sure the model said it was."""
    calculated: Calculated | None = Field(None, exclude_if=lambda found: found is None)
    """The same of what they were with a calculator."""
    paraphrased: Paraphrased | None = Field(None, exclude_if=lambda found: found is None)
    """The same of what they were after their reasoning in other words."""

    formats: dict[str, Formatted] | None = None
    """Name of a format → answers in it; as many samples an item."""
    more: dict[str, tuple[FiniteFloat | None, ...]] = Field(default_factory=dict, exclude_if=lambda more: not more)
    """Name of a further measure → a value for each of the first items; see measures/table.py."""

    @property
    def items(self) -> int:
        """How many items were asked."""
        return len(self.scores) // self.samples

    @model_validator(mode="after")
    def _check(self) -> Self:
        of_answers = {"found": self.found, "cut": self.cut, "nll": self.nll, "executed": self.executed}
        of_items = {name: getattr(self, name) for name in get_args(PerItem)}
        wanted = dict.fromkeys(of_answers, self.items * self.samples) | dict.fromkeys(of_items, self.items)
        wrong = {
            name: len(values)
            for name, values in (of_answers | of_items).items()
            if values is not None and len(values) != wanted[name]
        }
        if wrong or len(self.scores) != self.items * self.samples:
            raise ValueError(f"fields must hold one value for each answer or item, got {wrong or len(self.scores)}")
        if self.options is not None and len(self.options.nll) != self.items:
            raise ValueError(f"`options` must hold those of {self.items} items, got {len(self.options.nll)}")
        if any(not 0 < len(values) <= self.items for values in self.more.values()):
            raise ValueError(f"`more` must hold one value for each of the first of {self.items} items")
        return self
