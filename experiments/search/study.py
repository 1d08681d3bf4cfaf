"""The study of a run: its name, which curriculum it is of, and who proposes and prunes."""

from __future__ import annotations

import optuna
from optuna.distributions import distribution_to_json
from optuna.trial import TrialState

from curricula.schema import Curriculum
from curricula.search_checks import search_seeds
from domains.errors import StoreError
from domains.frozen import fingerprint
from experiments.nodes.setup import Setup
from experiments.run.job import Job
from experiments.search.lock import refuse_if_held
from experiments.search.storage import Place, guarded, mend
from scheduler.measurements import Path
from scheduler.search.pruner import WinnerPruner
from scheduler.search.samplers import SAMPLERS
from scheduler.search.space import space

CURRICULUM, ORDER, FORMAT = "curriculum", "order", "format"
"""Names of the study's attributes: the curriculum's identity, the order that it is pinned to, what its trials mean."""
STUDY_FORMAT = 3
"""Raised when a study's parameters or attributes change their meaning. 1, unwritten: an order was one parameter, and
every trial was trained with all of the search's seeds. 2: where domains override `training`, joint training and rounds
of adaptive mixing were by the curriculum's own all the same."""
BLIND = {"sampler", "seed", "fresh_seeds"}
"""What of `search` changes neither a trial's value nor the space."""


def open_study(place: Place, job: Job, curriculum: Curriculum | None = None, suffix: str = "") -> optuna.Study:
    """The study of a run, made if it is missing. Raises StoreError if a live process or another curriculum has it.

    `curriculum` and `suffix` are for a second study of the same run that searches another space.
    """
    curriculum, name = curriculum or job.curriculum, job.run + suffix
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with guarded(place.url):
        # Before anything is written: what a live process is writing must not be mended.
        refuse_if_held(_attributes(place, name), name)
        if place.journal is not None:
            mend(place.journal)
        study = optuna.create_study(
            storage=place.storage,
            study_name=name,
            direction="maximize",
            load_if_exists=True,
        )
        _check_identity(study, identity(job.setup, curriculum))
    return study


def advise(study: optuna.Study, curriculum: Curriculum, order: Path | None) -> None:
    """Who proposes and who prunes. `order`: what the study is pinned to, without which both would assume another."""
    study.sampler = SAMPLERS[curriculum.search.sampler](curriculum, order)
    study.pruner = WinnerPruner(curriculum, order=order)


def identity(setup: Setup, curriculum: Curriculum) -> str:
    """Fingerprint of all that decides a trial's value or what may be chosen.

    Not of how many trials there are, who proposes them, or the seeds of the final comparison.
    """
    return fingerprint(
        {
            "setup": setup.id,
            "weights": {name: spec.weight for name, spec in curriculum.domains.items()},
            "training": curriculum.training,
            "stages": curriculum.stages,
            "schedule": curriculum.schedule.model_dump(mode="json", exclude={"probing"}),
            "search": curriculum.search.model_dump(mode="json", exclude=BLIND),
            "seeds": search_seeds(curriculum),
            # As Optuna compares them: the sequence of the values counts.
            "space": {name: distribution_to_json(one) for name, one in space(curriculum).items()},
        }
    )


def pinned_order(study: optuna.Study, curriculum: Curriculum, planned: Path | None) -> Path | None:
    """For ``search.order: plan`` the plan's order as it was when the study began; None where orders are searched.

    Raises StoreError if there is no plan to take it from.
    """
    if curriculum.search.order != "plan":
        return None
    if kept := study.user_attrs.get(ORDER):
        return tuple(kept)
    if planned is None:
        raise StoreError(
            "there is no plan to take the order from",
            key="search.order",
            value="plan",
            hint="See which probe failed: stagewise plan.",
        )
    study.set_user_attr(ORDER, list(planned))
    return planned


def failures(study: optuna.Study) -> dict[int, str]:
    """Number of each trial that failed, and why."""
    failed = study.get_trials(deepcopy=False, states=(TrialState.FAIL,))
    return {trial.number: str(trial.user_attrs.get("cause", "unknown")) for trial in failed}


def _check_identity(study: optuna.Study, mine: str) -> None:
    found = study.user_attrs.get(CURRICULUM)
    if found is None and not study.get_trials(deepcopy=False):
        study.set_user_attr(FORMAT, STUDY_FORMAT)
        study.set_user_attr(CURRICULUM, mine)
    elif found is not None and (written := study.user_attrs.get(FORMAT, 1)) != STUDY_FORMAT:
        raise StoreError(
            f"the study is of format {written}, and this version of stagewise reads format {STUDY_FORMAT}",
            key="--storage",
            value=study.study_name,
            hint="Name another --storage, or search with the version that began it; what it trained is used again.",
        )
    elif found != mine:
        raise StoreError(
            "the storage holds a study of another curriculum under this name",
            key="--storage",
            value=study.study_name,
            hint="Name another --storage, or undo what was changed in `search`.",
        )


def _attributes(place: Place, name: str) -> dict[str, object]:
    try:
        return place.storage.get_study_user_attrs(place.storage.get_study_id_from_name(name))
    except KeyError:
        return {}
