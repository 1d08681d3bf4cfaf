"""What is asked of a model after a stage; every answer is recorded as it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domains.example import Example
from experiments.evaluation.divergence import divergence
from experiments.evaluation.options import read_options
from experiments.models.seeding import seed_of
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Completion, ReadableSubject, Request, Subject
from experiments.nodes.formats import FORMATS, formatted
from experiments.nodes.outputs import Output
from experiments.nodes.suite import Task, TaskKind


@dataclass(frozen=True)
class Base:
    """The base model and its own samples of a task's items, for the divergence from it."""

    model: LocalModel
    samples: Sequence[Output]


@dataclass(frozen=True)
class Asked:
    """A task with its items, and whose noise it is asked with."""

    task: Task
    items: Sequence[Example]
    seed: int | None
    """The node's: samples depend on it, never on the stage, so stages are compared on equal draws."""
    base: Callable[[], Base | None]
    """None: the model is itself the base."""

    def requests(self) -> list[Request]:
        """The completions that the task asks for, item by item."""
        return [
            Request(
                item,
                self.task.max_tokens or 1,
                self._noise(item, sample),
                self.task.temperature or 1.0,
                self.task.stop,
            )
            for item in self.items
            for sample in range(self.task.samples or 1)
        ]

    def formatted(self) -> list[Request]:
        """The same in every format, item by item and within an item format by format; their noise is one."""
        plain = iter(self.requests())
        each = [[next(plain) for _ in range(self.task.samples or 1)] for _ in self.items]
        return [
            replace(request, item=formatted(request.item, name))
            for requests in each
            for name in FORMATS
            for request in requests
        ]

    def _noise(self, item: Example, sample: int) -> int | None:
        if self.task.samples is None:
            return None
        return seed_of("evaluation", self.seed, self.task.kind, self.task.split, item.id, sample)


def ask(asked: Asked, model: Subject) -> list[Output]:
    """All outputs of one task, item by item. Forward passes only.

    Raises ValueError where the task takes a model here, and this is none.
    """
    kind = asked.task.kind
    if isinstance(model, LocalModel):
        return ASKERS[kind](asked, model)
    if kind not in SPOKEN:
        raise ValueError(f"a model that is not here cannot be asked for {kind}")
    return SPOKEN[kind](asked, model)


def _answers(asked: Asked, model: Subject) -> list[Output]:
    """What the model says: all that can be asked with access `prompt`."""
    return _outputs(asked, model.complete(asked.requests()), asked.task.samples or 1)


def _formats(asked: Asked, model: Subject) -> list[Output]:
    """What it says in every format; `sample` counts them format by format."""
    return _outputs(asked, model.complete(asked.formatted()), (asked.task.samples or 1) * len(FORMATS))


def _outputs(asked: Asked, said: Sequence[Completion], each: int) -> list[Output]:
    """`each`: completions an item."""
    return [
        Output(
            item=asked.items[row // each].id,
            sample=row % each,
            text=one.text,
            tokens=tuple(one.tokens),
            finish=one.finish,
            nll=one.nll,
            count=len(one.tokens),
        )
        for row, one in enumerate(said)
    ]


def _samples(asked: Asked, model: ReadableSubject) -> list[Output]:
    """Own samples at temperature 1, and how the model itself reads them."""
    said = _answers(asked, model)
    readings = model.read(asked.items, [list(one.tokens or ()) for one in said])
    return [
        one.model_copy(update={"nll": reading.nll, "entropy": reading.entropy})
        for one, reading in zip(said, readings, strict=True)
    ]


def _references(asked: Asked, model: ReadableSubject) -> list[Output]:
    """Likelihood and entropy of the reference answers, end token not counted."""
    readings = model.read(asked.items, [model.answer(item) for item in asked.items])
    return [
        Output(
            item=item.id,
            nll=reading.nll,
            entropy=reading.entropy,
            count=reading.tokens,
            size=len(item.answer.encode()),
        )
        for item, reading in zip(asked.items, readings, strict=True)
    ]


def _options(asked: Asked, model: ReadableSubject) -> list[Output]:
    if asked.task.options is None:
        raise ValueError("the task does not say where the options stand")
    return read_options(model, asked.items, asked.task.options)


def _divergence(asked: Asked, model: LocalModel) -> list[Output]:
    base = asked.base()
    if base is None:
        return [Output(item=item.id, kl=0.0, count=1) for item in asked.items]
    samples = [list(one.tokens or ()) for one in base.samples]
    moved = divergence(base.model, model, asked.items, samples)
    return [
        Output(item=item.id, kl=kl, count=len(sample))
        for item, kl, sample in zip(asked.items, moved, samples, strict=True)
    ]


SPOKEN: dict[TaskKind, Callable[[Asked, Subject], list[Output]]] = {"answers": _answers, "formats": _formats}
"""What any subject can be asked."""
ASKERS: dict[TaskKind, Callable[[Asked, LocalModel], list[Output]]] = {
    **SPOKEN,
    "samples": _samples,
    "references": _references,
    "divergence": _divergence,
    "options": _options,
}
"""What a model here can be asked."""
