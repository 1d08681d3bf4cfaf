"""How schedules stand that finished: seeds are a fidelity, and luck is nobody's merit.

Every schedule is tried with the search's first seed. What leads is tried again with the next ones, and the winner is
the one with the largest expected score among those with `WINNER_SEEDS` seeds: the model's mean for any seed, in which
one lucky run counts for little. What was measured to break limits of the curriculum stands behind all that keep them,
the more so the further it is beyond them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna.study import Study
from optuna.trial import TrialState

from scheduler.search.beliefs import believe
from scheduler.search.layout import Layout
from scheduler.search.points import Lineages
from scheduler.search.trial_history import TrialHistory, histories, sign_of

WINNER_SEEDS = 3
"""Seeds that a winner has finished with."""
EVERY = 4
"""One trial in so many tries again what leads."""


@dataclass(frozen=True)
class Standing:
    """A schedule that finished at least once, whatever the seed."""

    first: int
    """Number of its first trial that finished."""
    params: dict[str, Any]
    mean: float
    """Score that the model expects of it with any seed."""
    deviation: float
    finished: tuple[int, ...]
    """Numbers of its trials that finished."""
    tried: frozenset[int]
    """Seeds (their numbers among the search's) that it was tried with, to the end or not."""
    excess: float = 0.0
    """Sum of what is beyond limits, each as the mean over its trials that finished; 0 where all are kept."""


def standings(study: Study, layout: Layout) -> tuple[Standing, ...]:
    """All schedules that finished, the largest expected score first, what breaks limits last; of equals the one that
    was first tried."""
    trials = histories(study, study.get_trials(deepcopy=False), layout.space)
    groups: dict[object, list[TrialHistory]] = {}
    for trial in trials:
        groups.setdefault(layout.schedule(trial.params), []).append(trial)
    done = [group for group in groups.values() if any(one.final is not None for one in group)]
    if not done:
        return ()
    lineages = Lineages()
    model = believe(study, trials, layout, lineages).model
    assert model is not None, "a trial finished"
    ended = [next(one for one in group if one.final is not None) for group in done]
    ends = layout.ends([one.params for one in ended], lineages, [one.mixtures for one in ended])
    mean, deviation = model.at(ends.still)
    found = [
        _standing(group, sign_of(study) * float(np.round(one, 12)), float(spread))
        for group, one, spread in zip(done, mean, deviation, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.excess, -one.mean * sign_of(study), one.first)))


def winner(found: Sequence[Standing], seeds: int) -> Standing | None:
    """The best of those with as many seeds as a winner needs, of `seeds` in all; of any number where none has them."""
    enough = [one for one in found if len(one.finished) >= min(WINNER_SEEDS, seeds)]
    return next(iter(enough or found), None)


def reserved(trials: int, seeds: int) -> int:
    """How many of so many trials, the last ones, are kept for trying again what leads."""
    return min(2 * (min(WINNER_SEEDS, seeds) - 1), trials // 3)


def may_repeat(seeds: int, begun: int, trials: int) -> bool:
    """Whether the next trial may be a repeat: else nobody needs to know how schedules stand."""
    return begun % EVERY == EVERY - 1 or trials - begun <= reserved(trials, seeds)


def to_repeat(found: Sequence[Standing], seeds: int, begun: int, trials: int) -> Standing | None:
    """What the next trial tries with another seed; None: it tries a new schedule.

    `begun` of `trials` have begun. One trial in `EVERY` is a repeat of what leads, or of what may be better than it,
    while there are seeds left; the last few trials are all repeats, so that a winner has its seeds in the end.
    """
    need, left = min(WINNER_SEEDS, seeds), trials - begun
    late = left <= reserved(trials, seeds)
    if not found or not may_repeat(seeds, begun, trials):
        return None
    lead = found[0]
    for one in found:
        close = one is lead or (one.excess <= lead.excess and one.mean + one.deviation > lead.mean)
        reached = not late or len(one.tried) >= need or need - len(one.tried) <= left
        if close and reached and len(one.tried) < (need if late else seeds):
            return one
    return None


def _standing(group: Sequence[TrialHistory], mean: float, deviation: float) -> Standing:
    by_seed = {one.rung: one.number for one in reversed(group) if one.final is not None}
    finished = tuple(sorted(by_seed.values()))
    return Standing(
        first=finished[0],
        params=next(one.params for one in group if one.number == finished[0]),
        mean=mean,
        deviation=deviation,
        finished=finished,
        tried=frozenset(one.rung for one in group if one.state != TrialState.WAITING),
        excess=_excess([one.limits for one in group if one.final is not None]),
    )


def _excess(each: Sequence[Mapping[str, float]]) -> float:
    """Of the limits of some trials of one schedule; rounding is no breach."""
    means = [float(np.mean([one[name] for one in each if name in one])) for name in sorted(set().union(*each))]
    return round(sum(max(0.0, mean) for mean in means), 9)
