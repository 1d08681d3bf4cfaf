"""How long nodes take: learnt from what has finished and from what runs, with how far that may be off."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from experiments.nodes.tree import StageNode
from experiments.store import Progress

FADES = 0.6
"""What an observation still weighs when the next one of its kind comes: other work on a machine comes and goes."""
BELIEVED, BEFORE = 0.3, 2.0
"""By how much (as a logarithm) an expectation misses before any has been put to the test, and how many that counts."""
HERE = 0.5
"""Of the seconds that a node was trained and measured for, how many it takes at least where it runs."""

Kind = tuple[str, frozenset[str]]
"""Stages that cost alike: the method and the domains, or what is no stage, without domains."""


@dataclass(frozen=True)
class Expected:
    """What one node takes on one worker, in seconds."""

    training: float
    """Its start included."""
    measuring: float

    @property
    def whole(self) -> float:
        """Until it is done."""
        return self.training + self.measuring


@dataclass
class Faded:
    """A mean over observations in which the latest count most."""

    amount: float = 0.0
    weight: float = 0.0

    def learn(self, amount: float, weight: float = 1.0) -> None:
        """`amount` was seen for so much of something."""
        self.amount = FADES * self.amount + amount
        self.weight = FADES * self.weight + weight

    def with_part(self, amount: float, weight: float) -> Faded:
        """The same beside something that is not finished yet."""
        return Faded(self.amount + amount, self.weight + weight)

    @property
    def mean(self) -> float | None:
        """None before anything was seen."""
        return self.amount / self.weight if self.weight else None


@dataclass
class Rates:
    """Seconds for a unit of training, by kind, and for a measurement."""

    training: dict[Kind, Faded] = field(default_factory=dict)
    measuring: Faded = field(default_factory=Faded)

    def learn(self, node: StageNode, training: float, measuring: float) -> None:
        """A node trained and was measured for so many seconds; 0 for what was not done."""
        if node.measured:
            self.measuring.learn(measuring)
        if training > 0 and (units := training_units(node)):
            self.training.setdefault(cost_kind(node), Faded()).learn(training, units)

    def exactly(self, node: StageNode) -> float | None:
        """Of the node's own kind."""
        known = self.training.get(cost_kind(node))
        return known.mean if known else None

    def nearly(self, node: StageNode) -> float | None:
        """Of stages with the same method that share a domain with this one; else of all with it."""
        method, domains = cost_kind(node)
        alike = [rate for (its, names), rate in self.training.items() if its == method and names]
        near = [rate for (its, names), rate in self.training.items() if its == method and names & domains]
        means = [rate.mean or 0.0 for rate in near or alike]
        return sum(means) / len(means) if means and domains else None


@dataclass
class Experience:
    """What nodes took so far, and how well that was foretold. One command keeps one over all its phases."""

    seen: Rates = field(default_factory=Rates)
    """Of nodes that ran under our eyes."""
    stored: Rates = field(default_factory=Rates)
    """Of nodes that were there before: perhaps another machine's, or of one with other work to do."""
    pace: Faded = field(default_factory=Faded)
    """Seconds that nodes took under our eyes, over those by `stored`."""
    starts: Faded = field(default_factory=Faded)
    """Seconds that a node takes beside training and measuring."""
    misses: Faded = field(default_factory=Faded)
    """Squared logarithms of what nodes took over what was expected of them."""

    def learn(self, node: StageNode, training: float, measuring: float, whole: float, *, trained: bool = False) -> None:
        """A node finished that trained and was measured for so many seconds, and took `whole` in all.

        `trained`: it was before, and now was only measured. A node that took less than it was trained and measured for
        was not run here: another command that uses the store had it.
        """
        if whole < HERE * (measuring + (0.0 if trained else training)):
            self.stored.learn(node, 0.0 if trained else training, measuring)
            return
        said = self.expected(node, trained=trained)
        if self.seen.measuring.weight and said and said.whole > 0 and whole > 0:
            self.misses.learn(math.log(whole / said.whole) ** 2)
        self.pace = self._pace(node, 0.0 if trained else 1.0, training, measuring)
        self.seen.learn(node, 0.0 if trained else training, measuring)
        if node.parent is not None:
            # A base model's start holds what is loaded once: libraries, workers.
            self.starts.learn(max(0.0, whole - training - measuring))

    def with_running(self, running: Mapping[str, Progress | None], nodes: Sequence[StageNode]) -> Experience:
        """The same with what unfinished stages tell by the steps that they have done."""
        training, pace = dict(self.seen.training), self.pace
        for node in nodes:
            progress = running.get(node.id)
            if progress is not None and progress.step > 0 and progress.seconds > 0:
                part, known = progress.step / progress.steps, training.get(cost_kind(node), Faded())
                training[cost_kind(node)] = known.with_part(progress.seconds, part * training_units(node))
                pace = self._pace(node, part, progress.seconds, None, pace)
        return replace(self, seen=Rates(training, self.seen.measuring), pace=pace)

    def _pace(
        self, node: StageNode, part: float, training: float, measuring: float | None, before: Faded | None = None
    ) -> Faded:
        rate, found = self.stored.exactly(node), before or Faded(self.pace.amount, self.pace.weight)
        if rate and part:
            found = found.with_part(training, part * training_units(node) * rate)
        if measuring and node.measured and (mean := self.stored.measuring.mean):
            found = found.with_part(measuring, mean)
        return found

    def expected(self, node: StageNode, *, trained: bool = False) -> Expected | None:
        """None before anything like it was seen."""
        pace = self.pace.mean or 1.0
        units = 0.0 if trained else training_units(node)
        rates = (
            self.seen.exactly(node),
            _times(self.stored.exactly(node), pace),
            self.seen.nearly(node),
            _times(self.stored.nearly(node), pace),
        )
        rate = next((rate for rate in rates if rate is not None), None) if units else 0.0
        means = (self.seen.measuring.mean, _times(self.stored.measuring.mean, pace))
        measuring = next((mean for mean in means if mean is not None), None) if node.measured else 0.0
        if rate is None or measuring is None:
            return None
        return Expected((self.starts.mean or 0.0) + units * rate, measuring)

    @property
    def spread(self) -> float:
        """By how much, as a logarithm, an expectation misses."""
        return math.sqrt((BEFORE * BELIEVED**2 + self.misses.amount) / (BEFORE + self.misses.weight))


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def cost_kind(node: StageNode) -> Kind:
    """What a node costs like."""
    if node.stage is not None:
        return node.stage.training.method, frozenset(node.stage.mixture)
    return "merge" if node.merge else "base", frozenset()


def training_units(node: StageNode) -> float:
    """How much training a node is: completions or examples of a stage; 1 of a base model, 0 of a merge."""
    if node.stage is not None:
        return float(node.stage.rollout_budget)
    return 0.0 if node.merge else 1.0
