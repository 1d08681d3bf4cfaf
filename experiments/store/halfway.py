"""A stage's work in progress, in its node's folder until the node is finished: whoever works on it next goes on.

One is kept at a time. What is not whole, or was made with other software, is as good as not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from domains.frozen import Frozen
from experiments.nodes.tree import StageNode
from experiments.store.layout import HALFWAY, of_node
from experiments.store.store import Store
from experiments.store.weights import whole_digest

PREFIX = "halfway-"


class Halfway(Frozen):
    """What halfway.json holds, written when all that it names is there."""

    folder: str
    digest: str
    """Of all its files."""
    made: dict[str, str]
    """With which software, on which kind of device."""


def keep_halfway(store: Store, node: StageNode, folder: Path, made: Mapping[str, str]) -> None:
    """Keep the files of `folder` in place of what was kept before. Raises StoreError, and then that is still there."""
    name = f"{PREFIX}{uuid4().hex[:12]}"
    marker = Halfway(folder=name, digest=whole_digest(folder), made=dict(made))
    try:
        store.files.upload(folder, of_node(node, name))
        store.files.write(of_node(node, HALFWAY), marker.model_dump_json(), durable=True)
    except BaseException:
        # What stays is litter, which `prune` removes; why it does must not hide why this failed.
        with suppress(Exception):
            store.files.remove(of_node(node, name))
        raise
    _discard(store, node, but=name)


@contextmanager
def halfway(store: Store, node: StageNode, made: Mapping[str, str]) -> Iterator[Path | None]:
    """A local folder with what was kept, to be read only; None where there is nothing of use."""
    marker = None
    with suppress(ValueError):
        marker = Halfway.model_validate_json(store.files.read(of_node(node, HALFWAY)) or "")
    if marker is None or marker.made != dict(made):
        yield None
        return
    with store.files.local(of_node(node, marker.folder)) as folder:
        yield folder if whole_digest(folder) == marker.digest else None


def forget_halfway(store: Store, node: StageNode) -> None:
    """Remove all that was kept of a node that is finished. What cannot be removed now, `prune` removes."""
    # The node is finished: nothing hangs on it.
    with suppress(Exception):
        if store.files.exists(of_node(node, HALFWAY)):
            store.files.remove(of_node(node, HALFWAY))
            _discard(store, node)


def halfway_litter(store: Store, slug: str) -> list[str]:
    """All that was kept of a node, by its slug."""
    place = f"nodes/{slug}"
    kept = [name for name in store.files.folders(place) if name.startswith(PREFIX)]
    kept += [HALFWAY] if HALFWAY in store.files.names(place) else []
    return [f"{place}/{name}" for name in kept]


def _discard(store: Store, node: StageNode, but: str | None = None) -> None:
    """Remove the folders of all that was kept; whoever reads one meanwhile finds it not whole, and begins anew."""
    # What stays is litter, which `prune` removes: training must not stop for it.
    with suppress(Exception):
        for name in store.files.folders(f"nodes/{node.slug}"):
            if name.startswith(PREFIX) and name != but:
                store.files.remove(of_node(node, name))
