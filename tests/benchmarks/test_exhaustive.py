"""The sharing benchmark with stages that train nothing: what it counts, and that it notices a difference."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest

from benchmarks import exhaustive
from curricula.loader import load_curriculum
from experiments.nodes.record import DomainScore
from experiments.nodes.suite import HELD_OUT
from experiments.run.job import Prepared, job_at
from experiments.store import Store
from tests.support.nodes import leave
from tests.support.records import recorded, setup_of

pytestmark = pytest.mark.slow

CALLS: list[str] = []


def by_path(work):
    """Scores that follow from the path, different for every order."""
    CALLS.append(work.node.id)
    commit(work, "-".join(work.node.path))


def by_luck(work):
    """Scores that differ each time."""
    CALLS.append(work.node.id)
    commit(work, str(len(CALLS)))


def commit(work, text):
    def score(name):
        return DomainScore(items=tuple(byte / 255 for byte in hashlib.sha256(f"{text} {name}".encode()).digest()[:6]))

    record = recorded(work.node, {split: {name: score(name) for name in work.setup.domains} for split in HELD_OUT})
    with tempfile.TemporaryDirectory() as folder:
        leave(Store.open(work.store), work.node, work.setup, record, Path(folder))


@pytest.fixture
def prepared(monkeypatch):
    """Three of the benchmark's domains, without their data."""
    CALLS.clear()
    monkeypatch.setattr(exhaustive, "open_job", job_at)
    curriculum = exhaustive.smaller(load_curriculum(exhaustive.FILE), 3, 2)
    return Prepared(curriculum, setup_of(curriculum), {})


def test_what_is_shared_is_counted_once_and_changes_nothing(prepared, monkeypatch, tmp_path):
    monkeypatch.setattr(exhaustive, "run_node", by_path)
    found = exhaustive.measure(prepared, tmp_path)
    assert (found["orders"], found["unshared"]["stage_runs"], found["shared"]["stage_runs"]) == (6, 18, 15)
    assert found["shared"]["fewer_runs"] == 1.2
    assert found["identical"] is True
    pruned = found["pruned"]
    assert pruned["finished"] + pruned["cut_short"] == 6
    assert pruned["same_best"] is True
    assert len(CALLS) == 1 + 18 + 15 + pruned["stage_runs"]


def test_a_stage_that_scores_differently_the_second_time_is_noticed(prepared, monkeypatch, tmp_path):
    monkeypatch.setattr(exhaustive, "run_node", by_luck)
    with pytest.raises(RuntimeError, match="different scores"):
        exhaustive.measure(prepared, tmp_path)
