"""What a stage is measured by on its way: the first validation items of every domain, as they are asked after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import fmean

from transformers import PreTrainedTokenizerBase

from domains.example import Example
from domains.rewards import Lent
from experiments.evaluation.tasks import Asked, ask
from experiments.measures.suite import suite_of
from experiments.models.checkpoints import LanguageModel
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.prompting import prompt_tokens
from experiments.nodes.course import PointScores
from experiments.nodes.outputs import Output
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Task
from experiments.worker.bench import Bench, boundary
from experiments.worker.scoring import Marker

DIGITS = 6
"""Decimals that are kept."""


@dataclass(frozen=True)
class ValidationItems:
    """See `Examiner`. Answers have the noise that the node's own validation has."""

    bench: Bench
    tokenizer: PreTrainedTokenizerBase
    lent: Lent
    items: int
    _markers: dict[str, Marker] = field(default_factory=dict)

    @property
    def sizes(self) -> dict[str, int]:
        """Domain → UTF-8 bytes of its items' references together; without those that are all empty."""
        each = {name: sum(len(item.answer.encode()) for item in self._items(name)) for name in self._setup.domains}
        return {name: size for name, size in each.items() if size}

    def __call__(self, network: LanguageModel) -> tuple[dict[str, PointScores], int]:
        """Every domain. Raises StageError."""
        model = LocalModel(network, self.tokenizer, self._setup.evaluation.batch)
        found: dict[str, PointScores] = {}
        tokens = 0
        for name in self._setup.domains:
            answers, references = (self._ask(task, model) for task in self._tasks(name))
            found[name] = PointScores(
                scores=tuple(self._marks(name, answers)),
                nats=tuple(round(one.nll or 0.0, DIGITS) for one in references),
            )
            tokens += sum(one.count for one in (*answers, *references)) + self._asked(name, answers, references)
        return found, tokens

    @property
    def _setup(self) -> Setup:
        return self.bench.work.setup

    def _items(self, name: str) -> Sequence[Example]:
        return self.bench.examples(name, "validation")[: self.items]

    def _tasks(self, name: str) -> Iterator[Task]:
        """Answers, then references, which are none where they are empty."""
        answers = suite_of(self._setup).answers(name, "validation")
        yield answers.model_copy(update={"items": self.items})
        read = self.items if name in self.sizes else 0
        yield Task(kind="references", domain=name, split="validation", data=answers.data, items=read)

    def _ask(self, task: Task, model: LocalModel) -> list[Output]:
        items = self._items(task.domain)[: task.items]
        if not items:
            return []
        with boundary("evaluation"):
            return ask(Asked(task, items, self.bench.work.node.seed, lambda: None), model)

    def _marks(self, name: str, answers: Sequence[Output]) -> Iterator[float]:
        """Mean score of each item."""
        if name not in self._markers:
            train = self.bench.examples(name, "train")
            self._markers[name] = Marker.of(name, self._setup.domains[name], train, self.lent)
        marks = self._markers[name].marks(self._items(name), answers)
        for _, group in groupby(marks, key=lambda one: one.item):
            yield round(fmean(one.score for one in group), DIGITS)

    def _asked(self, name: str, answers: Sequence[Output], references: Sequence[Output]) -> int:
        """Tokens of the prompts, once for every answer and reference."""
        items = self._items(name)
        prompts = sum(len(prompt_tokens(self.tokenizer, item)) for item in items)
        return prompts * (len(answers) + len(references)) // len(items)
