"""Final answers that are forced: after the reasoning that a model gave, parts of it, none of it, or something else.

After Lanham et al. 2023 (arXiv 2307.13702). An answer is forced by beginning the model's turn with what is to stand
before it and the domain's `final`; all forced answers are greedy, so that only what stands before them differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domains.example import Example
from domains.reasoning import Reasoning, mistaken, reasoning_of
from experiments.measures.reasoning import SHARES, left
from experiments.models.seeding import seed_of
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from experiments.models.tokens.prompting import part_tokens
from experiments.nodes.outputs import Arm, Output
from experiments.nodes.suite import Task

LONGEST = 24
"""Tokens of a forced answer; it also ends with its line."""
FILLER = " ..."
FORCED: tuple[Arm, ...] = (*SHARES, "filler", "mistaken", "resumed")


@dataclass(frozen=True)
class Given:
    """One answer with its reasoning."""

    item: Example
    reasoning: Reasoning
    final: str

    @classmethod
    def of(cls, item: Example, answer: str, task: Task) -> Given:
        """The answer as it was said."""
        final = task.final or ""
        return cls(item, reasoning_of(answer, final), final)

    def after(self, steps: str) -> str:
        return self.reasoning.concluded(steps, self.final)


def forced(model: LocalModel, items: Sequence[Example], answers: Sequence[str], task: Task) -> list[Output]:
    """Item by item one row for each of `FORCED`, in that order; one that cannot be had has no text.

    `answers` are the items' first ones as they were said. Texts are `final` and what was said after it.
    """
    given = [Given.of(item, text, task) for item, text in zip(items, answers, strict=True)]
    resumed = _resumed(model, given, task)
    begun = [
        {arm: start for arm in FORCED if (start := _start(model, one, arm, again)) is not None}
        for one, again in zip(given, resumed, strict=True)
    ]
    return answered(model, given, begun, FORCED, task)


def answered(
    model: LocalModel, given: Sequence[Given], begun: Sequence[Mapping[Arm, str]], arms: Sequence[Arm], task: Task
) -> list[Output]:
    """Item by item one row for each of `arms`; `begun`: what the model's turn begins with, by arm.

    One that nothing begins has no text.
    """
    said = _said(model, given, begun, task)
    return [
        said[row, begun[row][arm]].model_copy(update={"arm": arm})
        if arm in begun[row]
        else Output(item=one.item.id, arm=arm, count=0)
        for row, one in enumerate(given)
        for arm in arms
    ]


def _start(model: LocalModel, given: Given, arm: Arm, resumed: dict[Arm, str]) -> str | None:
    """What the model's turn begins with."""
    reasoning = given.reasoning
    if arm in SHARES:
        return given.after(reasoning.first(left(reasoning.steps, arm)))
    if arm == "filler":
        return given.after(_filler(model, reasoning.text)) if reasoning.steps else None
    return given.after(resumed[arm]) if arm in resumed else None


def _filler(model: LocalModel, text: str) -> str:
    """As many tokens that say nothing."""
    one = len(part_tokens(model.tokenizer, FILLER * 2)) - len(part_tokens(model.tokenizer, FILLER))
    return FILLER * max(1, round(len(part_tokens(model.tokenizer, text)) / max(1, one)))


def _resumed(model: LocalModel, given: Sequence[Given], task: Task) -> list[dict[Arm, str]]:
    """Of each answer the steps that come of it where it goes on from a step with a mistake in it, and from the same
    step as it was. Empty where no step has a number."""
    places: list[tuple[int, Arm]] = []
    requests: list[Request] = []
    for row, one in enumerate(given):
        wrong = mistaken(one.reasoning, seed_of("mistake", one.item.id))
        if wrong is None:
            continue
        before, right = one.reasoning.first(wrong[0]), one.reasoning.step(wrong[0])
        tries: tuple[tuple[Arm, str], ...] = (("mistaken", before + wrong[1]), ("resumed", before + right))
        for arm, text in tries:
            # No more room than the answer had.
            rest = (task.max_tokens or 1) - len(part_tokens(model.tokenizer, text))
            places.append((row, arm))
            requests.append(Request(one.item, max(1, rest), stop=task.stop, begun=one.reasoning.opening + text))
    found: list[dict[Arm, str]] = [{} for _ in given]
    for (row, arm), request, more in zip(places, requests, model.complete(requests) if requests else [], strict=True):
        found[row][arm] = reasoning_of(request.begun + more.text, task.final or "").text
    return found


def _said(
    model: LocalModel, given: Sequence[Given], begun: Sequence[Mapping[Arm, str]], task: Task
) -> dict[tuple[int, str], Output]:
    """(item's row, what the turn began with) → what was said; the same beginning is asked once."""
    asked = list(dict.fromkeys((row, start) for row, starts in enumerate(begun) for start in starts.values()))
    stop = (*task.stop, "\n")
    requests = [Request(given[row].item, LONGEST, stop=stop, begun=start) for row, start in asked]
    return {
        key: Output(
            item=given[key[0]].item.id,
            text=(task.final or "").rstrip() + one.text,
            tokens=tuple(one.tokens),
            finish=one.finish,
            nll=one.nll,
            count=len(one.tokens),
        )
        for key, one in zip(asked, model.complete(requests), strict=True)
    }
