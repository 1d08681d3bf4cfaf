"""Item scores of a run, arranged for estimates: which seeds have a node, and its items as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from domains.example import Split
from experiments.analysis.inputs import ReportInputs
from experiments.nodes.record import DomainScore, Record
from scheduler.measurements import Array

Block = Mapping[str, Array]
"""Domain → item values of one seed, shape (items,)."""
BASE = "base"
RANDOM = "random"


def random_arms(inputs: ReportInputs) -> tuple[str, ...]:
    """Random orders that serve as baselines."""
    return tuple(schedule.name for schedule in inputs.schedules if schedule.role == "random")


def item_block(record: Record, split: Split) -> dict[str, Array]:
    """Primary metric by domain and item."""
    return {name: np.asarray(score.items, float) for name, score in record.scores[split].items()}


def entropy_block(record: Record, split: Split) -> dict[str, Array]:
    """Own-sample entropy by domain and item; domains without it are left out."""
    scores = record.scores[split].items()
    return {name: np.asarray(score.entropy, float) for name, score in scores if score.entropy}


@dataclass(frozen=True)
class RunScores:
    """Looks results up by arm, seed and depth."""

    inputs: ReportInputs

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """In the curriculum's order."""
        return tuple(self.inputs.curriculum.domains)

    @cached_property
    def weights(self) -> dict[str, float]:
        """Share of each domain in the total; sum 1."""
        raw = {name: spec.weight for name, spec in self.inputs.curriculum.domains.items()}
        return {name: weight / sum(raw.values()) for name, weight in raw.items()}

    @cached_property
    def base(self) -> str:
        """Id of the base model's node, which all seeds share."""
        return next((node.id for node in self.inputs.tree.nodes if node.parent is None), "")

    def record(self, arm: str, seed: int, depth: int = -1) -> Record | None:
        """The arm's result after `depth` stages (-1: the last); None where it is missing."""
        ends = self.inputs.readings.get((arm, seed), ()) if arm != BASE else (self.base,)
        if not -len(ends) <= depth < len(ends):
            return None
        return self.inputs.records.get(ends[depth])

    def by_seed(self, arm: str, depth: int = -1, split: Split = "test") -> dict[int, Block]:
        """Seed → item scores by domain; missing seeds are left out. `random` averages the random orders."""
        if arm == RANDOM:
            return self._random(depth, split)
        found = {seed: self.record(arm, seed, depth) for seed in self.inputs.curriculum.seeds}
        return {seed: item_block(record, split) for seed, record in found.items() if record}

    def entropies(self, arm: str, depth: int) -> dict[int, Block]:
        """Seed → own-sample entropies on test by domain."""
        found = {seed: self.record(arm, seed, depth) for seed in self.inputs.curriculum.seeds}
        return {seed: entropy_block(record, "test") for seed, record in found.items() if record}

    def best(self, arm: str) -> dict[int, Block]:
        """Seed → best samples on test by structured domain and item; a creative domain's samples are one group."""
        found = {seed: self.record(arm, seed) for seed in self.inputs.curriculum.seeds}
        kinds = {name: spec.kind for name, spec in self.inputs.curriculum.domains.items()}
        return {
            seed: {
                name: np.asarray(score.best, float)
                for name, score in record.scores["test"].items()
                if score.best and kinds.get(name) == "structured"
            }
            for seed, record in found.items()
            if record
        }

    def _random(self, depth: int, split: Split) -> dict[int, Block]:
        each = [self.by_seed(arm, depth, split) for arm in random_arms(self.inputs)]
        whole = [seed for seed in self.inputs.curriculum.seeds if each and all(seed in one for one in each)]
        return {
            seed: {name: np.mean([one[seed][name] for one in each], axis=0) for name in self.domains} for seed in whole
        }


def mean_of(score: DomainScore) -> float | None:
    """Mean own-sample entropy of a score, nats per token."""
    return sum(score.entropy) / len(score.entropy) if score.entropy else None
