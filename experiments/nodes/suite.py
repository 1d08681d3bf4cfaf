"""What is asked of a model after a stage, and what its answers are worth: the identity of measurements.

A task is what a model is asked; its key decides the recorded outputs. A suite is all tasks of a setup and how they
are marked; its id names a node's measurement. Neither holds the size of a batch: noise belongs to item and position.
Which tasks a setup asks for follows from what is measured: `measures/suite.py`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from curricula.schema import Inquiry, Metric
from domains.calculator import Form
from domains.example import Split
from domains.frozen import Frozen, fingerprint
from domains.options import OptionForm

ModelTask = Literal["answers", "references", "samples", "divergence", "formats", "options"]
"""What is asked of items."""
TaskKind = ModelTask | Inquiry
"""What is asked of items, or about the answers to them."""
HELD_OUT: tuple[Split, ...] = ("validation", "test")


class Task(Frozen):
    """One thing asked of a model about one split of one domain."""

    kind: TaskKind
    """`answers` to be marked; likelihood of the `references`; own `samples` at temperature 1; `divergence` from the
    base model on the base model's own samples; answers in several `formats` of the prompt; likelihood of all
    `options`; `reasoning` and `confidence` of the first answers, what they are with a `calculator` at hand, and after a
    `paraphrase`."""
    domain: str
    split: Split
    data: str
    """Fingerprint of the split's examples."""
    items: int | None = None
    """The first so many items; None: all."""
    samples: int | None = None
    """Completions an item; None: one, greedy."""
    temperature: float | None = None
    """Of the samples; None: greedy."""
    max_tokens: int | None = None
    """Longest completion."""
    stop: tuple[str, ...] = Field((), exclude_if=lambda stop: not stop)
    """Texts at which a completion ends."""
    forms: str | None = Field(None, exclude_if=lambda forms: forms is None)
    """Identity of the set of formats."""
    final: str | None = Field(None, exclude_if=lambda final: final is None)
    """Text with which a final answer is forced, of `reasoning` and `paraphrase`."""
    calculator: Form | None = Field(None, exclude_if=lambda form: form is None)
    """How a calculator is called, of `calculator`."""
    paraphraser: str | None = Field(None, exclude_if=lambda who: who is None)
    """Identity of the endpoint that says reasoning in other words, of `paraphrase`."""
    options: OptionForm | None = Field(None, exclude_if=lambda form: form is None)
    """Where the options stand and how they are said, of `options`."""
    version: int | None = Field(None, exclude_if=lambda version: version is None)
    """Of the code, of `options` and what is asked about answers."""

    @property
    def key(self) -> str:
        """Fingerprint; blind to the domain's name."""
        return fingerprint(self.model_dump(mode="json", exclude={"domain"}))[:16]


class Marking(Frozen):
    """How a domain's answers are marked, and which further metrics it gets."""

    reward: str
    """Identity of the metric's reward."""
    train: str
    """Fingerprint of the training examples, from which some rewards learn words."""
    metrics: tuple[Metric, ...]
    kept: dict[str, int] = Field(default_factory=dict, exclude_if=lambda kept: not kept)
    """Name of a further measure that is kept beside the score → its version."""
    embedder: str | None = Field(None, exclude_if=lambda who: who is None)
    """Identity of the model by whose embeddings answers are compared."""


class Suite(Frozen):
    """All that is measured of a node."""

    tasks: tuple[Task, ...]
    marking: dict[str, Marking]
    """Domain → how it is marked."""

    def answers(self, domain: str, split: Split) -> Task:
        """What asks for the answers that are marked."""
        wanted = ("answers", domain, split)
        return next(task for task in self.tasks if (task.kind, task.domain, task.split) == wanted)

    @property
    def id(self) -> str:
        """Fingerprint."""
        tasks = sorted((task.domain, task.key) for task in self.tasks)
        return fingerprint([tasks, self.marking])[:16]


def samples_task(task: Task) -> Task:
    """The base model's own samples, on which a divergence is measured."""
    return task.model_copy(update={"kind": "samples"})
