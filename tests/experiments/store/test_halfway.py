"""A stage's work in progress in the store: one at a time, whole or not at all, gone when the node is finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from domains.errors import StoreError
from experiments.nodes.tree import base_node
from experiments.store import Store
from experiments.store.halfway import forget_halfway, halfway, halfway_litter, keep_halfway
from experiments.store.layout import of_node
from tests.support.nodes import SETUP

NODE = base_node(SETUP)
MADE = {"torch": "2", "device": "cpu"}


def held(store: Store) -> dict[str, bytes] | None:
    with halfway(store, NODE, MADE) as folder:
        return folder and {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_last_one_is_there_until_it_is_forgotten(store: Store, weights: Path) -> None:
    assert held(store) is None
    keep_halfway(store, NODE, weights, MADE)
    first = halfway_litter(store, NODE.slug)
    (weights / "model.safetensors").write_bytes(b"\x02")
    keep_halfway(store, NODE, weights, MADE)
    assert held(store) == {"model.safetensors": b"\x02", "config.json": b"{}"}
    second = halfway_litter(store, NODE.slug)
    assert len(first) == len(second) == 2
    assert first != second
    forget_halfway(store, NODE)
    assert held(store) is None
    assert halfway_litter(store, NODE.slug) == []


def test_what_is_garbled_missing_or_made_otherwise_is_not_there(store: Store, weights: Path) -> None:
    keep_halfway(store, NODE, weights, MADE)
    with halfway(store, NODE, {**MADE, "torch": "3"}) as other:
        assert other is None
    (folder, marker) = halfway_litter(store, NODE.slug)
    store.files.write(f"{folder}/deep/config.json", "{]")
    assert held(store) is None
    store.files.write(f"{folder}/deep/config.json", "{}")
    assert held(store) is not None
    store.files.remove(f"{folder}/model.safetensors")
    assert held(store) is None
    store.files.remove(folder)
    assert held(store) is None
    store.files.write(marker, '{"folder": ')
    assert held(store) is None


def test_one_that_cannot_be_written_leaves_the_one_before(
    store: Store, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_halfway(store, NODE, weights, MADE)
    before = held(store)
    (weights / "model.safetensors").write_bytes(b"\x09")

    def full(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(type(store.files.once), "write", full)
        with pytest.raises(StoreError):
            keep_halfway(store, NODE, weights, MADE)
    assert held(store) == before
    assert len(halfway_litter(store, NODE.slug)) == 2


def test_one_that_was_killed_while_it_was_written_is_ignored_and_goes_with_the_next(
    store: Store, weights: Path
) -> None:
    keep_halfway(store, NODE, weights, MADE)
    before = held(store)
    store.files.upload(weights / "deep", of_node(NODE, "halfway-of-somebody"))
    assert held(store) == before
    keep_halfway(store, NODE, weights, MADE)
    assert len(halfway_litter(store, NODE.slug)) == 2
