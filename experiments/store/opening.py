"""From a path or URL to the files of a store that this version can use."""

from __future__ import annotations

import json
from pathlib import Path

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from domains.errors import StoreError
from experiments.nodes.setup import FORMAT
from experiments.store.files import Files
from experiments.store.local import LocalFiles
from experiments.store.remote import RemoteFiles

OTHER = "Name another --store."


def open_files(url: str, *, create: bool) -> Files:
    """The files of the store at `url`, made if missing and `create`. Raises StoreError."""
    files = connect(str(url))
    try:
        _check_format(files, create)
        if create:
            files.check_writable()
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(f"the store cannot be used: {reason(error)}", value=str(url), hint=OTHER) from error
    return files


def reason(error: Exception) -> str:
    """Why a file operation failed, in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower() + (f" ({error.filename})" if error.filename else "")
    return f"{type(error).__name__}: {error}"


def connect(url: str) -> Files:
    """The files at a path or URL; nothing is read or written yet. Raises StoreError."""
    if not url.strip():
        raise StoreError("must not be empty", key="--store", value=url, hint="For example runs, or s3://bucket/runs.")
    try:
        system, root = url_to_fs(url)
    except ValueError as error:
        raise StoreError(
            "a store is a folder or a URL that fsspec knows",
            value=url,
            hint="For example runs, or s3://bucket/runs.",
        ) from error
    except ImportError as error:
        raise StoreError("this kind of store needs another package", value=url, hint=f"{error}.") from error
    if "file" not in _protocols(system):
        return RemoteFiles(url, system, root)
    path = Path(root)
    if path.exists() and not path.is_dir():
        raise StoreError("a store is a folder, this is a file", value=url, hint=OTHER)
    return LocalFiles(path)


def _protocols(system: AbstractFileSystem) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _check_format(files: Files, create: bool) -> None:
    place = f"{files.url}/store.json"
    try:
        text = files.read("store.json")
        found = None if text is None else json.loads(text)["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError("not a store's description", file=place, hint=OTHER) from error
    if text is None and not create:
        raise StoreError("there is no store here", value=files.url, hint="Check --store.")
    if text is None:
        files.create("store.json", json.dumps({"format": FORMAT}) + "\n")
    elif found != FORMAT:
        rule = f"the store was made by an incompatible version, its format must be {FORMAT}"
        raise StoreError(rule, file=place, value=found, hint=OTHER)
