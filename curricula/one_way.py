"""A training says each thing in one way."""

from __future__ import annotations

from typing import Protocol, TypeVar

from domains.at_key import at_key


class Lengths(Protocol):
    """What a training, or an override of one, says of how long it and its warm-up are."""

    @property
    def warmup_ratio(self) -> float | None: ...
    @property
    def warmup_steps(self) -> int | None: ...
    @property
    def epochs(self) -> float | None: ...
    @property
    def model_fields_set(self) -> set[str]: ...


Said = TypeVar("Said", bound=Lengths)


def said_one_way(training: Said) -> Said:
    """The training itself; what `at_key` makes where it says one thing in two ways."""
    if training.warmup_ratio is not None and training.warmup_steps:
        raise at_key("warmup_ratio", "stands beside `warmup_steps`, which says the same")
    if training.epochs is not None and "steps" in training.model_fields_set:
        raise at_key("epochs", "stands beside `steps`, which says the same")
    return training
