"""Everything that a report is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from curricula.recommended import GuardChoice
from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.profile import EntropyProfile
from experiments.analysis.completions.model import DomainCompletions
from experiments.nodes.record import Cost, Failure, Record
from experiments.nodes.tree import StageTree
from scheduler.mixing.rounds import Rounds
from scheduler.plan import Plan, Transfer


@dataclass(frozen=True)
class ReportInputs:
    """A run's results, complete or not: what is missing in `records` is reported as missing."""

    curriculum: Curriculum
    run: str
    """The run's folder name, ``<name>-<id8>``."""
    schedules: tuple[Schedule, ...]
    """All arms."""
    main: str
    """Name of the arm that the curriculum asks for."""
    primary: tuple[str, str] | None
    """(arm, baseline): the pair that the verdict is about; None: the first of those that are compared anyway."""
    tree: StageTree
    """All nodes of the run, probes included."""
    records: Mapping[str, Record]
    """Node id → its result; only finished nodes."""
    chains: Mapping[tuple[str, int], tuple[str, ...]]
    """(arm, seed) → ids of the base and of all nodes that the arm's budget pays for."""
    readings: Mapping[tuple[str, int], tuple[str, ...]]
    """(arm, seed) → ids of the nodes where the base and each stage are read off."""
    failures: Mapping[str, Failure] = field(default_factory=dict)
    """Node id → why it failed; ignored where a record exists."""
    probes: frozenset[str] = frozenset()
    """Ids of the nodes that were trained to measure transfer (all seeds, bases not included)."""
    profiles: Mapping[str, EntropyProfile] = field(default_factory=dict)
    transfer: Transfer | None = None
    plan: Plan | None = None
    guards: tuple[GuardChoice, ...] = ()
    """What `guards: recommended` chose."""
    rounds: tuple[Rounds, ...] = ()
    """Adaptive mixing, an arm each, as far as it came."""
    wall_seconds: float = 0.0
    made: Collection[str] | None = None
    """Ids of the nodes that were made within these seconds; None where that is not known."""
    completions: Mapping[str, DomainCompletions] = field(default_factory=dict)
    """Domain → what is shown of what models said."""
    data_notes: tuple[str, ...] = ()
    """What is to be said of the data."""
    environment: Mapping[str, Any] = field(default_factory=dict)
    """JSON values only."""

    def paid(self, arm: str) -> dict[int, list[Cost]]:
        """Seed that has finished the arm → what each stage cost that the arm's budget pays for."""
        chains = {seed: self.chains.get((arm, seed), ())[1:] for seed in self.curriculum.seeds}
        return {
            seed: [self.records[node].cost for node in chain]
            for seed, chain in chains.items()
            if chain and all(node in self.records for node in chain)
        }
