"""The second half of a node: what its weights can do. What was asked before is not asked again, only marked again."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from domains.example import Example
from domains.rewards import Reward, build_reward
from experiments.evaluation.execution import executed
from experiments.evaluation.formats import marked_formats
from experiments.evaluation.inquiry.asking import answers_of, inquire
from experiments.evaluation.marking import mark
from experiments.evaluation.tasks import Asked, Base, ask
from experiments.measures.details import details, inquired
from experiments.measures.scores import domain_score
from experiments.models.checkpoints import device_for, load_checkpoint
from experiments.models.subjects.local import LocalModel
from experiments.nodes.details import Details
from experiments.nodes.outputs import Marked, Output, read_rows, write_rows
from experiments.nodes.provenance import provenance
from experiments.nodes.record import DomainScore, Measurement
from experiments.nodes.suite import HELD_OUT, INQUIRIES, Suite, Task, TaskKind, samples_task
from experiments.nodes.tree import StageNode, base_node
from experiments.worker.bench import Bench, boundary
from experiments.worker.lending import lend
from experiments.worker.train import Model

log = logging.getLogger(__name__)


def measure(bench: Bench, suite: Suite, trained: Model | None) -> None:
    """Ask what is missing, mark all of it, and keep it. `trained` is the model where it is at hand.

    Raises StageError.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stagewise-") as name:
        found = _Measuring(bench, suite, Path(name), trained)
        scores = {split: {domain: found.score(domain, split) for domain in suite.marking} for split in HELD_OUT}
        measurement = Measurement(
            node=bench.work.node.id,
            suite=suite.id,
            scores=scores,
            outputs=found.files,
            asked=found.lent.tally.bill,
            seconds=time.monotonic() - started,
            provenance=provenance(),
        )
        with boundary("store"):
            bench.store.keep(bench.work.node, measurement, Path(name))


