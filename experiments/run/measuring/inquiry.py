"""Tier B of `stagewise measure`: what is asked about answers that given models gave, kept apart from the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.measures.details import inquired
from experiments.nodes.examined import Examined, Inquired, inquiries, inquiry_key
from experiments.nodes.suite import INQUIRIES, Task, suite_of
from experiments.run.job import Prepared
from experiments.run.measuring.checkup import Examination, Told
from experiments.store import Store
from experiments.store.examined import find_inquired, keep_inquired

if TYPE_CHECKING:
    from experiments.models.subjects.given import Given
    from experiments.models.subjects.subject import Subject


class Loaded:
    """Models that are loaded when they are first asked, and then stay: the first one reads what both reasoned."""

    def __init__(self, prepared: Prepared, told: Told) -> None:
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
    examined: Sequence[Examination], prepared: Prepared, store: Store, told: Told, done: Told
) -> list[Examination]:
    """The same examinations with what was asked about the answers; nothing is asked twice.

    The first model reads the reasoning of both. Raises StageError, StoreError.
    """
    if not prepared.setup.evaluation.inquiries:
        return list(examined)
    loaded = Loaded(prepared, told)
    return [_inquired(one, examined[0].model, prepared, store, loaded, told, done) for one in examined]


def _inquired(
    one: Examination, reader: Given, prepared: Prepared, store: Store, loaded: Loaded, told: Told, done: Told
) -> Examination:
    found, kept = {}, one.kept
    for name, said in one.found.items():
        answers = _first(said, prepared.setup.evaluation.inquiry_items)
        results = []
        for task in inquiries(prepared.setup, name, one.model.access):
            result, new = _asked(one, reader, task, answers, prepared, store, loaded, told, done)
            results.append(result)
            kept = kept and not new
        found[name] = _with(said, name, results, answers, prepared)
    return replace(one, found=found, kept=kept)


def _asked(
    one: Examination,
    reader: Given,
    task: Task,
    answers: Sequence[str],
    prepared: Prepared,
    store: Store,
    loaded: Loaded,
    told: Told,
    done: Told,
) -> tuple[Inquired, bool]:
    """What was asked, and whether it had to be now."""
    reads = task.kind == "reasoning" and reader.access != "prompt"
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
    )
    keep_inquired(store, found)
    done(f"{place}  {found.seconds:.0f} s")
    return found, True


def _first(said: Examined, items: int) -> list[str]:
    """The first answers to the first items."""
    details = said.score.details
    each = details.samples if details else 1
    return list(said.answers[::each][:items])


def _with(said: Examined, name: str, found: Sequence[Inquired], answers: Sequence[str], prepared: Prepared) -> Examined:
    details = said.score.details
    if details is None:
        return said
    outputs = [row for one in found for row in one.outputs]
    marks = [mark for one in found for mark in one.marks]
    tasks = [task for task in suite_of(prepared.setup).tasks if task.domain == name and task.kind in INQUIRIES]
    kept = inquired(details, answers, tasks, outputs, marks)
    score = said.score.model_copy(update={"details": kept})
    return said.model_copy(update={"score": score, "seconds": said.seconds + sum(one.seconds for one in found)})
