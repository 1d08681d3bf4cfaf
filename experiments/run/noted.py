"""What earlier runs of a curriculum trained: noted in each run's folder, so that a change's price can be told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from domains.frozen import Frozen
from experiments.nodes.tree import StageNode
from experiments.run.job import Job, Prepared
from experiments.store import Store, View

FILE = "nodes.json"


class NotedNode(Frozen):
    """A node as an earlier run knew it."""

    slug: str
    seed: int | None
    path: tuple[str, ...]
    tried: bool = False
    """Whether only trials of a search asked for it."""


class Noted(Frozen):
    """All nodes that a run has asked for so far."""

    curriculum: str
    nodes: tuple[NotedNode, ...] = ()


def note(job: Job, nodes: Iterable[StageNode], tried: bool = False) -> None:
    """Add `nodes` to what the run has asked for; `tried`: by a trial of its search."""
    before = _read(job.store, job.run) or Noted(curriculum=job.curriculum.name)
    known = {node.slug: node for node in before.nodes}
    for node in nodes:
        if node.slug not in known or (known[node.slug].tried and not tried):
            known[node.slug] = NotedNode(slug=node.slug, seed=node.seed, path=node.path, tried=tried)
    _write(job, before, tuple(known.values()))


def let_go(job: Job, nodes: Iterable[StageNode]) -> None:
    """Of a trial that failed: what it asked for and nobody else did is asked for no more, unless it is trained."""
    before = _read(job.store, job.run)
    failed = {node.slug for node in nodes} - job.store.trained()
    if before is not None:
        _write(job, before, tuple(node for node in before.nodes if not (node.tried and node.slug in failed)))


def _write(job: Job, before: Noted, nodes: tuple[NotedNode, ...]) -> None:
    if nodes != before.nodes:
        job.store.write_run(job.run, FILE, before.model_copy(update={"nodes": nodes}).model_dump_json())


def trained_before(prepared: Prepared, view: View, missing: Iterable[StageNode], wanted: set[str]) -> int:
    """How many of the `missing` nodes stand where an earlier run of the same curriculum trained another one.

    `wanted` are the slugs of all nodes that are asked for now: what is among them was not trained in vain.
    """
    store = view.store
    noted = [one for run in store.runs() if (one := _read(store, run)) and one.curriculum == prepared.curriculum.name]
    earlier = {node.slug: (node.seed, node.path) for one in noted for node in one.nodes}
    lost = Counter(place for slug, place in earlier.items() if slug in view.trained and slug not in wanted)
    return (Counter((node.seed, node.path) for node in missing) & lost).total()


def noted_nodes(store: Store, run: str) -> dict[str, NotedNode]:
    """Slug → all nodes that a run has asked for so far; none where that was not noted."""
    noted = _read(store, run)
    return {node.slug: node for node in noted.nodes} if noted else {}


def _read(store: Store, run: str) -> Noted | None:
    text = store.read_run(run, FILE)
    try:
        return None if text is None else Noted.model_validate(json.loads(text), strict=False)
    except ValueError:
        return None
