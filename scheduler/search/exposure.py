"""Where a schedule is: how much each domain was trained, and what came after it.

For one domain a stage these are the marks of scheduler/path_kernel.py: (i, j) is 1 where i is trained and j is not
trained after i. Mixtures, lengths and learning rates make them shares. In units of an average stage of the
curriculum, stage t exposes the model to e[t, i] of domain i, and so renews what it knew of i by

    r[t, i] = (1 − exp(−RENEWAL · e[t, i])) / (1 − exp(−RENEWAL)), at most 1.

    (i, j): Σ_t e[t, i] · Π_{u ≥ t} (1 − r[u, j])     what training on i did to j and no later training on j undid
    (j, j): 1 − Π_t (1 − r[t, j])                     how far j was learnt

That an effect fades as its object is trained again, and how fast, is our assumption: a small share of a domain
in a mixture keeps most of it, as replay does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.measurements import Array
from scheduler.search.drafts import Base, Draft

RENEWAL = 3.0


def exposures(schedules: Sequence[Sequence[Draft]], base: Base) -> tuple[Array, Array]:
    """(schedules, stages, domains): exposure of each stage, and the part of it that is by SFT."""
    names = tuple(base.training)
    longest = max((len(stages) for stages in schedules), default=0)
    place = {name: j for j, name in enumerate(names)}
    unit = sum(base.training[name].steps for name in names) / len(names)
    whole = np.zeros((len(schedules), longest, len(names)))
    sft = np.zeros_like(whole)
    for row, stages in enumerate(schedules):
        for t, stage in enumerate(stages):
            amount = stage.steps * stage.rate / unit / sum(share for _, share in stage.mixture)
            training = base.curriculum.training if stage.domain is None else base.training[stage.domain]
            imitates = (stage.method or training.method) == "sft"
            for name, share in stage.mixture:
                whole[row, t, place[name]] = amount * share
                sft[row, t, place[name]] = amount * share * imitates
    return whole, sft


def after_each_stage(whole: Array, sft: Array) -> Array:
    """Features (schedules, 1 + stages, n·n + n) of the base and after each stage: effects, then exposure by SFT."""
    count, stages, size = whole.shape
    renewed = np.minimum((1 - np.exp(-RENEWAL * whole)) / (1 - np.exp(-RENEWAL)), 1.0)
    effects = np.zeros((count, size, size))
    forgotten = np.ones((count, size))
    found = np.zeros((count, 1 + stages, size * size + size))
    for t in range(stages):
        effects = (effects + whole[:, t, :, None]) * (1 - renewed[:, t, None, :])
        forgotten = forgotten * (1 - renewed[:, t])
        now = effects.copy()
        now[:, np.arange(size), np.arange(size)] = 1 - forgotten
        found[:, t + 1, : size * size] = now.reshape(count, -1)
    found[:, 1:, size * size :] = np.cumsum(sft, axis=1)
    return found
