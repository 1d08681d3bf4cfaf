"""From a path or URL to the files of a store that this version can use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from domains.errors import StoreError
from domains.packages import EVERYWHERE, install, lacking
from experiments.nodes.setup import FORMAT
from experiments.store.failing import reason
from experiments.store.files import Files
from experiments.store.local import LocalFiles
from experiments.store.patient import PatientFiles
from experiments.store.remote import RemoteFiles

DESCRIPTION = "store.json"
OTHER = "Name another --store."


def open_files(url: str, *, create: bool) -> Files:
    """The files of the store at `url`, made if missing and `create`. Raises StoreError."""
    files = connect(str(url))
    place = f"{files.url}/{DESCRIPTION}"
    try:
        with _used(url):
            text = files.read(DESCRIPTION)
    except UnicodeDecodeError as error:
        raise StoreError("not a store's description", file=place, hint=OTHER) from error
    if text is not None:
        _check_format(text, place)
    elif not create:
        raise StoreError("there is no store here", value=files.url, hint="Check --store; `stagewise run` makes one.")
    if create:
        with _used(url):
            if text is None:
                files.create(DESCRIPTION, json.dumps({"format": FORMAT}) + "\n")
            files.check_writable()
    return files


@contextmanager
def _used(url: str) -> Iterator[None]:
    """What goes wrong before anything is finished: the place is wrong, or not to be had now."""
    try:
        yield
    except StoreError as error:
        raise StoreError(f"the store cannot be used: {reason(error)}", value=str(url), hint=OTHER) from error


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
        lost = getattr(error.__cause__ or error, "name", None)
        hint = install(lost, EVERYWHERE) if lost else f"{error}."
        raise StoreError(lacking(lost) if lost else "needs another package", value=url, hint=hint) from error
    if "file" not in _protocols(system):
        return PatientFiles(RemoteFiles(url, system, root))
    path = Path(root)
    if path.exists() and not path.is_dir():
        raise StoreError("a store is a folder, this is a file", value=url, hint=OTHER)
    return PatientFiles(LocalFiles(path))


def _protocols(system: AbstractFileSystem) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _check_format(text: str, place: str) -> None:
    try:
        found = json.loads(text)["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError("not a store's description", file=place, hint=OTHER) from error
    if found != FORMAT:
        rule = f"the store was made by an incompatible version, its format must be {FORMAT}"
        raise StoreError(rule, file=place, value=found, hint=OTHER)
