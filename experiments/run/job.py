"""A job: a curriculum with its prepared data, and what is known of the place where its results go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curricula.dump import dump_yaml
from curricula.loader import at_key
from curricula.schema import Curriculum
from domains.crossings import uncrossed
from domains.errors import UserError
from domains.example import Example, Split
from domains.frozen import fingerprint
from domains.prepare import data_versions, prepare
from domains.rewards import PLACES
from domains.sources.placed import placed
from experiments.analysis.primary import KEY, check_primary
from experiments.models.lengths import Lengths
from experiments.nodes.setup import Setup, make_setup
from experiments.run.fit import check_everything_fits
from experiments.store import Store, View

Splits = Mapping[Split, tuple[Example, ...]]
BLIND = ("description", "comparison", "search", "resources", "evaluation")
"""Keys of a curriculum that say nothing of what its run trains; what of `evaluation` counts is in the setup."""


@dataclass(frozen=True)
class Prepared:
    """A curriculum whose data were read, split and checked; nothing is written yet."""

    curriculum: Curriculum
    setup: Setup
    data: Mapping[str, Splits]
    """Domain → split → examples."""

    @property
    def run(self) -> str:
        """The run's folder, ``<name>-<id8>``; blind to what is in `BLIND`, to batches and to every place.

        What the sources hold is in the setup, by content.
        """
        places = {"model": {"id", "revision"}} if self.setup.weights else {}
        domains = {"__all__": {"source": True, "rewards": {"__all__": set(PLACES)}}}
        blind: dict[str, Any] = {**dict.fromkeys(BLIND, True), **places, "domains": domains}
        content = self.curriculum.model_dump(mode="json", exclude=blind)
        return f"{self.curriculum.name}-{fingerprint([content, self.setup.id])[:8]}"


@dataclass(frozen=True)
class Job:
    """What every phase needs."""

    prepared: Prepared
    view: View
    """One for the whole command: listed once, told of what finishes."""
    run: str
    """The run's folder name; a comparison on other seeds belongs to it too."""

    @property
    def curriculum(self) -> Curriculum:
        """What the user wrote."""
        return self.prepared.curriculum

    @property
    def setup(self) -> Setup:
        """What identity rests on."""
        return self.prepared.setup

    @property
    def store(self) -> Store:
        """Where results go."""
        return self.view.store


def job_at(prepared: Prepared, store: Store) -> Job:
    """The job on a store; nothing is read or written yet."""
    return Job(prepared, View(store, prepared.setup), prepared.run)


def prepare_data(
    curriculum: Curriculum, file: Path, weights: str | None = None, lengths: Lengths | None = None
) -> Prepared:
    """Read, split and check every domain's data. Raises DataError and CurriculumError with file, line and key.

    `weights` says which ones a pretrained model has, `lengths` how its tokenizer counts.
    """
    try:
        check_primary(curriculum)
    except UserError as error:
        raise at_key(error, file, KEY) from error
    found: dict[str, dict[Split, tuple[Example, ...]]] = {}
    for name, spec in curriculum.domains.items():
        try:
            found[name] = prepare(
                name,
                spec,
                validation=curriculum.evaluation.validation,
                test=curriculum.evaluation.test,
                seed=curriculum.data_seed,
                base=file.parent,
            )
        except UserError as error:
            raise at_key(error, file, f"domains.{name}") from error
    try:
        data = uncrossed(found)
        check_everything_fits(curriculum, data, lengths)
    except UserError as error:
        raise at_key(error, file, "domains") from error
    versions = {name: data_versions(splits) for name, splits in data.items()}
    return Prepared(_placed(curriculum, file.parent), make_setup(curriculum, versions, weights), data)


def _placed(curriculum: Curriculum, base: Path) -> Curriculum:
    """`curriculum` with sources that are valid from any folder: what is written into the store must run from there."""
    domains = {
        name: spec.model_copy(update={"source": placed(spec.source, base)}) for name, spec in curriculum.domains.items()
    }
    return curriculum.model_copy(update={"domains": domains})


def open_job(prepared: Prepared, store: Store) -> Job:
    """The job on a store that holds its data. Raises StoreError."""
    job = job_at(prepared, store)
    put(job)
    return job


def put(job: Job) -> None:
    """Put the data and the resolved curriculum into the store. Raises StoreError."""
    prepared, store = job.prepared, job.store
    for name, splits in prepared.data.items():
        store.put_data(name, prepared.setup.domains[name].data, splits)
    store.write_run(prepared.run, "curriculum.yaml", dump_yaml(prepared.curriculum))
