"""What reports are made of, a run's and a search's: scores, arms, costs, and one row a stage, a node or a cell."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from curricula.stage import OrderName, Probes, Role
from domains.endpoints import Bill
from domains.example import Kind, Split
from domains.frozen import Frozen
from domains.interval import Interval
from domains.profile import EntropyProfile
from experiments.analysis.stages.rounds import RoundReport
from experiments.measures.transfer import Definition

TOTAL = "total"
"""Key beside the domains' names: the mean over domains by their weights."""


class SeedInterval(Interval):
    """A mean over seeds and items with its interval, and each seed's own mean."""

    per_seed: tuple[float | None, ...] = ()
    """Mean over items for each seed, in the order of `Report.seeds`; None where a seed is missing."""


class DomainReport(Frozen):
    """One domain: what was declared and what was measured."""

    kind: Kind
    metric: str
    weight: float
    """Share in the total; all domains' sum to 1."""
    entropy: EntropyProfile | None = None


class StageReport(Frozen):
    """One stage of an arm."""

    label: str
    mixture: dict[str, float]
    method: str
    steps: int
    rollouts: int
    """Completions (GRPO) or examples (SFT) in the budget."""
    learning_rate: float


class ArmReport(Frozen):
    """What an arm did."""

    role: Role
    composition: str
    order: tuple[str, ...]
    ordering: OrderName | None
    """By what rule the order was found; None where no rule was asked."""
    probes: Probes
    """Probes that its stages rest on: `first` are those of one stage a domain."""
    origin: str
    stages: tuple[StageReport, ...]
    rounds: tuple[RoundReport, ...] = ()
    """Of adaptive mixing: what was chosen, and why."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of its stages, e.g. domains whose share rounds to no prompt."""


class CostRow(Frozen):
    """What something cost for one seed: mean over the seeds that finished."""

    stage_runs: float = 0
    steps: float = 0
    rollouts: float = 0
    tokens: float = 0
    train_seconds: float = 0


class ArmCost(Frozen):
    """An arm's own stages, and the probes without which its order would not be known."""

    stages: CostRow
    probes: CostRow


class CostReport(Frozen):
    """What the whole run cost."""

    stage_runs: int
    """Distinct stage runs in the tree (bases not counted)."""
    stage_runs_unshared: int
    """The same without sharing."""
    stage_runs_done: int
    probe_stage_runs: int
    steps: int
    tokens: int
    train_seconds: float
    eval_seconds: float
    wall_seconds: float
    elsewhere_seconds: float | None = None
    """Of training and evaluation: nodes that this run uses and that no command counted in `wall_seconds` made."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards: paid questions and their tokens, and those answered before."""
    arms: dict[str, ArmCost]


class EqualCost(Frozen):
    """The schedule minus joint training that costs as much."""

    ratio: float | None
    """The schedule's cost over that of plain joint training at equal completions; None where one of them is missing."""
    between: tuple[str, ...] = ()
    """The joint arms that joint training at this cost is read off from."""
    difference: SeedInterval
    """Of the totals on test; missing where joint training was not trained at budgets around this cost."""
    spread: float | None = None
    """Of seconds: those of a token with one seed over those with another, in that of the arms compared in which they
    differ most; None of tokens, and where no arm has two seeds."""


class StageChange(Frozen):
    """What one stage did to every domain's test score: mean over seeds with interval."""

    stage: int
    """1 for the first."""
    label: str
    change: dict[str, SeedInterval]


class Cliff(Frozen):
    """What an arm's stages cost every domain."""

    stages: tuple[StageChange, ...]
    backward_transfer: SeedInterval
    """Final score minus the score right after the stage that introduced a domain, mean over the domains introduced
    before the last stage (GEM, Lopez-Paz and Ranzato 2017). Negative: lost. Missing where there is no such domain."""
    forgetting: SeedInterval
    """Best earlier score, the base's included, minus the final one, mean over the same domains (Chaudhry 2018)."""
    transfer: dict[Definition, SeedInterval] = Field(default_factory=dict)
    """The same and more under every definition in use, over all domains that the arm trains (measures/transfer.py)."""


class TrajectoryPoint(Frozen):
    """Where an arm stood after a stage; stage 0 is the base model."""

    stage: int
    label: str
    steps: int
    """Optimizer steps so far."""
    scores: dict[str, SeedInterval]
    entropy: dict[str, SeedInterval]
    """Own samples at temperature 1, nats per token; mean over seeds and items."""


class Prediction(Frozen):
    """Predicted against measured total of one sequential order."""

    arm: str
    order: tuple[str, ...]
    predicted: float
    validation: SeedInterval
    """Measured on the split that the prediction was made from."""
    test: SeedInterval


class TreeRow(Frozen):
    """One node of the stage tree."""

    id: str
    parent: str | None
    seed: int | None
    label: str
    path: tuple[str, ...]
    state: Literal["done", "failed", "blocked", "waiting"]
    arms: tuple[str, ...]
    """Arms that the node is trained or read off for."""
    probe: bool
    measured: bool = True
    """Whether it is read off, or only a step on the way."""


class Missing(Frozen):
    """A node that has no result, and why."""

    node: str
    seed: int | None
    path: tuple[str, ...]
    state: Literal["failed", "blocked", "waiting"]
    boundary: str | None
    cause: str
    arms: tuple[str, ...]


class MatrixRow(Frozen):
    """One cell of the matrix; `unparsed`: share of answers in which the reward found none; `more`: other metrics."""

    seed: int | None
    node: str
    path: tuple[str, ...]
    depth: int
    split: Split
    domain: str
    score: float
    pass_at_k: float | None
    """Mean over items of the best of their samples, where there are several; for marks of 0 or 1 this is pass@k."""
    items: int
    nll: float | None
    entropy: float | None
    entropy_formed: float | None
    reference_entropy: float | None
    kl: float | None
    more: dict[str, float] = Field(default_factory=dict, exclude_if=lambda more: not more)
    unparsed: float | None
    tokens: int
    train_seconds: float
    eval_seconds: float
