"""A job that is in a store already, for commands that train nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from experiments.cli.session import prepare

if TYPE_CHECKING:
    from experiments.run.job import Job


def stored_job(file: Path, seeds: str | None, sets: Sequence[str] | None, store: str, console: Console) -> Job:
    """The job on a store that must be there.

    Raises CurriculumError where its guards are recommended and the base model that they follow from was not measured.
    """
    from curricula.loader import at_line
    from curricula.problem import dotted
    from curricula.recommended import waiting
    from domains.errors import CurriculumError
    from experiments.run.job import job_at
    from experiments.store import Store

    job = job_at(prepare(file, seeds, sets, store, console), Store.open(store, create=False))
    for keys in waiting(job.curriculum):
        rule = "follows from the base model, which was not measured in this store"
        hint = "Run the curriculum first; `stagewise profile` measures the base model alone."
        key = dotted(keys)
        raise at_line(CurriculumError(rule, key=key, value=job.store.url, hint=hint), file, key)
    return job
