"""How likely a model found every option of multiple-choice items: kept beside a score, of the test split."""

from __future__ import annotations

from typing import Self

from pydantic import FiniteFloat, NonNegativeInt, PositiveInt, model_validator

from domains.frozen import Frozen


class OptionsRead(Frozen):
    """Item by item, and within an item option by option as the data have them."""

    nll: tuple[tuple[FiniteFloat, ...], ...]
    """−ln p of each option as the answer, nats."""
    characters: tuple[tuple[PositiveInt, ...], ...] | None
    """Of each, without what every answer has around it; None where that is not known."""
    right: tuple[NonNegativeInt, ...]
    """Which one is right, from 0."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        sizes = [len(one) for one in self.nll]
        lengths = sizes if self.characters is None else [len(one) for one in self.characters]
        if len(self.right) != len(sizes) or lengths != sizes:
            raise ValueError("each item must have as many lengths as options, and one that is right")
        if any(size < 2 or right >= size for size, right in zip(sizes, self.right, strict=True)):
            raise ValueError("each item must have two options or more, one of which is right")
        return self
