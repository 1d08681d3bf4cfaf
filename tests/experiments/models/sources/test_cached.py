"""A model of the hub in this machine's cache: no question where all is there, no minutes where nobody answers."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants

from curricula.schema import PretrainedModel, ScratchModel
from domains.errors import ModelError
from experiments.models.checkpoints import build_model, check_model, lengths_of, save_checkpoint, trained_parameters
from experiments.models.sources import cached

pytestmark = pytest.mark.slow

SMALL = ScratchModel(type="scratch", hidden_size=16, layers=1, heads=2, context=96)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LACKING = ("special_tokens_map.json", "chat_template.jinja")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A cache as the hub's library lays it out, and what its models lack."""
    folder = tmp_path_factory.mktemp("home")
    whole = tmp_path_factory.mktemp("model") / "whole"
    save_checkpoint(*build_model(SMALL, None), whole)

    def put(name, *, without=(), missing=LACKING, listed=False):
        place = folder / "hub" / f"models--me--{name}"
        snapshot = place / "snapshots" / COMMIT
        shutil.copytree(whole, snapshot, ignore=lambda _, names: set(names) & set(without))
        (place / "refs").mkdir()
        (place / "refs" / "main").write_text(COMMIT)
        for one in missing:
            (place / ".no_exist" / COMMIT).mkdir(parents=True, exist_ok=True)
            (place / ".no_exist" / COMMIT / one).touch()
        if listed:
            files = {file.name: {"size": 1, "blob_id": "0" * 40} for file in whole.iterdir()}
            (place / "trees").mkdir()
            (place / "trees" / f"{COMMIT}.json").write_text(json.dumps({"format_version": 1, "files": files}))

    put("known")
    put("listed", missing=(), listed=True)
    put("unsure", missing=())
    put("part", without=("model.safetensors",))
    return folder


@pytest.fixture
def tried(hub: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str | None, str | None, list[object]]]:
    """Everything that is asked of a model, with that cache and a hub where nobody listens: the weights that were found,
    the refusal, and to where connections were tried.
    """
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub / "hub"))
    # Once a process the hub's library asks which other tool runs it, in silence and for three seconds at most.
    nobody = {"standardEnvVars": [], "harnesses": {}}
    monkeypatch.setattr("huggingface_hub.utils._detect_agent._registry", nobody)
    asked: list[object] = []
    connect = socket.socket.connect

    def counted(self: socket.socket, address: object) -> None:
        asked.append(address)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", counted)
    cached._silence.cache_clear()
    cached._tell.cache_clear()

    def tried(name: str, revision: str | None) -> tuple[str | None, str | None, list[object]]:
        asked.clear()
        model = PretrainedModel(type="pretrained", id=name, revision=revision)
        weights = None
        try:
            weights = check_model(model)
            lengths_of(model, weights)
            assert trained_parameters(model, weights) > 0
            build_model(model, weights)
        except ModelError as error:
            return weights, str(error), [*asked]
        return weights, None, [*asked]

    return tried


@pytest.mark.parametrize("name", ["me/known", "me/listed"])
def test_a_commit_that_is_there_whole_is_loaded_without_a_question(tried, name, caplog):
    assert tried(name, COMMIT) == (COMMIT, None, [])
    assert caplog.messages == []


def test_a_silent_hub_is_told_in_one_line_within_seconds(tried, caplog):
    """Where a branch is named, where a file may be lacking, and where one is."""
    began = time.monotonic()
    assert tried("me/known", None) == (COMMIT, None, [("127.0.0.1", 9)] * 2)
    assert tried("me/unsure", COMMIT)[:2] == (COMMIT, None)
    weights, said, _ = tried("me/part", COMMIT)
    assert weights == COMMIT
    assert said.startswith("model.id: cannot be loaded: the hub cannot be reached (")
    assert "and the cache does not hold all of it, got 'me/part'. Where the hub is not reached" in said
    assert "is not in the hub's cache, and the hub cannot be reached (" in tried("me/none", None)[1]
    assert time.monotonic() - began < 60
    assert [line.split("): ")[1].split()[0] for line in caplog.messages] == [
        "me/known",
        "me/unsure",
        "me/part",
        "me/none",
    ]
