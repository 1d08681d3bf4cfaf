"""What a command opens, and in which order."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import DataError, UserError
from experiments.cli import session as sessions
from experiments.cli.background import Background
from tests.support.commands import TINY, variant


def test_what_is_made_beside_is_had_later_with_its_error() -> None:
    go = threading.Event()
    waiting = Background(lambda: go.wait(10))
    go.set()
    assert waiting.result() is True

    def fail() -> None:
        raise DataError("no such column")

    with pytest.raises(DataError, match="no such column"):
        Background(fail).result()


@pytest.mark.slow
def test_data_are_prepared_while_the_cluster_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = threading.Event()
    prepared = sessions.prepared

    def noting(*given):
        began.set()
        return prepared(*given)

    def cluster(*given):
        assert began.wait(30), "the data wait for the cluster"
        return workers_of(*given)

    workers_of = sessions.workers_of
    monkeypatch.setattr(sessions, "prepared", noting)
    monkeypatch.setattr(sessions, "workers_of", cluster)
    with sessions.session(TINY, str(tmp_path / "store"), None, "inline", None, json=True) as opened:
        assert opened.job.curriculum.name == "tiny"


def test_a_mistake_in_the_data_lets_go_of_the_cluster_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    def wrong(*_: object):
        time.sleep(0.1)
        raise DataError("no such column")

    def cluster(name, resources, address, stack):
        stack.callback(lambda: closed.append(name))

    monkeypatch.setattr(sessions, "prepared", wrong)
    monkeypatch.setattr(sessions, "workers_of", cluster)
    with (
        pytest.raises(DataError, match="no such column"),
        sessions.session(TINY, str(tmp_path / "store"), None, "ray", None, json=True),
    ):
        pass
    assert closed == ["ray"]
    assert not (tmp_path / "store").exists()


@pytest.mark.slow
def test_an_embedder_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    file = variant(tmp_path, ("entropy_items: 8}", "entropy_items: 8, embedder: {id: ./none}}"))
    with pytest.raises(UserError, match=r"tiny\.yaml:\d+: evaluation\.embedder: must be a folder .*, got '\./none'"):
        sessions.known_embedder(load_curriculum(file), file)
