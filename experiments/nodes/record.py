"""What a node left: what training made, what was measured of it, and both together."""

from __future__ import annotations

import math

from pydantic import Field, FiniteFloat

from domains.endpoints import Bill
from domains.example import Split
from domains.frozen import Frozen
from experiments.nodes.details import Details
from experiments.nodes.guarded import Guarded
from experiments.nodes.health import Health

CURVE_POINTS = 50
"""The most that a stage's curve has."""


class DomainScore(Frozen):
    """One model on one split of one domain. Items are in the order of the prepared data."""

    items: tuple[float, ...]
    """Primary metric per item, in [0, 1]."""
    best: tuple[float, ...] | None = None
    """Best of each item's samples, where there are several: for marks of 0 or 1 its mean is pass@k, k the number of
    samples (Chen et al. 2021, arXiv 2107.03374, where n = k)."""
    nll: FiniteFloat | None = None
    """Negative log-likelihood of the reference answers, bits per byte."""
    reference_entropy: FiniteFloat | None = None
    """Teacher-forced predictive entropy on the reference answers, nats per token."""
    entropy: tuple[FiniteFloat, ...] | None = None
    """Own samples at temperature 1: mean predictive entropy per item, nats per token (first `entropy_items`)."""
    entropy_formed: FiniteFloat | None = None
    """Mean of `entropy` over the samples in which the metric's reward found an answer: variety within the form, without
    what malformed samples add. None also where there is no such sample."""
    kl: FiniteFloat | None = None
    """KL(base ‖ this model) on the base model's own samples, nats per token; 0 for the base itself."""
    unparsed: float | None = None
    """Share of completions in which the metric's reward found no answer: in another form, rather than wrong."""
    stopped: int = 0
    """Completions whose marking a time limit stopped; they score 0."""
    unread: int = 0
    """Completions of which a judge gave no verdict that can be read; it earned nothing."""
    tokens: int = 0
    """Tokens generated for this score."""
    more: dict[str, FiniteFloat] = Field(default_factory=dict, exclude_if=lambda more: not more)
    """Name of a further metric → its value."""
    details: Details | None = None
    """Answer by answer, on test only; None where it was measured before this was kept."""

    @property
    def mean(self) -> float:
        """Mean primary metric."""
        return sum(self.items) / len(self.items)


class Cost(Frozen):
    """What a node cost."""

    steps: int = 0
    rollouts: int = 0
    """Completions (GRPO) or examples (SFT) that training saw, and those by which a guard measured prompts."""
    tokens: int = 0
    """Tokens that training saw, and those that guards read and wrote to measure."""
    stopped: int = 0
    """Rollouts whose marking a time limit stopped; they scored 0."""
    abstained: int = 0
    """Rollouts from which one of several rewards abstained: their scores are the others' alone."""
    unread: int = 0
    """Rollouts of which a judge gave no verdict that can be read; it earned nothing."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards, in training and, of both together, also in evaluation."""
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


class TrainingRecord(Frozen):
    """What training a node left. `record.json` is written last: its existence is success."""

    node: str
    parent: str | None
    seed: int | None
    """None for the base, which all seeds share."""
    label: str
    path: tuple[str, ...]
    """Labels of the stages from the base to here; () for the base."""
    reward_curve: tuple[float, ...] = ()
    """Mean reward (GRPO) or loss (SFT) at up to 50 evenly spaced steps."""
    health: Health | None = None
    """Of the rollouts; None where there were none."""
    guarded: Guarded | None = None
    """What the stage's guards did; None where it has none."""
    moved: bool = True
    """False where a stage was trained and its weights are its parent's to the bit."""
    processes: int = Field(1, exclude_if=lambda count: count == 1)
    """How many trained it together. With several, GRPO drew other rollouts and sums were rounded otherwise."""
    cost: Cost
    checkpoint: str
    """Folder of the weights, relative to the node's folder."""
    weights: str | None = None
    """Hash of the weights' files: what was measured of pruned weights holds for the same ones only."""
    provenance: Provenance


def log_every(steps: int) -> int:
    """Steps between two points of the curve of a stage that has so many."""
    return math.ceil(steps / CURVE_POINTS)


class Measurement(Frozen):
    """What one suite found of a node's weights."""

    node: str
    suite: str
    scores: dict[Split, dict[str, DomainScore]]
    """split → domain → score, for `validation` and `test`."""
    outputs: dict[str, str]
    """Task key → file of what the model said, relative to the node's folder."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards."""
    seconds: float
    provenance: Provenance


class Record(Frozen):
    """The frozen result of one node: training and measurement together."""

    node: str
    parent: str | None
    seed: int | None
    label: str
    path: tuple[str, ...]
    scores: dict[Split, dict[str, DomainScore]]
    """split → domain → score, for `validation` and `test`."""
    reward_curve: tuple[float, ...] = ()
    health: Health | None = None
    guarded: Guarded | None = None
    moved: bool = True
    processes: int = Field(1, exclude_if=lambda count: count == 1)
    cost: Cost
    provenance: Provenance

    @property
    def taught(self) -> bool:
        """Whether training taught anything: weights moved, and of rollouts at least one group had variance.

        Weights may move although no group had variance: by a penalty that holds to another model, or by a carried
        optimizer. Then nothing is claimed of the stage, and yet its model is another one: what it scores is what it was
        measured to score. See `moved`.
        """
        return self.moved and not (self.health and self.health.flat)


def joined(training: TrainingRecord, measurement: Measurement | None) -> Record:
    """Both as one record; without scores where nothing was to be measured."""
    cost = training.cost
    if measurement is not None:
        both = {"eval_seconds": measurement.seconds, "asked": cost.asked + measurement.asked}
        cost = cost.model_copy(update=both)
    return Record(
        **training.model_dump(exclude={"cost", "checkpoint", "weights", "provenance"}),
        scores=measurement.scores if measurement else {},
        cost=cost,
        provenance=training.provenance,
    )


class Failure(Frozen):
    """What a failed node left in `error.json`."""

    node: str
    boundary: str
    cause: str
    traceback: str = ""
    suite: str | None = None
    """The suite that could not be measured; None where training failed."""

    @property
    def line(self) -> str:
        """Where it failed and why."""
        return f"{self.boundary}: {self.cause}"
