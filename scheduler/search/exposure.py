"""Where a schedule is: how much each domain was trained, and what came after it.

For one domain a stage these are what counts by scheduler/prediction/predict.py: (i, j) is 1 where i is trained and j
is not trained after i. Mixtures, lengths and learning rates make them shares. In units of an average stage of the
curriculum, stage t exposes the model to e[t, i] of domain i, and so renews what it knew of i by

    r[t, i] = (1 − exp(−RENEWAL · e[t, i])) / (1 − exp(−RENEWAL)), at most 1.

    (i, j): Σ_t e[t, i] · Π_{u ≥ t} (1 − r[u, j])     what training on i did to j and no later training on j undid
    (j, j): 1 − Π_t (1 − r[t, j])                     how far j was learnt

That an effect fades as its object is trained again, and how fast, is our assumption: a small share of a domain
in a mixture keeps most of it, as replay does. What chance does in a stage is bounded likewise: on measured tables the
seeds of joint training at 1, 2, 4 and 8 stages' length differ no more the longer it is
(benchmarks/orders/seed_deviations.py). That rates count as length does is assumed here too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.composing.draft import Draft, StageBudgets
from scheduler.measurements import Array
from scheduler.search.points import table

RENEWAL = 3.0


def exposures(schedules: Sequence[Sequence[Draft]], base: StageBudgets) -> tuple[Array, Array, Array]:
    """(schedules, stages, domains): exposure of each stage, and the part of it that is by SFT; and (schedules, stages):
    its completions. All 0 after a schedule's last stage."""
    names = tuple(base.training)
    place = {name: j for j, name in enumerate(names)}
    unit = sum(base.training[name].steps for name in names) / len(names)
    # Schedules have most of their stages in common: each is looked at once.
    numbers: dict[Draft, int] = {}
    rows = [[numbers.setdefault(stage, len(numbers)) for stage in stages] for stages in schedules]
    # No stage, which is number −1, is the last.
    whole = np.zeros((len(numbers) + 1, len(names)))
    sft, cost = np.zeros_like(whole), np.zeros(len(whole))
    for stage, row in numbers.items():
        amount = stage.steps * stage.rate / unit / sum(share for _, share in stage.mixture)
        imitates = (stage.method or base.own(stage).method) == "sft"
        for name, share in stage.mixture:
            whole[row, place[name]] = amount * share
            sft[row, place[name]] = amount * share * imitates
        cost[row] = base.completions(stage)
    trained = table(rows, max(map(len, rows), default=0))
    return whole[trained], sft[trained], cost[trained]


def after_each_stage(whole: Array, others: Array) -> tuple[Array, Array]:
    """Of the base and after each stage, (schedules, 1 + stages, …): features (n·n + others) and luck (stages, n).

    Features are the effects, then the sums of `others` (schedules, stages, others): exposure by SFT (n), then marks
    (scheduler/search/marks.py). Luck (t, j) is what is still felt in j of what chance did in
    stage t: 1 for a stage of the average length or longer, less what renewing j undid.
    """
    count, stages, size = whole.shape
    renewed, lucky = _renewed(whole), _lucky(whole)
    effects, forgotten = np.zeros((count, size, size)), np.ones((count, size))
    features = np.zeros((count, 1 + stages, size * size + others.shape[2]))
    luck = np.zeros((count, 1 + stages, stages, size))
    for t in range(stages):
        left = 1 - renewed[:, t]
        effects = (effects + whole[:, t, :, None]) * left[:, None, :]
        forgotten = forgotten * left
        now = effects.copy()
        now[:, np.arange(size), np.arange(size)] = 1 - forgotten
        features[:, t + 1, : size * size] = now.reshape(count, -1)
        luck[:, t + 1] = luck[:, t] * left[:, None, :]
        luck[:, t + 1, t] = lucky[:, t, None]
    features[:, 1:, size * size :] = np.cumsum(others, axis=1)
    return features, luck


def at_the_end(whole: Array, others: Array) -> tuple[Array, Array]:
    """The last rows of `after_each_stage` alone, (schedules, …): of many schedules all rows would not fit."""
    count, stages, size = whole.shape
    left = 1 - _renewed(whole)
    # What is left at the end of what stage t did: as all stages from t on, or after t, leave it.
    kept = np.ones((count, stages + 1, size))
    for t in reversed(range(stages)):
        kept[:, t] = kept[:, t + 1] * left[:, t]
    effects = np.swapaxes(whole, 1, 2) @ kept[:, :-1]
    effects[:, np.arange(size), np.arange(size)] = 1 - kept[:, 0]
    luck = _lucky(whole)[:, :, None] * kept[:, 1:]
    return np.concatenate([effects.reshape(count, -1), others.sum(axis=1)], axis=1), luck


def _renewed(whole: Array) -> Array:
    return np.asarray(np.minimum((1 - np.exp(-RENEWAL * whole)) / (1 - np.exp(-RENEWAL)), 1.0))


def _lucky(whole: Array) -> Array:
    """Deviation of what chance does in each stage, (schedules, stages): its variance is a stage's renewal of itself."""
    return np.asarray(_renewed(whole.sum(axis=2)) ** 0.5)
