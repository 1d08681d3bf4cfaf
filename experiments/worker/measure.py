"""The second half of a node: what its weights can do. What was asked before is not asked again, only marked again."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from domains.endpoints import Chat
from domains.example import Example, Split
from domains.frozen import Frozen
from domains.rewards import Lent
from experiments.evaluation.inquiry.asking import inquire
from experiments.evaluation.tasks import Asked, Base, ask
from experiments.measures.inquiries import INQUIRIES, first_answers, inquired
from experiments.measures.vendi import Embed
from experiments.nodes.outputs import Output, read_rows, write_rows
from experiments.nodes.provenance import provenance
from experiments.nodes.record import DomainScore, Measurement
from experiments.nodes.suite import HELD_OUT, Suite, Task, samples_task
from experiments.nodes.tree import StageNode, base_node
from experiments.worker.bench import Bench, boundary
from experiments.worker.lending import lend, lend_embedder
from experiments.worker.node_models import NodeModels
from experiments.worker.scoring import Marker, scored
from experiments.worker.train import Model

log = logging.getLogger(__name__)


def measure(bench: Bench, suite: Suite, trained: Model | None) -> None:
    """Ask what is missing, mark all of it, and keep it. `trained` is the model where it is at hand.

    Raises StageError.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stagewise-") as name:
        lent = lend(bench.store, bench.work.resources.gpus)
        found = _Measuring(bench, suite, Path(name), NodeModels(bench, trained), lent)
        scores = {split: {domain: found.score(domain, split) for domain in suite.marking} for split in HELD_OUT}
        measurement = Measurement(
            node=bench.work.node.id,
            suite=suite.id,
            scores=scores,
            outputs=found.files,
            asked=lent.tally.bill,
            seconds=time.monotonic() - started,
            provenance=provenance(),
        )
        with boundary("store"):
            bench.store.keep(bench.work.node, measurement, Path(name))


@dataclass(frozen=True)
class _Measuring:
    """One node under one suite: what was recorded of it is taken from there, and the rest is asked."""

    bench: Bench
    suite: Suite
    folder: Path
    """Where what is new is put before the store keeps it."""
    models: NodeModels
    lent: Lent
    files: dict[str, str] = field(default_factory=dict)
    """Key of a task, or name of marks → file, relative to the node's folder."""
    _markers: dict[str, Marker] = field(default_factory=dict)

    def score(self, domain: str, split: Split) -> DomainScore:
        """All metrics of one domain on one split."""
        tasks = [task for task in self.suite.tasks if task.domain == domain and task.split == split]
        said = {task: self._outputs(task) for task in tasks if task.kind not in INQUIRIES}
        items, metrics = self.bench.examples(domain, split), self.suite.marking[domain].metrics
        embed, detailed = (self._embed, True) if split == "test" else (None, False)
        found = scored(self._marker(domain), items, said, metrics, embed, detailed=detailed)
        self._write(f"{domain}-{split}-marks", found.marks)
        answers = [row.text or "" for task, rows in said.items() if task.kind == "answers" for row in rows]
        return self._inquired(found.score, answers, [task for task in tasks if task.kind in INQUIRIES])

    def _inquired(self, score: DomainScore, answers: Sequence[str], tasks: Sequence[Task]) -> DomainScore:
        """With what is asked about the first answers; the base model reads their reasoning."""
        if not tasks or score.details is None:
            return score
        told = []
        for task in tasks:
            items, first = self._items(task), first_answers(score.details, answers, task.items)
            rows = self._outputs(task, partial(self._ask_about, task, items, first))
            told.append(self._marker(task.domain).told(task, items, rows))
        return score.model_copy(update={"details": inquired(score.details, first, told)})

    def _ask_about(self, task: Task, items: Sequence[Example], answers: Sequence[str]) -> list[Output]:
        work, models = self.bench.work, self.models
        rewords = work.setup.evaluation.paraphraser
        chat = None if rewords is None else Chat(rewords, self.lent.answers, self.lent.tally)
        return inquire(task, models.own, models.reader, items, answers, work.node.seed, chat)

    def _outputs(self, task: Task, asks: Callable[[], list[Output]] | None = None) -> list[Output]:
        """As they were recorded, else asked now: by `asks`, or as what the task's kind says."""
        if (file := self._earlier.get(task.key)) and (kept := self._read(self.bench.work.node, file)) is not None:
            self.files[task.key] = file
            return kept
        with boundary("evaluation"):
            asked = Asked(task, self._items(task), self.bench.work.node.seed, lambda: self._base(task))
            rows = asks() if asks else ask(asked, self.models.own)
        self._write(task.key, rows)
        return rows

    def _write(self, name: str, rows: Sequence[Frozen]) -> None:
        self.files[name] = f"{name}.jsonl.gz"
        write_rows(self.folder / self.files[name], rows)

    def _read(self, node: StageNode, file: str) -> list[Output] | None:
        """Outputs as they were recorded; None, and a warning, where the file is lost or damaged.

        Raises StageError where the store does not answer: to ask a model again may take hours and money.
        """
        with boundary("store"), self.bench.store.outputs(node, file) as place:
            try:
                return read_rows(place, Output)
            except (FileNotFoundError, ValueError) as error:
                why = " ".join(str(error).split())[:200]
                log.warning("%s: what was recorded in %s cannot be read and is asked again: %s", node.slug, file, why)
                return None

    def _marker(self, domain: str) -> Marker:
        if domain not in self._markers:
            spec, train = self.bench.work.setup.domains[domain], self.bench.examples(domain, "train")
            self._markers[domain] = Marker.of(domain, spec, train, self.lent)
        return self._markers[domain]

    def _items(self, task: Task) -> tuple[Example, ...]:
        return self.bench.examples(task.domain, task.split)[: task.items]

    @cached_property
    def _embed(self) -> Embed | None:
        work = self.bench.work
        return lend_embedder(work.setup.evaluation.embedder, work.resources.gpus)

    @cached_property
    def _earlier(self) -> dict[str, str]:
        """Task key → file of outputs that any suite has left."""
        return self._recorded(self.bench.work.node)

    @cached_property
    def _base_earlier(self) -> dict[str, str]:
        return self._recorded(base_node(self.bench.work.setup))

    def _recorded(self, node: StageNode) -> dict[str, str]:
        with boundary("store"):
            return {key: file for one in self.bench.store.measurements(node) for key, file in one.outputs.items()}

    def _base(self, task: Task) -> Base | None:
        """The base model with its own samples: as they were recorded, else made anew, which gives the same."""
        if self.bench.work.node.parent is None:
            return None
        wanted = samples_task(task)
        file = self._base_earlier.get(wanted.key)
        if file and (kept := self._read(base_node(self.bench.work.setup), file)) is not None:
            return Base(self.models.base, kept)
        return Base(self.models.base, ask(Asked(wanted, self._items(task), None, lambda: None), self.models.base))
