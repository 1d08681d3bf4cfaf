"""A job: a curriculum with its prepared data, and what is known of the place where its results go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from curricula.checks import check
from curricula.dump import dump_yaml
from curricula.epochs import with_steps
from curricula.loader import at_line
from curricula.problem import dotted
from curricula.recommended import GuardChoice, waiting, with_chosen
from curricula.rollouts import VLLM_PLACES
from curricula.schema import Curriculum
from curricula.stage import MEMORY_KEYS
from domains.errors import CurriculumError, UserError, together
from domains.example import Split, Splits
from domains.examples import rest
from domains.frozen import fingerprint
from domains.options import options_of
from domains.preparation.account import ALIKE
from domains.preparation.crossings import uncrossed
from domains.preparation.data_cache import Cache
from domains.preparation.found import Found
from domains.preparation.given_away import given_away
from domains.preparation.prepare import NO_CACHE, data_versions, prepare_domain, sizes_of, with_codes
from domains.sources import placed
from domains.sources.pool import silent
from domains.spec import DomainSpec
from experiments.analysis.comparing.primary import KEY, check_primary
from experiments.analysis.notes.guard_advice import recommended
from experiments.models.tokens.lengths import Lengths
from experiments.nodes.setup import Setup, make_setup
from experiments.nodes.tree import base_node
from experiments.run.fit import check_everything_fits, fits_of
from experiments.store import Store, View
from scheduler.composing.compositions.table import check_composed

BLIND = ("description", "comparison", "search", "resources", "evaluation")
"""Keys of a curriculum that say nothing of what its run trains; what of `evaluation` counts is in the setup."""
DATA_KEYS = {"source", "rewards", "validation", "test", "on_bad_row", "on_long"}
"""Keys of a domain that decide its data or rewards and nothing else: the setup has these by content."""


@dataclass(frozen=True)
class Prepared:
    """A curriculum whose data were read, split and checked; nothing is written yet."""

    curriculum: Curriculum
    setup: Setup
    data: Mapping[str, Splits]
    """Domain → split → examples."""
    notes: tuple[str, ...] = ()
    """What a person should know of the data, e.g. how many rows were skipped."""
    of_training: tuple[str, ...] = ()
    """Those of `notes` that are about training items alone: nothing to who only measures."""

    @property
    def sizes(self) -> dict[str, dict[Split, int]]:
        """Domain → split → examples."""
        return {name: {split: len(items) for split, items in splits.items()} for name, splits in self.data.items()}

    @property
    def options(self) -> dict[str, int]:
        """Domain → options of all its test items together, each of which is read; those without any are left out."""
        forms = {name: spec.option_form for name, spec in self.curriculum.domains.items()}
        return {
            name: sum(len(options_of(form, item.fields).said) for item in splits["test"])
            for name, splits in self.data.items()
            if (form := forms[name]) is not None
        }

    @property
    def run(self) -> str:
        """The run's folder, ``<name>-<id8>``; blind to what is in `BLIND`, to batches and to every place.

        What the sources and the rewards' files hold is in the setup, by content.
        """
        model = {"id": True, "revision": True, "adapter": {"id", "revision"}}
        places: dict[str, Any] = {"model": model} if self.setup.weights else {}
        domains = {"domains": {"__all__": DATA_KEYS}}
        content = self.curriculum.model_dump(
            mode="json",
            exclude={**dict.fromkeys(BLIND, True), **places, **domains},
        )
        blind = _without(content, {*MEMORY_KEYS, *VLLM_PLACES})
        return f"{self.curriculum.name}-{fingerprint([blind, self.setup.id])[:8]}"


@dataclass(frozen=True)
class Job:
    """What every phase needs."""

    prepared: Prepared
    view: View
    """One for the whole command: listed once, told of what finishes."""
    run: str
    """The run's folder name; a comparison on other seeds belongs to it too."""
    guards: tuple[GuardChoice, ...] = ()
    """What was chosen where the user wrote `guards: recommended`, and why."""

    @property
    def curriculum(self) -> Curriculum:
        """What the user wrote, with the guards that were chosen."""
        return self.prepared.curriculum

    @property
    def setup(self) -> Setup:
        """What identity rests on."""
        return self.prepared.setup

    @property
    def store(self) -> Store:
        """Where results go."""
        return self.view.store


def _without(content: object, keys: Collection[str]) -> object:
    """JSON values without some keys, wherever they stand."""
    if isinstance(content, dict):
        return {name: _without(value, keys) for name, value in content.items() if name not in keys}
    return [_without(value, keys) for value in content] if isinstance(content, list) else content


def job_at(prepared: Prepared, store: Store) -> Job:
    """The job on a store, `with_guards`; nothing is written yet, and read only for these."""
    return with_guards(Job(prepared, View(store, prepared.setup), prepared.run))


