"""What is asked of a model after a stage, and what its answers are worth: the identity of measurements.

A task is what a model is asked; its key decides the recorded outputs. A suite is all tasks of a setup and how they
are marked; its id names a node's measurement. Neither holds the size of a batch: noise belongs to item and position.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from curricula.schema import Evaluation, Inquiry, Metric
from domains.calculator import Form
from domains.decoding import Sampling
from domains.example import Split
from domains.frozen import Frozen, fingerprint
from experiments.nodes.formats import IDENTITY
from experiments.nodes.setup import Setup, SetupDomain

TaskKind = Literal["answers", "references", "samples", "divergence", "formats", "reasoning", "confidence", "calculator"]
NEEDS: dict[Metric, TaskKind] = {
    "nll": "references",
    "reference_entropy": "references",
    "entropy": "samples",
    "kl": "divergence",
}
"""Metric → the task whose outputs it follows from; the primary metric follows from `answers`."""
SAMPLED: tuple[TaskKind, ...] = ("samples", "divergence")
OWN = Sampling(samples=1, temperature=1.0)
"""How a model's own samples are drawn, whatever its answers are: entropy and divergence are those of the policy."""
INQUIRED: Split = "test"
"""The split about whose answers is asked."""
INQUIRY_VERSIONS: dict[Inquiry, int] = {"reasoning": 1, "confidence": 1, "calculator": 1}
"""Of the code in `evaluation/inquiry/` and what it rests on: raised by hand where what is asked about answers, or what
they are held to, may change. tests/experiments/nodes/test_inquiry_identity.py sees every change of that code."""
INQUIRIES: tuple[Inquiry, ...] = tuple(INQUIRY_VERSIONS)
HELD_OUT: tuple[Split, ...] = ("validation", "test")


class Task(Frozen):
    """One thing asked of a model about one split of one domain."""

    kind: TaskKind
    """`answers` to be marked; likelihood of the `references`; own `samples` at temperature 1; `divergence` from the
    base model on the base model's own samples; answers in several `formats` of the prompt; `reasoning` and
    `confidence` of the first answers, and what they are with a `calculator` at hand."""
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
    """Text with which a final answer is forced, of `reasoning`."""
    calculator: Form | None = Field(None, exclude_if=lambda form: form is None)
    """How a calculator is called, of `calculator`."""
    version: int | None = Field(None, exclude_if=lambda version: version is None)
    """Of the code, of what is asked about answers."""

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


class Suite(Frozen):
    """All that is measured of a node."""

    tasks: tuple[Task, ...]
    marking: dict[str, Marking]
    """Domain → how it is marked."""

    @property
    def id(self) -> str:
        """Fingerprint."""
        tasks = sorted((task.domain, task.key) for task in self.tasks)
        return fingerprint([tasks, self.marking])[:16]


def suite_of(setup: Setup) -> Suite:
    """What a setup asks for, domain by domain, validation before test."""
    metrics = tuple(sorted(setup.evaluation.metrics))
    return Suite(
        tasks=tuple(task for name in setup.domains for split in HELD_OUT for task in _tasks(setup, name, split)),
        marking={
            name: Marking(reward=domain.marked, train=domain.data["train"], metrics=metrics)
            for name, domain in setup.domains.items()
        },
    )


def _tasks(setup: Setup, name: str, split: Split) -> list[Task]:
    domain, settings = setup.domains[name], setup.evaluation
    needed = {NEEDS[metric] for metric in settings.metrics}
    asked = [_task("answers", name, split, domain, None if domain.decoding == "greedy" else domain.decoding)]
    if "references" in needed:
        asked.append(Task(kind="references", domain=name, split=split, data=domain.data[split]))
    if split == "test" and settings.formats:
        how = None if domain.decoding == "greedy" else domain.decoding
        formats = _task("formats", name, split, domain, how, settings.formats)
        asked.append(formats.model_copy(update={"forms": IDENTITY}))
    asked += [_task(kind, name, split, domain, OWN, settings.entropy_items) for kind in SAMPLED if kind in needed]
    return asked + (_inquiries(asked[0], domain, settings) if split == INQUIRED else [])


def _inquiries(answers: Task, domain: SetupDomain, settings: Evaluation) -> list[Task]:
    """What is asked about the first answers of a domain; how they were drawn decides what."""
    takes: dict[Inquiry, dict[str, str | None]] = {
        "reasoning": {"final": domain.final},
        "confidence": {},
        "calculator": {"calculator": domain.calculator},
    }
    return [
        answers.model_copy(
            update={"kind": kind, "items": settings.inquiry_items, "version": INQUIRY_VERSIONS[kind], **takes[kind]}
        )
        for kind in INQUIRIES
        if kind in settings.inquiries and None not in takes[kind].values()
    ]


def samples_task(task: Task) -> Task:
    """The base model's own samples, on which a divergence is measured."""
    return task.model_copy(update={"kind": "samples"})


def _task(
    kind: TaskKind, name: str, split: Split, domain: SetupDomain, how: Sampling | None, items: int | None = None
) -> Task:
    return Task(
        kind=kind,
        domain=name,
        split=split,
        data=domain.data[split],
        items=items,
        samples=how.samples if how else None,
        temperature=how.temperature if how else None,
        max_tokens=domain.max_tokens,
        stop=domain.stop,
    )
