"""TensorBoard: event files in the run's folder in the store, `<run>/tensorboard/<schedule>/<stage>`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from experiments.run.tracking.entry import Entry
from experiments.store import Store


class TensorBoard:
    """A `Tracker`. Files are written here and put into the store as a whole, wherever that is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tell(self, entry: Entry) -> None:
        """See `Tracker`."""
        from tensorboard.summary import Writer

        with tempfile.TemporaryDirectory(prefix="stagewise-") as name:
            writer = Writer(name)
            for step, value in entry.curve:
                writer.add_scalar(entry.measure, value, step)
            for tag, value in entry.values.items():
                writer.add_scalar(tag, value, entry.steps)
            writer.close()
            self._store.files.upload(Path(name), f"{entry.run}/tensorboard/{entry.key}")