def with_guards(job: Job) -> Job:
    """The job with guards in place of every `recommended`, if the base model that they follow from was measured.

    The same base chooses the same guards, whoever asks, so that a run goes on with what it began with.
    """
    base = base_node(job.setup)
    if not waiting(job.curriculum) or not job.view.has(base):
        return job
    choices = recommended(job.curriculum, job.view.record(base))
    chosen = replace(job.prepared, curriculum=with_chosen(job.curriculum, choices))
    return replace(job, prepared=chosen, guards=choices)


def prepare_data(
    curriculum: Curriculum,
    file: Path,
    weights: str | None = None,
    lengths: Lengths | None = None,
    *,
    kept: Cache = NO_CACHE,
    told: Callable[[str, float], None] = silent,
) -> Prepared:
    """Read, split and check every domain's data. Raises DataError and CurriculumError with file, line and key; of
    several domains that are wrong the errors of each, `together`.

    `weights` says which ones a pretrained model has, `lengths` how its tokenizer counts. What was prepared before is
    taken from `kept`; `told` hears which domain is being prepared and how far it is, in [0, 1].
    """
    try:
        check_composed(curriculum)
        check_primary(curriculum)
    except UserError as error:
        raise at_line(error, file, KEY) from error
    found: dict[str, Found] = {}
    alike: dict[str, Found] = {}
    coded: dict[str, DomainSpec] = {}
    wrong: list[UserError] = []
    fits = fits_of(curriculum, lengths)
    for name, spec in curriculum.domains.items():
        try:
            coded[name] = with_codes(name, spec, file.parent)
            found[name] = prepare_domain(
                name,
                coded[name],
                sizes_of(spec, curriculum.evaluation.validation, curriculum.evaluation.test),
                curriculum.data_seed,
                file.parent,
                fit=fits[name],
                kept=kept,
                alike=alike,
                told=partial(_told_of, told, name),
            )
        except UserError as error:
            wrong += [at_line(one, file, f"domains.{name}") for one in error.every]
    if wrong:
        raise together(wrong)
    try:
        told("all domains: looking for what they share", 1.0)
        data = uncrossed(
            {name: each.splits for name, each in found.items()}, {name: each.twins for name, each in found.items()}
        )
        notes = check_everything_fits(curriculum, data, lengths)
    except UserError as error:
        raise at_line(error, file, "domains") from error
    curriculum = _counted(curriculum.model_copy(update={"domains": coded}), data, file)
    versions = {name: data_versions(splits) for name, splits in data.items()}
    held = tuple(note for name, splits in data.items() for note in given_away(name, coded[name], splits["train"]))
    for splits in data.values():
        for items in splits.values():
            rest(items)
    told_before = tuple(note for each in found.values() for note in each.notes)
    lost = (*_crossed(found, data), *held)
    return Prepared(
        _placed(curriculum, file.parent),
        make_setup(curriculum, versions, weights),
        data,
        notes=(*told_before, *lost, *notes),
        of_training=(*(note for note in told_before if note.endswith(ALIKE)), *lost),
    )


def _told_of(told: Callable[[str, float], None], name: str, what: str, part: float) -> None:
    told(f"{name}: {what}", part)


def _counted(curriculum: Curriculum, data: Mapping[str, Splits], file: Path) -> Curriculum:
    """With steps wherever epochs are written, and checked once more where they are."""
    counted = with_steps(curriculum, {name: len(splits["train"]) for name, splits in data.items()})
    for problem in check(counted) if counted != curriculum else ():
        key = dotted(problem.keys)
        raise at_line(CurriculumError(problem.rule, key=key, value=problem.value, hint=problem.hint), file, key)
    return counted


def _crossed(found: Mapping[str, Found], data: Mapping[str, Splits]) -> tuple[str, ...]:
    """How many items each domain gave up because another one holds them out."""
    lost = {name: len(each.splits["train"]) - len(data[name]["train"]) for name, each in found.items()}
    return tuple(
        f"{name}: {count:,} training item{'s' * (count != 1)} left out, because another domain holds them out"
        for name, count in lost.items()
        if count
    )


def _placed(curriculum: Curriculum, base: Path) -> Curriculum:
    """`curriculum` with sources that are valid from any folder: what is written into the store must run from there."""
    domains = {
        name: spec.model_copy(update={"source": placed(spec.source, base)}) for name, spec in curriculum.domains.items()
    }
    return curriculum.model_copy(update={"domains": domains})


def open_job(prepared: Prepared, store: Store) -> Job:
    """The job on a store that holds its data. Raises StoreError."""
    put(prepared, store)
    return job_at(prepared, store)


def put(prepared: Prepared, store: Store) -> None:
    """Put the data and the curriculum, as it was written, into the store. Raises StoreError."""
    for name, splits in prepared.data.items():
        store.put_data(name, prepared.setup.domains[name].data, splits)
    store.write_run(prepared.run, "curriculum.yaml", dump_yaml(prepared.curriculum))
