"""What given models said, kept: <store>/examined/<model>/<suite>.json. A second look computes nothing."""

from __future__ import annotations

from typing import TypeVar

from domains.frozen import Frozen
from experiments.nodes.examined import Examined, Inquired
from experiments.store.store import Store

Kept = TypeVar("Kept", bound=Frozen)


def find(store: Store, model: str, suite: str) -> Examined | None:
    """What was kept; None also where the file is garbled: it is asked again, and replaced. Raises StoreError."""
    return _found(store, _name(model, suite), Examined)


def keep(store: Store, found: Examined) -> None:
    """Raises StoreError."""
    store.files.write(_name(found.model, found.suite), found.model_dump_json(), durable=True)


def find_inquired(store: Store, model: str, key: str) -> Inquired | None:
    """The same of what was asked about its answers. Raises StoreError."""
    return _found(store, _name(model, key), Inquired)


def keep_inquired(store: Store, found: Inquired) -> None:
    """Raises StoreError."""
    store.files.write(_name(found.model, found.key), found.model_dump_json(), durable=True)


def _found(store: Store, name: str, kind: type[Kept]) -> Kept | None:
    try:
        text = store.files.read(name)
        return None if text is None else kind.model_validate_json(text)
    except ValueError:
        return None


def _name(model: str, suite: str) -> str:
    return f"examined/{model[:16]}/{suite}.json"
