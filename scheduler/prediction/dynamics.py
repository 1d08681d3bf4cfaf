"""What any schedule of mixtures should score: training closes a domain's gap to its ceiling, harm opens it.

A stage brings domain i the amount a_i of training, 1 being its own probe. While it goes on, with u from 0 to 1,

    ds_j/du = up_j·(ceiling_j − s_j) − down_j·s_j

    up_j   = c·a_j + k_j·Σ_{i≠j} a_i·ρ(B[i→j], ceiling_j − base_j)
    down_j =         k_j·Σ_{i≠j} a_i·ρ(−B[i→j], base_j),            ρ(b, room) = −ln(1 − max(b, 0)/room)

    ceiling_j = base_j + B[j→j]/(1 − e^(−c))

so that every domain's probe, alone, does what was measured. Help from other domains closes the same gap as own
training, so it adds nothing where that is closed, or where a domain's own stage does not raise it; harm takes a share
of what is there, so that it cannot take more.

The repair c says how fast own training undoes harm: where it is large, own training ends where it always ends, which is
what the exact ordering assumes (scheduler/prediction/predict.py). The exposure k_j is that of a domain while it is
trained itself, 0 to 1, and 1 while it is not: gradients of one batch find what suits all of its domains. So staging is
worth something where harm goes one way, the harmful domain first and the harmed one after it; and mixing where it goes
both ways.

A stage's rate counts as its length does (scheduler/composing/pace.py); that methods differ is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from curricula.stage import Schedule
from scheduler.composing.pace import OwnProbe
from scheduler.composing.rate_path import pieces
from scheduler.measurements import Array

MISFIT = 0.02
"""Standard deviation of what these dynamics are off by, in a domain's score."""
MOST = 0.95
"""Of a domain's room, what another domain's probe is taken to close or open at most."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What may be true, in draws."""

    base: Array
    """Scores of the base model, (domains,)."""
    transfer: Array
    """B, (draws, trained, affected)."""
    repair: Array
    """c, above 0: (draws,), or (draws, domains) where each has its own."""
    exposure: Array
    """k, 0 to 1, shaped alike."""

    @cached_property
    def ceiling(self) -> Array:
        """Where own training ends, (draws, domains)."""
        return self.base + self._gap

    @cached_property
    def up(self) -> Array:
        """ρ of help, at which others' training closes the gap: (draws, trained, affected)."""
        return _rates(self._others, self._gap[:, None])

    @cached_property
    def down(self) -> Array:
        """ρ of harm, at which others' training takes from what is there, likewise."""
        return _rates(-self._others, self.base)

    @cached_property
    def _others(self) -> Array:
        return self.transfer * (1 - np.eye(len(self.base)))

    @cached_property
    def _gap(self) -> Array:
        return np.diagonal(self.transfer, axis1=1, axis2=2) / -np.expm1(-_each(self.repair))


def amounts(schedule: Schedule, own: Mapping[str, OwnProbe]) -> Array:
    """(stages, domains): training of each domain in each stage, as multiples of its own probe's, `own`."""
    found = np.zeros((len(schedule.stages), len(own)))
    for row, stage in zip(found, pieces(schedule), strict=True):
        for piece in stage:
            examples = piece.examples
            drawn = sum(examples.values())
            row += [each.amount(piece, examples.get(name, 0) / drawn) for name, each in own.items()]
    return found


def scores_after(training: Array, truth: Truth, start: Array | None = None) -> Array:
    """Scores (draws, domains) after stages of these amounts (stages, domains), within 0 and the ceilings.

    From `start`, (draws, domains), where training has come so far already; else from the base.
    """
    repair, exposure = _each(truth.repair), _each(truth.exposure)
    scores = np.broadcast_to(truth.base, truth.ceiling.shape).astype(np.float64) if start is None else start
    for stage in training:
        exposed = np.where(stage > 0, exposure, 1.0)
        closing = repair * stage + exposed * np.einsum("i,dij->dj", stage, truth.up)
        opening = exposed * np.einsum("i,dij->dj", stage, truth.down)
        pace = closing + opening
        level = np.where(pace > 0, closing / np.where(pace > 0, pace, 1.0), 0.0) * truth.ceiling
        scores = level + np.exp(-pace) * (scores - level)
    return scores


def whole_stages(parts: Array, repair: Array) -> Array:
    """What a whole own stage does to a domain's score, in units of what these parts of one did: (draws, domains) of
    (domains,) and (draws,)."""
    return np.asarray(np.expm1(-repair[:, None]) / np.expm1(-repair[:, None] * parts))


def stages_of(names: Sequence[str], domains: Sequence[str]) -> Array:
    """The amounts of one own stage a domain, in this order: (len(names), domains)."""
    return np.array([[float(domain == name) for domain in domains] for name in names]).reshape(len(names), len(domains))


def _each(values: Array) -> Array:
    """(draws, 1) of (draws,); (draws, domains) as they are."""
    return values[:, None] if values.ndim == 1 else values


def _rates(effects: Array, room: Array) -> Array:
    """ρ: the rates at which effects above 0 close their room, broadcast against each other."""
    share = np.where((effects > 0) & (room > 0), effects / np.where(room > 0, room, 1.0), 0.0)
    return np.asarray(-np.log1p(-np.minimum(share, MOST)))
