"""A stage's work in progress: to the store while it trains, and from there where it was begun before."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from curricula.schema import Resources
from curricula.stage import Stage
from domains.endpoints import Bill, Tally
from experiments.models.checkpoints import device_for
from experiments.nodes.provenance import provenance
from experiments.store.halfway import halfway, keep_halfway
from experiments.training.ranks import everyone, first, from_first, processes
from experiments.training.saving import Saving
from experiments.worker.bench import Bench, boundary

BILL = "asked.json"

log = logging.getLogger(__name__)


@contextmanager
def in_progress(bench: Bench, stage: Stage, asked: Tally) -> Iterator[tuple[Saving, Bill]]:
    """Where the stage goes on, and what its rewards had asked by then. `asked` is what they ask from now on, of
    several processes each for itself. What there is, the first of these looks up: all go on from the same.

    Training does not stop where its progress cannot be kept: that is a warning, and the last that was kept stays.
    """
    store, node = bench.store, bench.work.node
    made = _made_with(bench.work.resources)
    with boundary("store"), ExitStack() as open_places:
        found = from_first(lambda: open_places.enter_context(halfway(store, node, made)))
        before = _bill(found)

        def keep(folder: Path) -> None:
            asked_now = sum(everyone(asked.bill), before)
            if not first():
                return
            (folder / BILL).write_text(asked_now.model_dump_json(), encoding="utf-8")
            try:
                keep_halfway(store, node, folder, made)
            except Exception as error:
                log.warning("stage %s goes on without its progress being kept: %s", node.slug, error)

        yield Saving(keep, stage.training.checkpoint_every, found), before


def _bill(found: Path | None) -> Bill:
    return Bill() if found is None else Bill.model_validate_json((found / BILL).read_text("utf-8"))


def _made_with(resources: Resources) -> dict[str, str]:
    """What must be the same where work in progress is taken up: half a stage by other software is no stage's result."""
    here = provenance()
    ours = {
        "stagewise": f"{here.stagewise} {here.commit}",
        "python": here.python,
        "device": device_for(resources.gpus).type,
    }
    # Each process has random numbers of its own, and perhaps its own part of the model.
    shared = {"processes": str(processes())} if processes() > 1 else {}
    shared |= {"sharding": resources.sharding} if shared and resources.sharding != "none" else {}
    return {**here.packages, **ours, **shared}
