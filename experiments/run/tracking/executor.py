"""An executor whose finished stages are told to trackers: no phase and no worker knows of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from io import StringIO

from experiments.executors.base import Executor, Feed, Observer, Outcome, State
from experiments.nodes.tree import StageNode, StageTree
from experiments.run.job import Job
from experiments.run.tracking.entry import Entry, entry_of
from experiments.run.tracking.trackers import TRACKERS, Tracker

FILE = "tracked.json"
"""In the run's folder: tracker → keys of the entries that it has, so that a run that goes on tells none twice."""
SEARCH = "search"
"""The group of stages that no schedule's name is known for: those of a search's trials."""


class Tracked:
    """See `Executor`. Each tracker that fails is said in one line and left out from then on: no result hangs on it."""

    def __init__(self, inner: Executor, job: Job, trackers: Mapping[str, Tracker], say: Callable[[str], None]) -> None:
        self._inner, self._job, self._say = inner, job, say
        self._trackers = dict(trackers)
        self._told = _read(job)

    @property
    def slots(self) -> int:
        """See `Executor`."""
        return self._inner.slots

    def run(self, tree: StageTree, watch: Observer, feed: Feed | None = None) -> Outcome:
        """See `Executor`."""

        def observe(node: StageNode, state: State) -> None:
            watch(node, state)
            if state == "done":
                self._tell(node, tree.names.get(node.id, (SEARCH,)))

        return self._inner.run(tree, observe, feed)

    def close(self) -> None:
        """See `Executor`."""
        self._inner.close()

    def _tell(self, node: StageNode, groups: tuple[str, ...]) -> None:
        for name, tracker in list(self._trackers.items()):
            try:
                for entry in self._new(name, node, groups):
                    # They greet, and standard output is what was asked for.
                    with redirect_stdout(StringIO()):
                        tracker.tell(entry)
                    self._keep(name, entry)
            except Exception as error:
                del self._trackers[name]
                why = " ".join(str(error).split())[:200]
                self._say(
                    f"warning: {name} is not told of further stages ({type(error).__name__}: {why}). "
                    "The run goes on; once this is mended, the same command tells it of all stages."
                )

    def _new(self, name: str, node: StageNode, groups: tuple[str, ...]) -> Iterator[Entry]:
        """What the tracker does not have of a node yet, a schedule each."""
        missing = [group for group in groups if f"{group}/{node.slug}" not in self._told.get(name, ())]
        if missing:
            record = self._job.view.record(node)
            yield from (entry_of(self._job, group, node, record) for group in missing)

    def _keep(self, name: str, entry: Entry) -> None:
        self._told.setdefault(name, {})[entry.key] = None
        text = json.dumps({tracker: list(keys) for tracker, keys in self._told.items()})
        self._job.store.write_run(self._job.run, FILE, text)


def tracked(inner: Executor, job: Job, say: Callable[[str], None]) -> Executor:
    """`inner`, whose finished stages are told to the curriculum's trackers; where it names none, `inner` itself."""
    names = job.curriculum.resources.tracking
    return Tracked(inner, job, {name: TRACKERS[name](job.store) for name in names}, say) if names else inner


def _read(job: Job) -> dict[str, dict[str, None]]:
    with suppress(ValueError, AttributeError):
        found = json.loads(job.store.read_run(job.run, FILE) or "{}")
        return {tracker: dict.fromkeys(keys) for tracker, keys in found.items()}
    return {}
