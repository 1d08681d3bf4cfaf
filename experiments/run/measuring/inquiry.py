"""Tier B of `stagewise measure`: what is asked about answers that given models gave, kept apart from the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.measures.examination import can_ask, inquiries, inquiry_key
from experiments.measures.inquiries import INQUIRIES, Told, first_answers, inquired
from experiments.measures.suite import suite_of
from experiments.nodes.examined import Inquired
from experiments.nodes.suite import Task
from experiments.run.measuring.checkup import Examination
from experiments.run.measuring.desk import Desk
from experiments.store.examined import find_inquired, keep_inquired

if TYPE_CHECKING:
    from experiments.models.subjects.given import Given
    from experiments.models.subjects.subject import Subject


class Loaded:
    """Models that are loaded when they are first asked, and then stay: the first one reads what both reasoned."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loaded: dict[str, Subject] = {}

    def get(self, model: Given) -> Subject:
        """Raises StageError."""
        if model.identity not in self._loaded:
            self._loaded[model.identity] = self._desk.load(model)
        return self._loaded[model.identity]


def inquire_models(examined: Sequence[Examination], desk: Desk) -> list[Examination]:
    """The same examinations with what was asked about the answers; nothing is asked twice.

    The first model reads the reasoning of both. Raises StageError, StoreError.
    """
    if not desk.prepared.setup.evaluation.inquiries:
        return list(examined)
    loaded = Loaded(desk)
    return [_inquired(one, examined[0].model, loaded, desk) for one in examined]


def _inquired(one: Examination, reader: Given, loaded: Loaded, desk: Desk) -> Examination:
    setup, found, kept = desk.prepared.setup, dict(one.found), one.kept
    for name, said in one.found.items():
        if (details := said.score.details) is None:
            continue
        answers = first_answers(details, said.answers, setup.evaluation.inquiry_items)
        heard, seconds = [], said.seconds
        for task in inquiries(setup, name):
            if not can_ask(task, one.model.access):
                heard.append(Told(task))
                continue
            asked, new = _asked(one, reader, task, answers, loaded, desk)
            heard.append(Told(task, asked.outputs, asked.marks))
            seconds, kept = seconds + asked.seconds, kept and not new
        score = said.score.model_copy(update={"details": inquired(details, answers, heard)})
        found[name] = said.model_copy(update={"score": score, "seconds": seconds})
    return replace(one, found=found, kept=kept)


def _asked(
    one: Examination, reader: Given, task: Task, answers: Sequence[str], loaded: Loaded, desk: Desk
) -> tuple[Inquired, bool]:
    """What was asked, and whether it had to be now."""
    prepared, store = desk.prepared, desk.store
    reads = INQUIRIES[task.kind].reads and reader.access != "prompt"
    marking = suite_of(prepared.setup).marking[task.domain]
    key = inquiry_key(task, marking, reader.identity if reads else None, answers)
    if known := find_inquired(store, one.identity, key):
        return known, False
    from experiments.worker.inquire import inquire_given

    place = f"{one.model.name}: {task.domain}, {task.kind} of its answers"
    desk.told(f"{place} …")
    found = inquire_given(
        loaded.get(one.model),
        loaded.get(reader) if reads else None,
        one.identity,
        key,
        task,
        prepared.setup.domains[task.domain],
        prepared.data[task.domain],
        answers,
        store=store,
        gpus=desk.gpus,
        paraphraser=prepared.setup.evaluation.paraphraser,
    )
    keep_inquired(store, found)
    desk.done(f"{place}  {found.seconds:.0f} s")
    return found, True
