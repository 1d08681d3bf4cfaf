"""What report.json holds. docs/report.md explains it field by field.

A run that was interrupted has the same to the bit, but for ``environment`` and fields that end in ``seconds``.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from curricula.recommended import GuardChoice
from curricula.schema import Curriculum
from domains.frozen import Frozen
from experiments.analysis.cliffs.model import ArmCliffs
from experiments.analysis.comparing.comparison import Comparison
from experiments.analysis.comparing.limits import MeasuredLimit
from experiments.analysis.completions.model import DomainCompletions
from experiments.analysis.report_parts import (
    TOTAL,
    ArmReport,
    Cliff,
    CostReport,
    DomainReport,
    EqualCost,
    MatrixRow,
    Missing,
    Prediction,
    SeedInterval,
    TrajectoryPoint,
    TreeRow,
)
from experiments.analysis.stable import without_seconds
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.analysis.stages.stage_health import StageHealth
from experiments.analysis.stages.sweet_spots import SweetSpots
from scheduler.plan import Plan, Transfer

FORMAT: Final = 4
"""Raised when a field of report.json changes its meaning or goes away."""


class Report(Frozen):
    """What a person reads, as data."""

    format: Literal[4] = FORMAT
    run: str
    verdict: str
    """The result in a few short sentences, the primary pair first."""
    main: str
    seeds: tuple[int, ...]
    curriculum: Curriculum
    domains: dict[str, DomainReport]
    transfer: Transfer | None
    plan: Plan | None
    arms: dict[str, ArmReport]
    candidates: dict[str, str] = Field(default_factory=dict, exclude_if=lambda found: not found)
    """Candidate of `plan.mixing` → the arm that trained it; those that none trained are not here."""
    scores: dict[str, dict[str, SeedInterval]]
    """Arm → domain or ``total`` → score on test. Includes ``base`` and ``random``, the mean of the random orders."""
    pass_at_k: dict[str, dict[str, SeedInterval]]
    """Arm → structured domain → mean over test items of the best of their samples: pass@k for marks of 0 or 1, k being
    `evaluation.decoding.samples`. Empty where answers are greedy."""
    comparisons: tuple[Comparison, ...]
    at_equal_tokens: EqualCost
    """The schedule against joint training that sees as many tokens; `comparisons` are at equal completions."""
    at_equal_train_seconds: EqualCost
    """The same for as many seconds of training. These differ from run to run."""
    trajectories: dict[str, tuple[TrajectoryPoint, ...]]
    cliff: dict[str, Cliff]
    cliffs: dict[str, ArmCliffs] = Field(default_factory=dict)
    """The main arm and joint training → what every stage did to every domain, with verdicts and all measures."""
    limits: dict[str, tuple[MeasuredLimit, ...]] = Field(default_factory=dict, exclude_if=lambda limits: not limits)
    """Arm → what became of the curriculum's constraints, on test; arms that train domains one after the other."""
    predictions: tuple[Prediction, ...]
    cost: CostReport
    tree: tuple[TreeRow, ...]
    missing: tuple[Missing, ...]
    health: tuple[StageHealth, ...] = ()
    """Every finished stage that rolled out completions, and every other one that taught nothing."""
    recommended: tuple[GuardChoice, ...] = Field((), exclude_if=lambda choices: not choices)
    """What `guards: recommended` chose for each domain, and why; `curriculum` has it written out."""
    guards: tuple[StageGuards, ...] = ()
    """Every finished stage that had guards."""
    sweet_spots: tuple[SweetSpots, ...] = ()
    """Every stage that was measured on its way: gain of its domains against the loss of others, step by step."""
    ways_back: tuple[SweetSpots, ...] = ()
    """Main arm: the same on the straight way from each stage's start (step 0) to its end (100), on test."""
    matrix: tuple[MatrixRow, ...]
    completions: dict[str, DomainCompletions] = Field(default_factory=dict)
    """Domain → a few of the main arm's answers beside the base model's and joint training's; empty before."""
    data_notes: tuple[str, ...] = ()
    """What a person should know of the data: rows that were skipped, items that were dropped, cut or left out."""
    environment: dict[str, Any]

    def ranked(self) -> list[str]:
        """Arms with a score, best total first."""
        return sorted(self.scores, key=lambda arm: -(self.scores[arm][TOTAL].estimate or 0.0))

    def stable(self) -> dict[str, Any]:
        """The report as JSON values without what differs between two runs of the same thing."""
        kept = without_seconds(self.model_dump(mode="json", exclude={"environment"}))
        assert isinstance(kept, dict)
        return kept
