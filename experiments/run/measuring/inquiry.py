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
from experiments.run.job import Prepared
from experiments.run.measuring.checkup import Examination, Hears
from experiments.store import Store
from experiments.store.examined import find_inquired, keep_inquired

if TYPE_CHECKING:
    from experiments.models.subjects.given import Given
    from experiments.models.subjects.subject import Subject


class Loaded:
    """Models that are loaded when they are first asked, and then stay: the first one reads what both reasoned."""

    def __init__(self, prepared: Prepared, told: Hears) -> None:
        self._prepared, self._told = prepared, told
        self._loaded: dict[str, Subject] = {}

    def get(self, model: Given) -> Subject:
        """Raises StageError."""
        from experiments.worker.examine import load

        if model.identity not in self._loaded:
            self._told(f"Loading {model.name} …")
            self._loaded[model.identity] = load(model, self._prepared.setup, self._prepared.curriculum.resources.gpus)
        return self._loaded[model.identity]


def inquire_models(
    examined: Sequence[Examination], prepared: Prepared, store: Store, told: Hears, done: Hears
) -> list[Examination]:
    """The same examinations with what was asked about the answers; nothing is asked twice.

    The first model reads the reasoning of both. Raises StageError, StoreError.
    """
    if not prepared.setup.evaluation.inquiries:
        return list(examined)
    loaded = Loaded(prepared, told)
    return [_inquired(one, examined[0].model, prepared, store, loaded, told, done) for one in examined]


def _inquired(
    one: Examination, reader: Given, prepared: Prepared, store: Store, loaded: Loaded, told: Hears, done: Hears
) -> Examination:
    found, kept = dict(one.found), one.kept
    for name, said in one.found.items():
        if (details := said.score.details) is None:
            continue
        answers = first_answers(details, said.answers, prepared.setup.evaluation.inquiry_items)
        heard, seconds = [], said.seconds
        for task in inquiries(prepared.setup, name):
            if not can_ask(task, one.model.access):
                heard.append(Told(task))
                continue
            asked, new = _asked(one, reader, task, answers, prepared, store, loaded, told, done)
            heard.append(Told(task, asked.outputs, asked.marks))
            seconds, kept = seconds + asked.seconds, kept and not new
        score = said.score.model_copy(update={"details": inquired(details, answers, heard)})
        found[name] = said.model_copy(update={"score": score, "seconds": seconds})
    return replace(one, found=found, kept=kept)


def _asked(
    one: Examination,
    reader: Given,
    task: Task,
    answers: Sequence[str],
    prepared: Prepared,
    store: Store,
    loaded: Loaded,
    told: Hears,
    done: Hears,
) -> tuple[Inquired, bool]:
    """What was asked, and whether it had to be now."""
    reads = INQUIRIES[task.kind].reads and reader.access != "prompt"
    marking = suite_of(prepared.setup).marking[task.domain]
    key = inquiry_key(task, marking, reader.identity if reads else None, answers)
    if known := find_inquired(store, one.identity, key):
        return known, False
    from experiments.worker.inquire import inquire_given

    place = f"{one.model.name}: {task.domain}, {task.kind} of its answers"
    told(f"{place} …")
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
        gpus=prepared.curriculum.resources.gpus,
        paraphraser=prepared.setup.evaluation.paraphraser,
    )
    keep_inquired(store, found)
    done(f"{place}  {found.seconds:.0f} s")
    return found, True
