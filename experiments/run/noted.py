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


class Noted(Frozen):
    """All nodes that a run has asked for so far."""

    curriculum: str
    nodes: tuple[NotedNode, ...] = ()


def note(job: Job, nodes: Iterable[StageNode]) -> None:
    """Add `nodes` to what the run has asked for."""
    before = _read(job.store, job.run) or Noted(curriculum=job.curriculum.name)
    known = {node.slug: node for node in before.nodes}
    known |= {node.slug: NotedNode(slug=node.slug, seed=node.seed, path=node.path) for node in nodes}
    if len(known) > len(before.nodes):
        noted = before.model_copy(update={"nodes": tuple(known.values())})
        job.store.write_run(job.run, FILE, noted.model_dump_json())


def trained_before(prepared: Prepared, view: View, missing: Iterable[StageNode], wanted: set[str]) -> int:
    """How many of the `missing` nodes stand where an earlier run of the same curriculum trained another one.

    `wanted` are the slugs of all nodes that are asked for now: what is among them was not trained in vain.
    """
    store = view.store
    noted = [one for run in store.runs() if (one := _read(store, run)) and one.curriculum == prepared.curriculum.name]
    earlier = {node.slug: (node.seed, node.path) for one in noted for node in one.nodes}
    lost = Counter(place for slug, place in earlier.items() if slug in view.trained and slug not in wanted)
    return (Counter((node.seed, node.path) for node in missing) & lost).total()


def noted_slugs(store: Store, run: str) -> set[str]:
    """Slugs of all nodes that a run has asked for so far; none where that was not noted."""
    noted = _read(store, run)
    return {node.slug for node in noted.nodes} if noted else set()


def _read(store: Store, run: str) -> Noted | None:
    text = store.read_run(run, FILE)
    try:
        return None if text is None else Noted.model_validate(json.loads(text), strict=False)
    except ValueError:
        return None
