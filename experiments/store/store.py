"""The store: finished nodes, the data they were made from, and what each run wrote. Its files: layout.py."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar
from uuid import uuid4

from domains.errors import StageError, StoreError
from domains.example import Example, Split
from domains.examples import lines_of
from domains.frozen import Frozen
from experiments.nodes.record import Failure, Measurement, Record, TrainingRecord, joined
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode
from experiments.store import layout
from experiments.store.failing import reason
from experiments.store.files import Files
from experiments.store.layout import FREED, of_node
from experiments.store.opening import connect, open_files
from experiments.store.progress import Progress
from experiments.store.proving import proven
from experiments.store.weights import weights_digest
from experiments.store.whole import put

Data = TypeVar("Data", bound=Frozen)
log = logging.getLogger(__name__)


class NodeSpec(Frozen):
    """What spec.json holds."""

    node: StageNode
    setup: Setup


@dataclass(frozen=True)
class Store:
    """Safe for several workers at once: each has a folder of its own, and of equal records the first wins."""

    files: Files

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """The store at a path or fsspec URL; with `create`, made if it is missing. Raises StoreError."""
        return cls(open_files(url, create=create))

    @classmethod
    def at(cls, url: str) -> Self:
        """The store at a path or URL, unseen: nothing is read, written or checked but the URL. Raises StoreError."""
        return cls(connect(url))

    @property
    def url(self) -> str:
        """Path or URL, valid from any working directory."""
        return self.files.url

    @property
    def exists(self) -> bool:
        """Whether there is a store, of whatever version."""
        return self.files.exists("store.json")

    def trained(self) -> set[str]:
        """Slugs of all nodes whose weights are there. One listing."""
        return set(self.files.holding("nodes", "record.json"))

    def freed(self) -> set[str]:
        """Slugs of all nodes whose weights were pruned once; they may have been trained again. One listing."""
        return set(self.files.holding("nodes", FREED))

    def measured(self, suite: str) -> set[str]:
        """Slugs of all nodes that a suite has measured. One listing."""
        return set(self.files.holding("nodes", layout.measured(suite)))

    def has_weights(self, node: StageNode) -> bool:
        """Whether one node is trained."""
        return self.files.whole(of_node(node, "record.json"))

    def has(self, node: StageNode, suite: str) -> bool:
        """Whether one node is trained and, where it is to be, measured by a suite."""
        return (not node.measured or self.files.whole(of_node(node, layout.measured(suite)))) and self.has_weights(node)

    def training(self, node: StageNode) -> TrainingRecord:
        """What training a node left, its weights or not. Raises StoreError where there is nothing or it is garbled."""
        found = self._load(of_node(node, "record.json"), TrainingRecord)
        return (
            found
            or self._load(of_node(node, FREED), TrainingRecord)
            or self._found(node, "record.json", TrainingRecord)
        )

    def measurement(self, node: StageNode, suite: str) -> Measurement:
        """What a suite found. Raises StoreError where there is nothing or it is garbled."""
        return self._found(node, layout.measured(suite), Measurement)

    def record(self, node: StageNode, suite: str) -> Record:
        """Both together; of a node that is not to be measured the first. Raises StoreError where one is missing."""
        return joined(self.training(node), self.measurement(node, suite) if node.measured else None)

    def measurements(self, node: StageNode) -> list[Measurement]:
        """All that was measured of a node, by whatever suite; garbled files are left out, with a warning."""
        found = []
        for name in self.files.names(f"nodes/{node.slug}"):
            if name.startswith("measured-"):
                try:
                    text = self.files.read(of_node(node, name))
                    found += [] if text is None else [Measurement.model_validate_json(text)]
                except ValueError:
                    log.warning("%s is not a measurement and counts for nothing", of_node(node, name))
        return found

    def failure(self, node: StageNode, suite: str) -> Failure | None:
        """Why the node's last attempt failed; None if it did not, or has finished since, or was measured otherwise."""
        found = None if self.has(node, suite) else self._load(of_node(node, "error.json"), Failure)
        return found if found is None or found.suite in (None, suite) else None

    def commit(self, node: StageNode, setup: Setup, record: TrainingRecord, folder: Path) -> bool:
        """Keep `folder` as the node's checkpoint and, last of all, its record; whether it was kept.

        If another worker was first, its record stays and this one is dropped. Raises StageError("store") when
        writing fails; nothing half-written is left.
        """
        attempt = f"attempt-{uuid4().hex[:12]}"
        weights = weights_digest(folder)
        text = proven(record.model_copy(update={"checkpoint": attempt, "weights": weights}), "training")
        spec = NodeSpec(node=node, setup=setup).model_dump_json()
        there = self.files.names(f"nodes/{node.slug}")
        before = self._load(of_node(node, FREED), TrainingRecord) if FREED in there else None
        for name in there:
            # Of weights whose record was lost or removed, or of pruned ones that came out otherwise now.
            stale = name.startswith("measured-") and (before is None or before.weights != weights)
            if stale and not self.has_weights(node):
                self._discard(of_node(node, name))
        with self._kept(node, "record.json", attempt):
            self.files.write(of_node(node, "spec.json"), spec)
            self.files.upload(folder, of_node(node, attempt))
        return self._mark(node, "record.json", text, attempt)

    def keep(self, node: StageNode, measurement: Measurement, folder: Path) -> None:
        """Keep `folder` as outputs and, last of all, what was found of them; `outputs` in it name files of `folder`.

        If another worker was first, its measurement stays. Raises StageError: "store" when writing fails (nothing
        half-written is left), "evaluation" when a score is not a number.
        """
        attempt = f"outputs-{uuid4().hex[:12]}"
        new = {file.name for file in folder.iterdir()}
        outputs = {key: f"{attempt}/{name}" if name in new else name for key, name in measurement.outputs.items()}
        text = proven(measurement.model_copy(update={"outputs": outputs}), "evaluation")
        marker = layout.measured(measurement.suite)
        with self._kept(node, marker, attempt):
            self.files.upload(folder, of_node(node, attempt))
        self._mark(node, marker, text, attempt)

    def _mark(self, node: StageNode, marker: str, text: str, attempt: str) -> bool:
        """Create `marker`, whose existence is success of what was uploaded as `attempt`; whether it was ours."""
        with self._kept(node, marker, attempt):
            recorded = put(self.files, of_node(node, marker), text)
        if not recorded:
            self._discard_unless_named(node, marker, attempt)
        for name in ("error.json", "progress.json"):
            self._discard(of_node(node, name))
        return recorded

    @contextmanager
    def _kept(self, node: StageNode, marker: str, attempt: str) -> Iterator[None]:
        """Where what is done inside fails or is interrupted, `attempt` goes, unless `marker` names it all the same."""
        try:
            yield
        except BaseException as error:
            self._discard_unless_named(node, marker, attempt)
            if isinstance(error, Exception):
                raise StageError("store", reason(error)) from error
            raise

    def fail(self, node: StageNode, setup: Setup, suite: str, failure: Failure) -> None:
        """Note why a node failed, unless it is measured. What keeps it from being written must not hide it."""
        with suppress(Exception):
            if not self.has(node, suite):
                self.files.write(of_node(node, "spec.json"), NodeSpec(node=node, setup=setup).model_dump_json())
                mine = failure.model_copy(update={"suite": suite if self.has_weights(node) else None})
                self.files.write(of_node(node, "error.json"), mine.model_dump_json(indent=1))

    @contextmanager
    def checkpoint(self, node: StageNode) -> Iterator[Path]:
        """A local folder with a finished node's weights: read it, do not write to it."""
        record = self._found(node, "record.json", TrainingRecord)
        with self.files.local(of_node(node, record.checkpoint)) as folder:
            yield folder

    @contextmanager
    def outputs(self, node: StageNode, file: str) -> Iterator[Path]:
        """A local copy of one file of outputs, as a measurement names it: read it, do not write to it."""
        folder, _, name = file.rpartition("/")
        with self.files.local(of_node(node, folder)) as place:
            yield place / name

    def shows_weights(self, node: StageNode) -> bool:
        """Whether one node is trained, as far as one try can tell: for heartbeats, which do not wait and ask again."""
        with suppress(Exception):
            return self.files.once.whole(of_node(node, "record.json"))
        return False

    def beat(self, node: StageNode, progress: Progress) -> None:
        """Say how far a node is. Training does not stop where that cannot be written."""
        with suppress(Exception):
            self.files.once.write(of_node(node, "progress.json"), progress.model_dump_json())

    def progress(self, node: StageNode) -> Progress | None:
        """How far a running node is, if it has said so and one try can read it: it is only shown."""
        with suppress(Exception):
            text = self.files.once.read(of_node(node, "progress.json"))
            return None if text is None else Progress.model_validate_json(text)
        return None

    def put_data(self, domain: str, versions: Mapping[Split, str], splits: Mapping[Split, Sequence[Example]]) -> None:
        """Keep a domain's prepared examples under their fingerprints; a second time does nothing. Raises StoreError."""
        for split, version in versions.items():
            name = layout.of_data(domain, split, version)
            if not self.files.exists(name):
                text = b"".join(line + b"\n" for line in lines_of(splits[split])).decode()
                self.files.write(name, text, durable=True)

    def data(self, domain: str, versions: Mapping[Split, str]) -> dict[Split, tuple[Example, ...]]:
        """A domain's prepared examples. Raises StoreError where they are missing or garbled."""
        return {split: self._examples(layout.of_data(domain, split, version)) for split, version in versions.items()}

    def write_run(self, run: str, name: str, text: str) -> None:
        """Write or replace a file of a run's folder. Raises StoreError."""
        self.files.write(f"{run}/{name}", text)

    def read_run(self, run: str, name: str) -> str | None:
        """A file of a run's folder, None where there is none."""
        return self.files.read(f"{run}/{name}")

    def runs(self) -> list[str]:
        """Names of the runs' folders, sorted."""
        return [name for name in self.files.folders() if layout.RUN.fullmatch(name)]

    def _found(self, node: StageNode, name: str, kind: type[Data]) -> Data:
        found = self._load(of_node(node, name), kind)
        if found is None:
            raise StoreError(f"stage {node.slug} has no {name}", file=self.url, hint="Run it first.")
        return found

    def _load(self, name: str, kind: type[Data]) -> Data | None:
        try:
            text = self.files.read(name)
            return None if text is None else kind.model_validate_json(text)
        except ValueError as error:
            if not self.files.whole(name):
                return None
            raise StoreError(
                f"not a {kind.__name__.removesuffix('Record').lower()} record",
                file=f"{self.url}/{name}",
                hint="Remove the file, and the stage runs again.",
            ) from error

    def _examples(self, name: str) -> tuple[Example, ...]:
        place = f"{self.url}/{name}"
        try:
            text = self.files.read(name)
            if text is not None:
                return tuple(Example.model_validate_json(line) for line in text.split("\n") if line)
        except ValueError as error:
            raise StoreError("not examples", file=place, hint="Remove the file and start again.") from error
        raise StoreError("the prepared examples are missing", file=place, hint="Start the run again.")

    def _discard_unless_named(self, node: StageNode, marker: str, attempt: str) -> None:
        # An interrupt may come at any point, so what the marker says decides; in doubt the files stay.
        with suppress(Exception):
            if attempt not in (self.files.read(of_node(node, marker)) or ""):
                self.files.remove(of_node(node, attempt))

    def _discard(self, name: str) -> None:
        # What stays is litter, which `prune` removes.
        with suppress(Exception):
            self.files.remove(name)
