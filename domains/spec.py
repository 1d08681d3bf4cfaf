"""What a curriculum says of one domain."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.decoding import Decoding
from domains.example import Kind
from domains.frozen import Frozen
from domains.rewards import RewardSpec
from domains.sources import SourceSpec


class DomainSpec(Frozen):
    """A named source of examples with its templates, rewards and one primary metric in [0, 1]."""

    kind: Kind
    """`structured` has one right answer and lowers entropy; `creative` has many and raises it."""
    source: SourceSpec
    prompt: str = Field("{prompt}", min_length=1)
    """Template of the prompt over the source's fields, e.g. ``Q: {question}\\nA:``."""
    answer: str = Field("{answer}", min_length=1)
    """Template of the reference answer, without the prompt."""
    rewards: tuple[RewardSpec, ...] = Field(min_length=1)
    """What GRPO reinforces: a weighted mean, each reward in [0, 1]."""
    metric: str | None = None
    """The primary metric: a reward's `name`, or its `type` where that is one reward's alone; default: the first."""
    weight: float = Field(1.0, ge=0, le=1e12)
    """How much the domain counts in the total score."""
    decoding: Decoding | None = None
    """How its answers are drawn in evaluation; default: `evaluation.decoding`."""
    max_tokens: int = Field(16, gt=0)
    """Longest completion in evaluation and, unless overridden, in training."""
    train: int | None = Field(None, gt=0)
    """How many training items to keep (procedural sources: to make; default 2000)."""
    validation: int | None = Field(None, ge=2, le=1_000_000)
    """Validation items; default: `evaluation.validation`."""
    test: int | None = Field(None, ge=2, le=1_000_000)
    """Test items; default: `evaluation.test`."""
    on_bad_row: Literal["error", "skip"] = "error"
    """What becomes of a row that cannot be read or rendered; skipped ones are counted and the first is named."""
    on_long: Literal["error", "drop", "truncate"] = "error"
    """What becomes of an item that, with its longest completion, exceeds the model's context."""
