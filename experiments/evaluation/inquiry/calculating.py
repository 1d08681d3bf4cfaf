"""The same items with a calculator that the model calls while it answers.

Prompt, noise, longest completion and where answers stop are those of the answers that were given without one, so that
nothing but the tool differs; what it writes counts as tokens of the answer. A model that never calls it says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domains.calculator import Form, solution
from domains.example import Example
from experiments.evaluation.tasks import Asked
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.prompting import cut
from experiments.nodes.outputs import Output
from experiments.nodes.suite import Task


def calculated(model: LocalModel, items: Sequence[Example], task: Task, seed: int | None) -> list[Output]:
    """Item by item the first answer with a calculator, and a solution that shows what room one takes.

    `seed` is that of the answers without one. Where no solution is known it has no text.
    """
    form = task.calculator or "equals"
    plain = task.model_copy(update={"kind": "answers", "samples": 1 if task.samples else None})
    requests = [replace(one, calculator=form) for one in Asked(plain, items, seed, lambda: None).requests()]
    said = [
        Output(item=item.id, arm="calculator", text=one.text, finish=one.finish, count=len(one.tokens))
        for item, one in zip(items, model.complete(requests), strict=True)
    ]
    return [row for item, one in zip(items, said, strict=True) for row in (one, _shown(model, item, form, task.stop))]


def _shown(model: LocalModel, item: Example, form: Form, stop: tuple[str, ...]) -> Output:
    """As the model would have to say it; its tokens with the one that ends it."""
    known = solution(item, form)
    text = None if known is None else cut(known, stop)
    tokens = [] if text is None else model.answer(item.model_copy(update={"answer": text}))
    return Output(item=item.id, arm="shown", text=text, count=len(tokens) + 1)
