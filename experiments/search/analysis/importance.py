"""Which choices tell the best schedules of a search from the others."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, create_trial
from optuna.trial import TrialState as State

from scheduler.search.keys import ORDER, PLACE, key_of
from scheduler.search.orders import order_of, placed, places
from scheduler.search.space import Params

FEWEST = 20
"""Finished schedules below which no importance is given."""
BEST = 5
"""How many schedules the best part holds at least, as Optuna's documentation of PED-ANOVA advises."""


def once_each(study: optuna.Study, schedule: Callable[[Params], Hashable]) -> optuna.Study:
    """What finished, every schedule once, with its mean over the seeds that it was tried with.

    `schedule`: what two trials have in common that train the same. One that is the same in reverse order, as joint
    training is, has no places: they were drawn and mean nothing.
    """
    groups: dict[Hashable, list[FrozenTrial]] = {}
    for trial in study.get_trials(deepcopy=False, states=(State.COMPLETE,)):
        groups.setdefault(schedule(trial.params), []).append(trial)
    found = optuna.create_study(direction=study.direction)
    for key, trials in groups.items():
        params = trials[0].params
        names = placed(params)
        turned = {**params, **places(order_of(params, names)[::-1])} if names else params
        ordered = schedule(turned) != key
        kept = {name: value for name, value in params.items() if ordered or key_of(name).choice != PLACE}
        mean = sum(trial.value or 0.0 for trial in trials) / len(trials)
        distributions = {name: trials[0].distributions[name] for name in kept}
        found.add_trial(create_trial(value=mean, params=kept, distributions=distributions))
    return found


def importance(study: optuna.Study) -> dict[str, float] | None:
    """Choice → share of what tells the best tenth of the schedules from all, largest first; None with few.

    `study` holds every schedule once (`once_each`): a schedule that was tried with five seeds is no five witnesses.

    PED-ANOVA (Watanabe et al. 2023, arXiv 2304.10255), with choices that exist only beside others weighted as in
    its conditional form (arXiv 2601.20800). Choices by domain are added up under their common name.
    """
    done = study.get_trials(deepcopy=False, states=(State.COMPLETE,))
    if len(done) < FEWEST or len({trial.value for trial in done}) < BEST:
        return None
    evaluator = PedAnovaImportanceEvaluator(target_quantile=max(0.1, BEST / len(done)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        found = get_param_importances(study, evaluator=evaluator)
    return grouped({name: float(share) for name, share in found.items()})


def grouped(shares: dict[str, float]) -> dict[str, float]:
    """``length.a`` and ``length.b`` become ``length``, places the order; largest first."""
    total: dict[str, float] = {}
    for name, share in shares.items():
        choice = ORDER if key_of(name).choice == PLACE else key_of(name).choice
        total[choice] = total.get(choice, 0.0) + share
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
