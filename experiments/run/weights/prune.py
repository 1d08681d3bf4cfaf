"""Which weights of a store nothing needs any more, and how much room they take."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from curricula.schema.resources import Keep
from domains.errors import StoreError
from experiments.models.sources.contents import ADAPTER
from experiments.nodes.tree import StageNode
from experiments.run.noted import NotedNode, noted_nodes
from experiments.store import Store
from experiments.store.freeing import free, litter, spec_of
from experiments.store.halfway import halfway_litter
from experiments.store.layout import HALFWAY, of_node
from experiments.store.lease import using


@dataclass(frozen=True)
class Pruning:
    """What a pruning frees, or would free."""

    nodes: tuple[StageNode, ...]
    """Their weights go, and nothing else."""
    litter: tuple[str, ...]
    """Folders that interrupted writers left."""
    bytes: int
    kept: int
    """Nodes whose weights stay."""
    unfinished: tuple[str, ...] = ()
    """Runs that are not finished: all that they asked for stays."""


def plan_pruning(store: Store, keep: Keep) -> Pruning:
    """What may go. Base models and adapters stay always, and so does whatever an unfinished run asked for."""
    trained = store.trained()
    freed = store.freed() - trained
    done = {slug: spec.node for slug in sorted(trained | freed) if (spec := spec_of(store, slug)) is not None}
    known = {slug: node for slug, node in done.items() if slug in trained}
    wanted = {run: nodes for run in store.runs() if (nodes := noted_nodes(store, run))}
    unfinished = {
        run: set(nodes)
        for run, nodes in wanted.items()
        if set(nodes) - trained - freed or _searching(store, run, nodes.values())
    }
    stay = set().union(*unfinished.values(), _kept(store, keep, known))
    going = [
        node
        for slug, node in known.items()
        if node.parent is not None and slug not in stay and not _is_adapter(store, node)
    ]
    # What a node without readable specification needs is not known, so it stays, and nothing of it is litter.
    waste = [name for node in done.values() for name in litter(store, node)]
    # Work in progress is of use to whoever asks for the stage again.
    begun = set(store.files.holding("nodes", HALFWAY)) - set().union(*unfinished.values())
    waste += [name for slug in sorted(begun | trained) for name in halfway_litter(store, slug)]
    return Pruning(
        nodes=tuple(going),
        litter=tuple(waste),
        bytes=sum(map(store.files.size, [*(of_node(node, _place(store, node)) for node in going), *waste])),
        kept=len(trained) - len(going),
        unfinished=tuple(unfinished),
    )


def prune(store: Store, pruning: Pruning) -> None:
    """Do it. Whatever interrupts it, what is gone is gone whole, and the same command goes on from there."""
    for node in pruning.nodes:
        free(store, node)
    for name in pruning.litter:
        store.files.remove(name)


def plan_retention(store: Store, keep: Keep, run: str) -> Pruning:
    """Of what one run asked for and no other. Nothing else may go: other runs have rules of their own."""
    found = plan_pruning(store, keep)
    others = set().union(*(noted_nodes(store, other) for other in store.runs() if other != run))
    mine = set(noted_nodes(store, run)) - others
    going = tuple(node for node in found.nodes if node.slug in mine)
    return replace(
        found,
        nodes=going,
        litter=(),
        bytes=sum(store.files.size(of_node(node, _place(store, node))) for node in going),
        kept=found.kept + len(found.nodes) - len(going),
    )


def retain(store: Store, keep: Keep, run: str) -> Pruning | None:
    """Do it; None where another command uses the store meanwhile."""
    try:
        with using(store.files, "prune", unless="run"):
            found = plan_retention(store, keep, run)
            prune(store, found)
    except StoreError:
        return None
    return found


def _kept(store: Store, keep: Keep, known: Mapping[str, StageNode]) -> Collection[str]:
    """Slugs of the nodes that the rule keeps."""
    if keep == "none":
        return ()
    if keep == "all":
        return known
    begun = {parent for node in known.values() for parent in node.parents}
    ends = {slug for slug, node in known.items() if node.id not in begun}
    if keep == "ends":
        return ends
    best = {run: set(_best(store, run)) for run in store.runs()}
    # What a search found best its own report says, but not by nodes: its final comparison has all of it.
    untold = {
        slug for run, ids in best.items() if not ids for slug, node in noted_nodes(store, run).items() if not node.tried
    }
    ids = set().union(*best.values())
    return [slug for slug, node in known.items() if node.id in ids or slug in ends & untold]


def _searching(store: Store, run: str, nodes: Iterable[NotedNode]) -> bool:
    """Whether a search has begun trials and not ended yet: the next ones begin where those ended."""
    return any(node.tried for node in nodes) and store.read_run(run, "search.json") is None


def _best(store: Store, run: str) -> Iterable[str]:
    """Ids of the last nodes, one a seed, of a run's best arm by its report; none where there is no report."""
    with suppress(ValueError, KeyError, TypeError):
        report: dict[str, Any] = json.loads(store.read_run(run, "report.json") or "")
        totals = {arm: row["total"]["estimate"] for arm, row in report["scores"].items() if arm in report["arms"]}
        best = max(totals, key=lambda arm: totals[arm] or 0.0)
        rows = [row for row in report["tree"] if best in row["arms"]]
        begun = {row["parent"] for row in rows}
        return [row["id"] for row in rows if row["id"] not in begun]
    return ()


def _is_adapter(store: Store, node: StageNode) -> bool:
    return ADAPTER in store.files.names(of_node(node, _place(store, node)))


def _place(store: Store, node: StageNode) -> str:
    return store.training(node).checkpoint
