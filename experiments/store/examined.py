"""What given models said, kept: <store>/examined/<model>/<suite>.json. A second look computes nothing."""

from __future__ import annotations

from domains.errors import StoreError
from experiments.nodes.examined import Examined
from experiments.store.failing import reason
from experiments.store.store import Store


def find(store: Store, model: str, suite: str) -> Examined | None:
    """What was kept; None also where the file is garbled: it is asked again, and replaced. Raises StoreError."""
    try:
        text = store.files.read(_name(model, suite))
        return None if text is None else Examined.model_validate_json(text)
    except ValueError:
        return None
    except OSError as error:
        raise StoreError(f"the store cannot be read: {reason(error)}", value=store.url) from error


def keep(store: Store, found: Examined) -> None:
    """Raises StoreError."""
    try:
        store.files.write(_name(found.model, found.suite), found.model_dump_json())
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(
            f"the store cannot be written: {reason(error)}", value=store.url, hint="Make room or name another."
        ) from error


def _name(model: str, suite: str) -> str:
    return f"examined/{model[:16]}/{suite}.json"