@dataclass
class _Measuring:
    """One node under one suite; the model is loaded when something has to be asked of it."""

    bench: Bench
    suite: Suite
    folder: Path
    trained: Model | None

    def __post_init__(self) -> None:
        self.files: dict[str, str] = {}
        self._rewards: dict[str, Reward] = {}
        self.lent = lend(self.bench.work, self.bench.store)

    def score(self, domain: str, split: str) -> DomainScore:
        """All metrics of one domain on one split."""
        marking = self.suite.marking[domain]
        tasks = [task for task in self.suite.tasks if task.domain == domain and task.split == split]
        outputs: dict[TaskKind, list[Output]] = {
            task.kind: self._outputs(task) for task in tasks if task.kind not in INQUIRIES
        }
        answers = next(task for task in tasks if task.kind == "answers")
        marks = self._marks(answers, outputs["answers"])
        formed = [one.parsed is not None for one in self._marked(answers, outputs.get("samples", ()))]
        kept = self._details(answers, outputs, marks) if split == "test" else None
        if kept is not None:
            kept = self._inquired(kept, outputs["answers"], [task for task in tasks if task.kind in INQUIRIES])
        return domain_score(outputs, marks, marking.metrics, formed).model_copy(update={"details": kept})

    def _details(self, task: Task, outputs: Mapping[TaskKind, list[Output]], marks: list[Marked]) -> Details:
        domain, said = task.domain, outputs["answers"]
        with boundary("reward"):
            asked = self.bench.work.setup.domains[domain]
            right = executed(domain, asked, self._reward(domain), self._items(task), said, marks)
            forms = outputs.get("formats", [])
            asked_in = self.bench.examples(domain, task.split)[: len({one.item for one in forms})]
            formats = marked_formats(domain, self._reward(domain), asked_in, forms)
        return details(said, marks, outputs.get("references", ()), right, formats)

    def _inquired(self, kept: Details, answers: Sequence[Output], tasks: Sequence[Task]) -> Details:
        """With what is asked about the first answers; the base model reads their reasoning."""
        if not tasks:
            return kept
        items, seed = self._items(tasks[0]), self.bench.work.node.seed
        texts = [one.text or "" for one in answers[:: kept.samples][: len(items)]]
        rows = [
            self._outputs(task, lambda task=task: inquire(task, self._model, self._reader, items, texts, seed))  # type: ignore[misc]
            for task in tasks
        ]
        marks = [mark for each in rows for mark in self._marked(tasks[0], answers_of(each))]
        return inquired(kept, texts, tasks, [row for each in rows for row in each], marks)

    def _outputs(self, task: Task, asks: Callable[[], list[Output]] | None = None) -> list[Output]:
        """As they were recorded, else asked now: by `asks`, or as what the task's kind says."""
        if (file := self._earlier.get(task.key)) and (kept := self._read(self.bench.work.node, file)) is not None:
            self.files[task.key] = file
            return kept
        with boundary("evaluation"):
            asked = Asked(task, self._items(task), self.bench.work.node.seed, lambda: self._base(task))
            rows = asks() if asks else ask(asked, self._model)
        self.files[task.key] = f"{task.key}.jsonl.gz"
        write_rows(self.folder / self.files[task.key], rows)
        return rows

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

    def _marks(self, task: Task, outputs: Sequence[Output]) -> list[Marked]:
        marks = self._marked(task, outputs)
        name = f"{task.domain}-{task.split}-marks"
        self.files[name] = f"{name}.jsonl.gz"
        write_rows(self.folder / self.files[name], marks)
        return marks

    def _marked(self, task: Task, outputs: Sequence[Output]) -> list[Marked]:
        """Marks of outputs on the first of the task's items, as many as there are."""
        if not outputs:
            return []
        asked = {output.item for output in outputs}
        items = [item for item in self._items(task) if item.id in asked]
        with boundary("reward"):
            return mark(task.domain, self._reward(task.domain), items, outputs)

    def _reward(self, domain: str) -> Reward:
        if domain not in self._rewards:
            spec = self.bench.work.setup.domains[domain].primary
            self._rewards[domain] = build_reward(spec, self.bench.examples(domain, "train"), self.lent)
        return self._rewards[domain]

    def _items(self, task: Task) -> tuple[Example, ...]:
        return self.bench.examples(task.domain, task.split)[: task.items]

    @cached_property
    def _earlier(self) -> dict[str, str]:
        """Task key → file of outputs that any suite has left."""
        return self._recorded(self.bench.work.node)

    @cached_property
    def _base_earlier(self) -> dict[str, str]:
        return self._recorded(self._base_node)

    @cached_property
    def _model(self) -> LocalModel:
        return self._local(self.trained) if self.trained else self._loaded(self.bench.work.node)

    @cached_property
    def _base_node(self) -> StageNode:
        return base_node(self.bench.work.setup)

    @cached_property
    def _base_model(self) -> LocalModel:
        return self._loaded(self._base_node)

    @property
    def _reader(self) -> LocalModel:
        return self._model if self.bench.work.node.parent is None else self._base_model

    def _base(self, task: Task) -> Base | None:
        """The base model with its own samples: as they were recorded, else made anew, which gives the same."""
        if self.bench.work.node.parent is None:
            return None
        wanted = samples_task(task)
        file = self._base_earlier.get(wanted.key)
        if file and (kept := self._read(self._base_node, file)) is not None:
            return Base(self._base_model, kept)
        asked = Asked(wanted, self._items(task), None, lambda: None)
        return Base(self._base_model, ask(asked, self._base_model))

    def _recorded(self, node: StageNode) -> dict[str, str]:
        with boundary("store"):
            return {key: file for one in self.bench.store.measurements(node) for key, file in one.outputs.items()}

    def _loaded(self, node: StageNode) -> LocalModel:
        with boundary("model"), self.bench.store.checkpoint(node) as place:
            return self._local(self._checkpoint(place))

    def _checkpoint(self, place: Path) -> Model:
        setup = self.bench.work.setup
        return load_checkpoint(setup.model, place, setup.weights, trainable=False)

    def _local(self, model: Model) -> LocalModel:
        work = self.bench.work
        network, tokenizer = model
        return LocalModel(network.to(device_for(work.resources.gpus)).eval(), tokenizer, work.setup.evaluation.batch)
