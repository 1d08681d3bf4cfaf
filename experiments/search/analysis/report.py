"""What search.json holds. docs/search.md explains it field by field.

Everything but ``environment`` and the fields whose name ends in ``seconds`` follows from the study and the
nodes alone.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from curricula.schema import Curriculum
from curricula.stage import Role
from domains.frozen import Frozen
from experiments.analysis.comparing.comparison import Comparison
from experiments.analysis.comparing.limits import MeasuredLimit
from experiments.analysis.report_parts import CostRow, EqualCost, Missing, SeedInterval, StageReport

FORMAT: Final = 4
"""Raised when a field of search.json changes its meaning or goes away."""

ParamValue = str | float | int | bool | None
TrialState = Literal["complete", "pruned", "failed", "running", "waiting"]


class TrialRow(Frozen):
    """One proposal of the search."""

    number: int
    state: TrialState
    start: str | None
    """What it is called if the search began with it, e.g. ``plan-sequential``; None if the sampler proposed it."""
    repeats: int | None
    """Number of the first trial of the same schedule, where this one tries it with another seed."""
    seed: int
    """That it was trained with."""
    value: float | None
    """Weighted mean validation score with that seed; None unless complete."""
    params: dict[str, ParamValue]
    """What was chosen, the order as one text; choices with only one value are not in it."""
    scores: dict[str, float]
    """Validation score by domain."""
    worst: float | None
    """The lowest of `scores`."""
    stages: int
    """Stages after which it was scored: all of them, or those before it was pruned."""
    stage_runs: int
    """Stage runs that it added to what was trained already."""
    completions: int
    """That these trained on: what the trial cost."""
    limits: dict[str, float] = Field(default_factory=dict, exclude_if=lambda limits: not limits)
    """Limit that it could break → by how much it did, 0 or less where it kept it; with that seed, on validation."""


class Best(Frozen):
    """The winner: the largest expected score among the schedules with three seeds, or as many as the search has."""

    trial: int
    """The first that finished of its trials."""
    seeds: tuple[int, ...]
    """That it finished with."""
    expected: float
    """Validation score that the search's model expects with any seed: what it won by."""
    choice: dict[str, Any]
    """All choices, the pinned ones too (`scheduler.composing.choice.Choice`)."""
    schedule: str
    """Fingerprint of its stages."""
    stages: tuple[StageReport, ...]
    validation: float
    """Mean total over these seeds."""
    scores: dict[str, float]
    """Validation score by domain, mean over these seeds."""
    yaml: str
    """The curriculum that trains exactly these stages: best.yaml."""


class FinalArm(Frozen):
    """One arm of the final comparison, trained from new on the fresh seeds."""

    role: Role
    origin: str
    composition: str
    stages: tuple[StageReport, ...]
    scores: dict[str, SeedInterval]
    """Domain or ``total`` → score on test; empty where no seed finished."""
    validation: float | None
    """Total on validation with those of the search's own seeds that it finished with, if a trial trained the very same
    stages."""
    cost: CostRow
    """Of one seed: mean over the seeds that finished."""


class Gain(Frozen):
    """One arm against another: what the search's own scores promised, and what fresh seeds on test say."""

    promised: float | None
    """Relative gain on validation over those of the search's seeds that both arms finished with; chosen as the best of
    many, so too high for `searched`."""
    test: Comparison


class SearchCost(Frozen):
    """Stage runs that nothing before had trained, all seeds together."""

    probes: CostRow
    search: CostRow
    joint_search: CostRow
    final: CostRow
    unshared: int
    """Stage runs that the search's trials would have taken without sharing."""
    searched_completions: int
    """Of all that the search's trials rest on, stages of the probes included."""
    joint_completions: int
    """Of all that the trials of the search over joint training rest on: as many, rounded up to a whole run."""


class SearchReport(Frozen):
    """What a person reads after a search, as data."""

    format: Literal[4] = FORMAT
    run: str
    verdict: str
    """The result in a few short sentences, and what the search itself had promised in another."""
    curriculum: Curriculum
    space: dict[str, tuple[ParamValue, ...]]
    """Choice → the values it could take; choices with one value are left out."""
    sampler: str
    search_seeds: tuple[int, ...]
    fresh_seeds: tuple[int, ...]
    trials: tuple[TrialRow, ...]
    pareto: tuple[int, ...]
    """Finished trials that no other one beats in both total and worst domain, by number."""
    importance: dict[str, float] | None
    """Choice → share of what tells the best trials from the rest (PED-ANOVA); None with too few finished trials."""
    best: Best
    joint_trials: tuple[TrialRow, ...]
    """The same search over joint training alone, with as many completions."""
    arms: dict[str, FinalArm]
    gains: tuple[Gain, ...]
    at_equal_tokens: EqualCost
    """`searched` against joint training that sees as many tokens; `gains` are at equal completions."""
    at_equal_train_seconds: EqualCost
    limits: dict[str, tuple[MeasuredLimit, ...]] = Field(default_factory=dict, exclude_if=lambda limits: not limits)
    """Arm → what became of the curriculum's constraints, on test; arms that train domains one after the other."""
    cost: SearchCost
    missing: tuple[Missing, ...]
    """Nodes of the final comparison without a result."""
    notes: tuple[str, ...]
    """What a fair reading has to know, e.g. where budgets differ."""
    environment: dict[str, Any]
