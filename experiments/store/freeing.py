"""Weights removed from a store, and all else of their nodes kept."""

from __future__ import annotations

from contextlib import suppress

from domains.errors import StoreError
from experiments.nodes.record import TrainingRecord
from experiments.nodes.tree import StageNode
from experiments.store.layout import FREED, of_node
from experiments.store.store import NodeSpec, Store
from experiments.store.whole import sealed


def free(store: Store, node: StageNode) -> None:
    """Remove a trained node's weights; it counts as trained as before.

    In this order, so that what is interrupted leaves whole weights with their record, or weights that no record
    names; `litter` finds these. Raises StoreError.
    """
    record = store.training(node)
    store.files.write(of_node(node, FREED), sealed(record.model_dump_json()), durable=True)
    store.files.remove(of_node(node, "record.json"))
    store.files.remove(of_node(node, record.checkpoint))


def litter(store: Store, node: StageNode) -> list[str]:
    """Folders of weights that a finished node's record does not name: interrupted writers left them."""
    names = {name for name in store.files.folders(f"nodes/{node.slug}") if name.startswith("attempt-")}
    kept = _named(store, node, "record.json")
    if kept is not None:
        return [of_node(node, name) for name in sorted(names - {kept})]
    # A node that is trained again may be uploading under another name just now.
    return [of_node(node, name) for name in sorted(names & {_named(store, node, FREED)})]


def spec_of(store: Store, slug: str) -> NodeSpec | None:
    """What to run of a node's folder; None where it does not say, or not readably."""
    with suppress(ValueError, StoreError):
        return NodeSpec.model_validate_json(store.files.read(f"nodes/{slug}/spec.json") or "")
    return None


def _named(store: Store, node: StageNode, name: str) -> str | None:
    """The folder that a node's record names."""
    with suppress(ValueError):
        return TrainingRecord.model_validate_json(store.files.read(of_node(node, name)) or "").checkpoint
    return None
