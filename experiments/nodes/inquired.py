"""What became of what was asked about answers: one value for each of the first items, of its first answer.

None in a row: of that item it could not be asked. None in place of a row: of none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import FiniteFloat, NonNegativeInt, model_validator

from domains.frozen import Frozen
from experiments.nodes.outputs import Arm

Row = tuple[FiniteFloat | None, ...]


class Reasoned(Frozen):
    """Final answers that were forced after the whole reasoning, a part of it, none of it or something else."""

    steps: tuple[NonNegativeInt, ...]
    """Lines and sentences before the answer is stated."""
    score: dict[Arm, Row]
    """What stood before the forced answer → its score by the primary metric. Empty where no answer could be forced."""
    same: dict[Arm, Row]
    """The same → 1 where it is the answer after the whole reasoning, else 0."""
    early: Row | None = None
    """1 − area under `same` over the share of the reasoning that was left."""
    nats_at_once: Row | None = None
    """−ln p of the reference answer's tokens by their number, where it follows at once, as the reader finds."""
    nats_whole: Row | None = None
    """The same after the whole reasoning."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        rows = [*self.score.values(), *self.same.values(), self.early, self.nats_at_once, self.nats_whole]
        _alike(len(self.steps), rows)
        return self


class Calculated(Frozen):
    """The same answers without and with a calculator that was called while they were written."""

    solvable: tuple[bool, ...]
    """Whether an answer that calls it, is right and fits into `max_tokens` is known."""
    without: tuple[FiniteFloat, ...]
    """Score of the answer by the primary metric."""
    score: tuple[FiniteFloat, ...]
    """The same with the calculator."""
    calls: tuple[NonNegativeInt, ...]
    """How often it was called."""
    vain: tuple[NonNegativeInt, ...]
    """Of these: with nothing that it could work out."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _alike(len(self.solvable), [self.without, self.score, self.calls, self.vain])
        return self


class Paraphrased(Frozen):
    """Final answers that were forced after the whole reasoning, and after the same in other words."""

    steps: tuple[NonNegativeInt, ...]
    """Lines and sentences before the answer is stated."""
    whole: Row
    """Score by the primary metric after the reasoning; None where no paraphrase of it could be used."""
    reworded: Row
    """The same after its paraphrase."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _alike(len(self.steps), [self.whole, self.reworded])
        return self


class Believed(Frozen):
    """How sure the model was that its answer is right, asked afterwards."""

    right: tuple[FiniteFloat, ...]
    """Score of the answer by the primary metric."""
    p_true: Row | None = None
    """Probability of "True" as the answer to whether it is right, against "False"."""
    stated: Row | None = None
    """The probability that it stated in words, in [0, 1]; None where no number could be read."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _alike(len(self.right), [self.p_true, self.stated])
        return self


def _alike(items: int, rows: Iterable[Row | None]) -> None:
    wrong = [len(row) for row in rows if row is not None and len(row) != items]
    if wrong:
        raise ValueError(f"rows must hold one value for each of {items} items, got {wrong[0]}")
