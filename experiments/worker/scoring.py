"""What a model said about one domain becomes its score: the same for a node of a run and for a model that was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curricula.schema import Metric
from domains.example import Example
from domains.rewards import Lent, Reward, build_reward
from experiments.evaluation.execution import executed
from experiments.evaluation.formats import marked_formats
from experiments.evaluation.marking import mark
from experiments.evaluation.options import options_read
from experiments.measures.details import details
from experiments.measures.inquiries import Told, marked_of
from experiments.measures.scores import domain_score
from experiments.measures.vendi import EMBEDDED, Embed, by_embeddings
from experiments.nodes.options import OptionsRead
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore
from experiments.nodes.setup import SetupDomain
from experiments.nodes.suite import Task, TaskKind
from experiments.worker.bench import boundary

Said = Mapping[Task, Sequence[Output]]
"""What was asked of one split of one domain → what was said, item by item."""


@dataclass(frozen=True)
class Marker:
    """Marks what is said about one domain, by the reward that is its metric."""

    name: str
    domain: SetupDomain
    reward: Reward

    @classmethod
    def of(cls, name: str, domain: SetupDomain, train: Sequence[Example], lent: Lent) -> Marker:
        """`train`: the examples from which some rewards learn words. Raises StageError("reward")."""
        with boundary("reward"):
            return cls(name, domain, build_reward(domain.primary, train, lent))

    def marks(self, items: Sequence[Example], outputs: Sequence[Output]) -> list[Marked]:
        """One for each output; `items` are all that were asked. Raises StageError("reward")."""
        if not outputs:
            return []
        with boundary("reward"):
            return mark(self.name, self.reward, items, outputs)

    def told(self, task: Task, items: Sequence[Example], outputs: Sequence[Output]) -> Told:
        """What `task` asked about the items' first answers, with the marks of those outputs that have one."""
        return Told(task, tuple(outputs), tuple(self.marks(items, marked_of(outputs))))


@dataclass(frozen=True)
class Scored:
    """A score, and the marks of the answers that it rests on."""

    score: DomainScore
    marks: list[Marked]


def scored(
    marker: Marker,
    items: Sequence[Example],
    said: Said,
    metrics: Sequence[Metric],
    embed: Embed | None = None,
    *,
    detailed: bool = True,
) -> Scored:
    """The score of one split, whose examples are `items`; `detailed`: with what is kept of every answer, and of several
    to an item how far `embed` finds them from each other.

    `said` holds the answers, which are about all items, and whatever `metrics` need, which may be about the first ones.
    What was asked about answers is none of it. Raises StageError("reward").
    """
    asked = {task.kind: items[: task.items] for task in said}
    outputs = {task.kind: rows for task, rows in said.items()}
    marks = marker.marks(items, outputs["answers"])
    own = marker.marks(asked.get("samples", ()), outputs.get("samples", ()))
    score = domain_score(outputs, marks, metrics, [one.parsed is not None for one in own])
    if detailed:
        forms, formatted = outputs.get("formats", ()), asked.get("formats", ())
        with boundary("reward"):
            right = executed(marker.name, marker.domain, marker.reward, items, outputs["answers"], marks)
            formats = marked_formats(marker.name, marker.reward, formatted, forms)
        prompts = [item.prompt for item in items]
        kept = details(outputs, marks, right, formats, prompts, _options(asked, said))
        if embed is not None and kept.samples > 1:
            with boundary("evaluation"):
                varied = by_embeddings([one.text or "" for one in outputs["answers"]], embed, kept.samples)
            kept = kept.model_copy(update={"more": {**kept.more, EMBEDDED: varied}})
        score = score.model_copy(update={"details": kept})
    return Scored(score, marks)


def _options(asked: Mapping[TaskKind, Sequence[Example]], said: Said) -> OptionsRead | None:
    """None where there are no options, or they were not read."""
    task = next((task for task in said if task.kind == "options"), None)
    if task is None or task.options is None:
        return None
    return options_read(asked["options"], said[task], task.options)
