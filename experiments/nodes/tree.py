"""Schedules that share leading stages share nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import Field

from curricula.merge import Merge
from curricula.stage import Schedule, Stage
from domains.frozen import Frozen, fingerprint
from experiments.nodes.setup import Setup
from scheduler.composing.merges import HALF
from scheduler.composing.rate_path import readings, trained


class StageNode(Frozen):
    """A stage applied to one parent checkpoint, or several checkpoints made into one.

    `stage` and `seed` are None for the base model, which all seeds share.
    """

    id: str
    parent: str | None
    stage: Stage | None
    seed: int | None
    path: tuple[str, ...] = ()
    """Labels of the stages from the base to here; pieces of one stage are one."""
    measured: bool = True
    """Whether it is read off, or only a step on the way to other nodes. No part of its identity."""
    merge: Merge | None = None
    """How the sources' weights become this node's; None: it is trained."""
    sources: tuple[StageNode, ...] = ()
    """What is merged; `parent` is the last of them."""
    drawn: dict[str, int] = Field(default_factory=dict)
    """Domain → examples that the stages before this one drew: a stage goes on through the data, not over them again."""

    @property
    def label(self) -> str:
        """The stage's domains, how it was merged, or ``base``."""
        if self.merge:
            return f"{self.merge.method} merge" if len(self.sources) > 1 else _way(self.merge.weights[0])
        return self.stage.label if self.stage else "base"

    @property
    def parents(self) -> tuple[str, ...]:
        """Ids of the nodes whose weights it needs."""
        if self.sources:
            return tuple(node.id for node in self.sources)
        return (self.parent,) if self.parent is not None else ()

    @property
    def slug(self) -> str:
        """Readable folder name: seed, path, id."""
        words = "-".join(self.path)[:60]
        return f"s{self.seed}-{words}-{self.id[:16]}" if words else f"base-{self.id[:16]}"

    @property
    def depth(self) -> int:
        """Stages from the base to here."""
        return len(self.path)


def _way(share: float) -> str:
    """How far from the base a model is that was made of one other."""
    return "half way to the base" if share == HALF else f"{share:g} of the way from the base"


def base_node(setup: Setup) -> StageNode:
    """The root of all seeds: the model before any stage."""
    return StageNode(id=setup.base_id, parent=None, stage=None, seed=None)


def child_node(setup: Setup, parent: StageNode, stage: Stage, seed: int) -> StageNode:
    """`stage` trained from `parent`."""
    drawn = Counter(parent.drawn)
    if parent.stage is not None:
        drawn.update(parent.stage.examples)
    return StageNode(
        id=setup.stage_id(parent.id, stage, seed),
        parent=parent.id,
        stage=stage,
        seed=seed,
        path=parent.path if stage.continues else (*parent.path, stage.label),
        drawn=dict(drawn),
    )


def merge_node(setup: Setup, sources: Sequence[StageNode], merge: Merge, seed: int) -> StageNode:
    """The base model and these, as one."""
    return StageNode(
        id=fingerprint(["merge", setup.base_id, merge, [node.id for node in sources]]),
        parent=sources[-1].id,
        stage=None,
        seed=seed,
        path=("merge",),
        merge=merge,
        sources=tuple(sources),
    )


def chain(
    setup: Setup, stages: Sequence[Stage], seed: int, known: dict[tuple[int, ...], StageNode] | None = None
) -> tuple[StageNode, ...]:
    """Base and all nodes of one schedule, first to last.

    `known` keeps the nodes of beginnings, by the identity of their stages' objects, for chains that begin alike: a
    node's id takes long to make, and the chains of long schedules are many.
    """
    kept = {} if known is None else known
    begun: tuple[int, ...] = ()
    if begun not in kept:
        kept[begun] = base_node(setup)
    nodes = [kept[begun]]
    for stage in stages:
        begun = (*begun, id(stage))
        if begun not in kept:
            kept[begun] = child_node(setup, nodes[-1], stage, seed)
        nodes.append(kept[begun])
    return tuple(nodes)


@dataclass(frozen=True)
class StageTree:
    """Distinct nodes, parents before children."""

    nodes: tuple[StageNode, ...]
    unshared: int = field(default=0, compare=False)
    """Stage runs that the same schedules would take without sharing (bases not counted)."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    """Node's id → names of the schedules that it is part of; none where nodes were not grown of schedules."""

    @cached_property
    def by_id(self) -> dict[str, StageNode]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @property
    def stage_runs(self) -> int:
        """Stage runs with sharing; the base and merges train nothing and are not counted."""
        return sum(node.stage is not None for node in self.nodes)


def beside(tree: StageTree, more: StageTree) -> StageTree:
    """With the nodes of another tree that it does not have; what sharing saves stays as it is."""
    new = tuple(node for node in more.nodes if node.id not in tree.by_id)
    return StageTree((*tree.nodes, *new), tree.unshared, {**more.names, **tree.names})


def reading_chains(
    setup: Setup, schedule: Schedule, seed: int, base: StageNode | None = None
) -> tuple[tuple[StageNode, ...], ...]:
    """For the base and after each stage of a schedule: base and all nodes to where it is read off, which is measured.

    A node on the way that is no reading itself is not. `base`: what `base_node` gives, where it is known.
    """
    base = base or base_node(setup)
    if schedule.merge:
        return ((base,), _merged(setup, schedule, schedule.merge, seed, base))
    known: dict[tuple[int, ...], StageNode] = {(): base}
    ways = readings(schedule)
    chains = [chain(setup, stages, seed, known) for stages in ways]
    ends = {nodes[-1].id for nodes in chains}
    return tuple(
        tuple(node if node.id in ends else node.model_copy(update={"measured": False}) for node in nodes)
        for nodes in chains
    )


def end_node(setup: Setup, schedule: Schedule, seed: int) -> StageNode:
    """Where a schedule is read off after its last stage."""
    return reading_chains(setup, schedule, seed)[-1][-1]


def paid_nodes(setup: Setup, schedule: Schedule, seed: int) -> tuple[StageNode, ...]:
    """The base, and all nodes that a schedule's budget pays for: not the branches on which it is only read off."""
    if schedule.merge:
        return reading_chains(setup, schedule, seed)[-1]
    return chain(setup, trained(schedule), seed)


def _merged(setup: Setup, schedule: Schedule, merge: Merge, seed: int, base: StageNode) -> tuple[StageNode, ...]:
    """Base, the sources' nodes, and the merged one, which alone is measured."""
    chains = [reading_chains(setup, source, seed, base)[-1] for source in schedule.of]
    nodes = {node.id: node.model_copy(update={"measured": False}) for each in chains for node in each}
    _, *rest = nodes.values()
    return (base, *rest, merge_node(setup, [each[-1] for each in chains], merge, seed))


def grow(setup: Setup, schedules: Iterable[Schedule], seeds: Sequence[int]) -> StageTree:
    """The tree of all schedules for all seeds, with the branches on which they are read off."""
    found: dict[str, StageNode] = {}
    names: dict[str, dict[str, None]] = {}
    unshared, base = 0, base_node(setup)
    for schedule in schedules:
        for seed in seeds:
            chains = reading_chains(setup, schedule, seed, base)
            own = {node.id: node for nodes in chains for node in nodes}
            unshared += sum(node.stage is not None for node in own.values())
            for node in own.values():
                names.setdefault(node.id, {})[schedule.name] = None
                if node.id not in found or node.measured:
                    found[node.id] = node
    return StageTree(tuple(found.values()), unshared, {node: tuple(these) for node, these in names.items()})
