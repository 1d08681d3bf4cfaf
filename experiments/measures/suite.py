"""What a setup asks of a model after a stage: it follows from what is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from curricula.schema import Evaluation
from domains.decoding import Sampling
from domains.example import Split
from experiments.measures.inquiries import INQUIRIES
from experiments.measures.scores import METRICS
from experiments.measures.table import OF_OUTPUTS
from experiments.nodes.formats import IDENTITY
from experiments.nodes.setup import Setup, SetupDomain
from experiments.nodes.suite import HELD_OUT, Marking, Suite, Task, TaskKind

OWN = Sampling(samples=1, temperature=1.0)
"""How a model's own samples are drawn, whatever its answers are: entropy and divergence are those of the policy."""
OPTIONS = 1
"""Version of the code that reads options (evaluation/options.py, domains/options.py): raised by hand where what is read
may change. tests/experiments/nodes/test_inquiry_identity.py sees every change of it."""
INQUIRED: Split = "test"
"""The split about whose answers is asked."""


def suite_of(setup: Setup) -> Suite:
    """What a setup asks for, domain by domain, validation before test."""
    metrics = tuple(sorted(setup.evaluation.metrics))
    who = setup.evaluation.embedder
    kept = {name: one.version for name, one in OF_OUTPUTS.items() if one.field is None}
    return Suite(
        tasks=tuple(task for name in setup.domains for split in HELD_OUT for task in _tasks(setup, name, split)),
        marking={
            name: Marking(
                reward=domain.marked,
                train=domain.data["train"],
                metrics=metrics,
                kept=kept,
                embedder=None if who is None else who.identity,
            )
            for name, domain in setup.domains.items()
        },
    )


def _tasks(setup: Setup, name: str, split: Split) -> list[Task]:
    domain, settings = setup.domains[name], setup.evaluation
    needed = {METRICS[metric].needs for metric in settings.metrics}
    asked = [_task("answers", name, split, domain, None if domain.decoding == "greedy" else domain.decoding)]
    asked += [of(kind, name, split, domain, settings) for kind, of in ASKED.items() if kind in needed]
    if split == "test" and settings.formats:
        how = None if domain.decoding == "greedy" else domain.decoding
        formats = _task("formats", name, split, domain, how, settings.formats)
        asked.append(formats.model_copy(update={"forms": IDENTITY}))
    if split == "test" and domain.options:
        options = _read("options", name, split, domain, settings)
        asked.append(options.model_copy(update={"options": domain.options, "version": OPTIONS}))
    return asked + (_inquiries(asked[0], domain, settings) if split == INQUIRED else [])


def _inquiries(answers: Task, domain: SetupDomain, settings: Evaluation) -> list[Task]:
    """What is asked about the first answers of a domain; how they were drawn decides what."""
    takes = {kind: inquiry.takes(domain, settings) for kind, inquiry in INQUIRIES.items()}
    return [
        answers.model_copy(
            update={"kind": kind, "items": settings.inquiry_items, "version": inquiry.version, **takes[kind]}
        )
        for kind, inquiry in INQUIRIES.items()
        if kind in settings.inquiries and None not in takes[kind].values()
    ]


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


def _read(kind: TaskKind, name: str, split: Split, domain: SetupDomain, _: Evaluation) -> Task:
    """About all items, which are read rather than answered."""
    return Task(kind=kind, domain=name, split=split, data=domain.data[split])


def _sampled(kind: TaskKind, name: str, split: Split, domain: SetupDomain, settings: Evaluation) -> Task:
    """About the first items, with own samples."""
    return _task(kind, name, split, domain, OWN, settings.entropy_items)


ASKED: Mapping[TaskKind, Callable[[TaskKind, str, Split, SetupDomain, Evaluation], Task]] = {
    "references": _read,
    "samples": _sampled,
    "divergence": _sampled,
}
"""How that is asked which is asked only where a metric needs it."""
