"""A job of cheap nodes whose records hold all that a tracker is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from curricula.loader import load_curriculum
from curricula.schema import Resources
from experiments.executors.base import Work
from experiments.nodes.health import Health, RolloutGroups
from experiments.nodes.record import Cost, DomainScore, Record
from experiments.nodes.tree import StageNode
from experiments.run.job import Job, Prepared
from experiments.run.tracking.entry import Entry
from experiments.store import Store
from tests.support.nodes import SETUP, leave, record_of, view_of
from tests.support.paths import ROOT
from tests.support.records import PROVENANCE

TINY = ROOT / "tests" / "support" / "tiny.yaml"
RUN = "tiny-00000000"


def job_of(store: Store, tracking: Sequence[Any] = ()) -> Job:
    """tiny.yaml's job with these trackers."""
    curriculum = load_curriculum(TINY).model_copy(update={"resources": Resources(tracking=tuple(tracking))})
    return Job(Prepared(curriculum, SETUP, {}), view_of(store), RUN)


def full_record(node: StageNode) -> Record:
    """Of a stage by GRPO that had 120 steps, was ended after 100, and logged every third."""
    return record_of(node).model_copy(
        update={
            "scores": {
                "validation": {name: DomainScore(items=(1.0, 0.5), kl=0.25) for name in ("sorting", "stories")},
                "test": {"sorting": DomainScore(items=(0.0,)), "stories": DomainScore(items=(0.0,))},
            },
            "reward_curve": tuple(at / 34 for at in range(34)) if node.stage else (),
            "health": Health(
                groups={"sorting": RolloutGroups(count=4, wrong=1, right=0, alike=0)},
                completion_tokens=3.0,
                truncated=0.5,
            ),
            "cost": Cost(steps=100 if node.stage else 0, tokens=9),
            "provenance": PROVENANCE,
        }
    )


def full(work: Work) -> None:
    """A `run_node` that leaves such a record."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        leave(Store.open(work.store), work.node, work.setup, full_record(work.node), Path(folder))


class Kept:
    """A tracker that keeps what it is told; it fails at those whose key holds `deaf`."""

    def __init__(self, deaf: str | None = None) -> None:
        self.entries: list[Entry] = []
        self.deaf = deaf

    def tell(self, entry: Entry) -> None:
        """See `Tracker`."""
        if self.deaf is not None and self.deaf in entry.key:
            raise ConnectionError("nobody\nis there")
        self.entries.append(entry)
