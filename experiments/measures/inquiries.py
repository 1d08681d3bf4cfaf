"""What may be asked about answers, and what is kept of it: a record of its own, a field of `Details`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domains.frozen import Frozen
from experiments.measures.beliefs import TOLD, believed
from experiments.measures.calculator import calculated
from experiments.measures.reasoning import READ, reasoned
from experiments.nodes.details import Details
from experiments.nodes.examined import Access
from experiments.nodes.outputs import Arm, Marked, Output
from experiments.nodes.setup import SetupDomain
from experiments.nodes.suite import Task


@dataclass(frozen=True)
class Told:
    """What one task asked about the first answers of its items, item by item."""

    task: Task
    outputs: tuple[Output, ...] = ()
    """Empty where it could not be asked."""
    marks: tuple[Marked, ...] = ()
    """Those of the outputs that are marked (`marked_of`), in their order."""


@dataclass(frozen=True)
class Inquiring:
    """One kind of inquiry: who can be asked, and what is kept of it."""

    version: int
    """Of the code in `evaluation/inquiry/` and what it rests on: raised by hand where what is asked about answers, or
    what they are held to, may change. tests/experiments/nodes/test_inquiry_identity.py sees every change of it."""
    field: str
    """Of `Details`, which keeps it."""
    of: Callable[[Told, Sequence[str], Sequence[float]], Frozen | None]
    """From what was told, the answers that it is about and their scores; None where nothing is known."""
    takes: Callable[[SetupDomain], dict[str, str | None]] = lambda _: {}
    """Fields of the task that a domain must have: where one is None, nothing is asked about it."""
    access: Access = "logits"
    """What one must be able to do with the model: anything may be asked of one that is here."""
    unmarked: tuple[Arm, ...] = ()
    """What was read, or said about answers: it has no score."""
    reads: bool = False
    """Whether another model reads the answers, the same for all that are compared."""


def _reasoned(told: Told, answers: Sequence[str], right: Sequence[float]) -> Frozen | None:
    return None if told.task.final is None else reasoned(answers, told.task.final, told.outputs, told.marks)


def _believed(told: Told, answers: Sequence[str], right: Sequence[float]) -> Frozen | None:
    return believed(right, told.outputs) if told.outputs else None


def _calculated(told: Told, answers: Sequence[str], right: Sequence[float]) -> Frozen | None:
    rows = list(zip(told.outputs, told.marks, strict=True))
    return calculated(told.task, right, rows) if rows else None


INQUIRIES: Mapping[str, Inquiring] = {
    "reasoning": Inquiring(1, "reasoned", _reasoned, lambda one: {"final": one.final}, unmarked=READ, reads=True),
    "confidence": Inquiring(1, "believed", _believed, access="prompt", unmarked=TOLD),
    "calculator": Inquiring(2, "calculated", _calculated, lambda one: {"calculator": one.calculator}),
}
"""Every `curricula.schema.Inquiry`; a kind of task that is none of them asks about no answer."""


def first_answers(kept: Details, answers: Sequence[str], items: int | None) -> list[str]:
    """Of all answers, item by item, the first to each of the first items: those that are asked about."""
    return list(answers[:: kept.samples][:items])


def marked_of(outputs: Sequence[Output]) -> list[Output]:
    """Those that are to be marked."""
    unmarked = {arm for one in INQUIRIES.values() for arm in one.unmarked}
    return [row for row in outputs if row.arm not in unmarked]


def inquired(kept: Details, answers: Sequence[str], told: Sequence[Told]) -> Details:
    """`kept` with all that was asked about its `first_answers`, which `answers` are."""
    right = kept.scores[:: kept.samples][: len(answers)]
    by_kind = {one.task.kind: one for one in told}
    asked = {each.field: each.of(by_kind[kind], answers, right) for kind, each in INQUIRIES.items() if kind in by_kind}
    return kept.model_copy(update=asked)
