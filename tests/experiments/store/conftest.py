"""Stores and weights that tests of the store share."""

from __future__ import annotations

import os

import pytest

from experiments.store import Store
from tests.support.disk import SYNC


@pytest.fixture(autouse=True)
def waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", SYNC)


@pytest.fixture(params=["folder", "file", "memory"])
def store(request, tmp_path):
    """The same behaviour in a folder and at a URL."""
    if request.param == "folder":
        return Store.open(str(tmp_path / "store"))
    if request.param == "file":
        return Store.open(f"file://{tmp_path}/store")
    return Store.open(f"memory://{tmp_path.name}/store")


@pytest.fixture
def weights(tmp_path):
    folder = tmp_path / "weights"
    (folder / "deep").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"\x00\x01")
    (folder / "deep" / "config.json").write_text("{}")
    return folder
