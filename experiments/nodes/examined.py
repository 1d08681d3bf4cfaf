"""What a model that somebody else made said on one domain: asked once, and kept beside the nodes of runs."""

from __future__ import annotations

from typing import Literal

from domains.endpoints import Bill
from domains.example import Split
from domains.frozen import Frozen
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore, Provenance

Access = Literal["prompt", "logits", "adapter", "full"]
"""What one may do with a model, each more than the one before: ask it, read its likelihoods, train a part or all."""
SPLIT: Split = "test"
"""What a given model is examined on."""


class Examined(Frozen):
    """One given model on the test split of one domain."""

    model: str
    """Identity of the model."""
    suite: str
    """Identity of what it was asked, and of how that was marked."""
    score: DomainScore
    answers: tuple[str, ...]
    """What it said, item by item and within an item sample by sample."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards."""
    seconds: float
    when: str
    """Day on which it was asked, e.g. ``2026-11-26``."""
    provenance: Provenance


class Inquired(Frozen):
    """What one given model was asked by one task about its answers, kept apart: it is asked on request only."""

    model: str
    key: str
    """Identity of what was asked; see `measures.examination.inquiry_key`."""
    outputs: tuple[Output, ...]
    """What was said and read, as it was given."""
    marks: tuple[Marked, ...] = ()
    """Of the answers that were forced, or given with a calculator."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards and for paraphrases."""
    seconds: float
    when: str
    provenance: Provenance
