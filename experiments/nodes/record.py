"""The frozen result of one node."""

from __future__ import annotations

from domains.example import Split
from domains.frozen import Frozen


class DomainScore(Frozen):
    """One model on one split of one domain. Items are in the order of the prepared data."""

    items: tuple[float, ...]
    """Primary metric per item, in [0, 1]."""
    nll: float | None = None
    """Negative log-likelihood of the reference answers, bits per byte."""
    reference_entropy: float | None = None
    """Teacher-forced predictive entropy on the reference answers, nats per token."""
    entropy: tuple[float, ...] | None = None
    """Own samples at temperature 1: mean predictive entropy per item, nats per token (first `entropy_items`)."""
    kl: float | None = None
    """KL(base ‖ this model) on the base model's own samples, nats per token; 0 for the base itself."""
    tokens: int = 0
    """Tokens generated for this score."""

    @property
    def mean(self) -> float:
        """Mean primary metric."""
        return sum(self.items) / len(self.items)


class Cost(Frozen):
    """What a node cost."""

    steps: int = 0
    rollouts: int = 0
    """Completions (GRPO) or examples (SFT) that training saw."""
    tokens: int = 0
    """Tokens that training saw."""
    train_seconds: float = 0.0
    step_seconds: float = 0.0
    """Of one optimizer step, the trainer's start left out."""
    eval_seconds: float = 0.0


class Provenance(Frozen):
    """Where and with what a node was made; never part of its identity."""

    stagewise: str
    commit: str | None
    dirty: bool | None
    python: str
    packages: dict[str, str]
    hardware: str
    host: str


class Record(Frozen):
    """What a finished node left. `record.json` is written last: its existence is success."""

    node: str
    parent: str | None
    seed: int
    label: str
    path: tuple[str, ...]
    """Labels of the stages from the base to here; () for the base."""
    scores: dict[Split, dict[str, DomainScore]]
    """split → domain → score, for `validation` and `test`."""
    reward_curve: tuple[float, ...] = ()
    """Mean reward (GRPO) or loss (SFT) at up to 50 evenly spaced steps."""
    cost: Cost
    checkpoint: str
    """Folder of the weights, relative to the node's folder."""
    provenance: Provenance


class Failure(Frozen):
    """What a failed node left in `error.json`."""

    node: str
    boundary: str
    cause: str
    traceback: str = ""
