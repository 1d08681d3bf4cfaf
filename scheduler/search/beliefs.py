"""What a study has shown so far, as the sampler and the pruner need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from optuna.study import Study
from optuna.trial import TrialState
from scipy.special import log_ndtr

from scheduler.measurements import Array
from scheduler.path_text import path_of
from scheduler.search.encoders import Encoder
from scheduler.search.points import Lineages, Points, stacked
from scheduler.search.surrogate import Aspect, Blend, blend
from scheduler.search.trial_history import (
    MEASURED,
    Mixtures,
    ScoreByDomain,
    TrialHistory,
    expected_mixtures,
    known_mixtures,
    sign_of,
)

MOST_SEEN = 400
"""Schedules and beginnings that the model is conditioned on with `FEW` scores or fewer; with more of them fewer."""
FEW, LEAST_SEEN = 8, 150
LARGEST = 1e12
"""Values beyond are cut: their squares must stay finite."""


class Observation(NamedTuple):
    """One observation of a schedule or a beginning."""

    point: Points
    value: float
    scores: ScoreByDomain | None

    @property
    def number(self) -> int:
        """Of what was observed; −1 for the base model."""
        return int(self.point.number[0])


@dataclass(frozen=True)
class Beliefs:
    """All that was observed, and what is already paid for."""

    encoder: Encoder
    seen: tuple[Observation, ...]
    pending: Points | None
    """Complete schedules that running trials will have trained."""
    trained: frozenset[int]
    """Numbers of the beginnings that were trained or are being trained."""
    passed: frozenset[int]
    """Those of them that were gone on from."""
    settled: frozenset[int]
    """Numbers of the schedules that finished, were pruned or are running."""
    failed: frozenset[int]
    """Numbers of the beginnings whose last stage failed."""
    finals: tuple[float, ...]
    """Values of complete trials."""
    finished: Points | None
    """What they trained."""
    excesses: tuple[Mapping[str, float], ...]
    """What they were beyond each limit that they could break; 0 or less: kept."""
    mixtures: Mixtures = ()
    """That a schedule is expected to choose which mixes round by round."""

    @cached_property
    def _counted(self) -> tuple[Observation, ...]:
        """What the model is conditioned on: of very many, the latest, ends before beginnings."""
        most = max(LEAST_SEEN, MOST_SEEN * FEW // max(FEW, len(self.encoder.outputs)))
        if len({one.number for one in self.seen}) <= most:
            return self.seen
        ends = [one for one in self.seen if one.number in self.settled]
        begun = [one for one in self.seen if one.number not in self.settled]
        # As many of either, as far as there are: ends say what counts, beginnings why.
        whole = _distinct(reversed(ends))[: max(most // 2, most - len(begun))]
        return tuple(_distinct([*whole, *reversed(begun)])[:most][::-1])

    @cached_property
    def best(self) -> float:
        """The largest expected score of any schedule that finished and broke no limit, whatever luck it had; −∞ where
        none did. ValueError where nothing finished."""
        if self.model is None or self.finished is None:
            raise ValueError("nothing has finished")
        kept = [all(beyond <= 0 for beyond in one.values()) for one in self.excesses]
        return float(self.model.at(self.finished.still)[0].max(where=kept, initial=-np.inf))

    @cached_property
    def model(self) -> Blend | None:
        """Of all domains' scores where every observation has them, else of the value alone. None: nothing was seen."""
        outputs, seen = self.encoder.outputs, self._counted
        if not seen:
            return None
        points = stacked([one.point for one in _distinct(seen)])
        if outputs and all(one.scores is not None for one in seen):
            rows = [[(one.scores or {})[output.name] for output in outputs] for one in _distinct(seen)]
            aspects = [Aspect(one.direct, one.place) for one in outputs]
            return blend(points, list(np.array(rows).T), [one.weight for one in outputs], aspects)
        return blend(points, [_means(seen)], [1.0], [Aspect(np.arange(points.features.shape[1]))])

    @cached_property
    def expecting(self) -> Blend | None:
        """The model as if running trials had scored what is expected of them."""
        if self.model is None or self.pending is None:
            return self.model
        return self.model.believing(self.pending)

    @cached_property
    def _room(self) -> Blend | None:
        """Of each limit, what was left to it. What a trial could not break, it kept as well as any that could."""
        if self.finished is None or not any(self.excesses):
            return None
        rows = np.sort(np.unique(self.finished.number, return_index=True)[1])[-MOST_SEEN:]
        told = [self.excesses[at] for at in rows]
        names = sorted(set().union(*told))
        best = {name: min(0.0, *(one[name] for one in told if name in one)) for name in names}
        room = [-np.array([one.get(name, best[name]) for one in told]) for name in names]
        every = Aspect(np.arange(self.finished.features.shape[1]))
        own = {name: Aspect(one.direct, one.place) for name, one in self.encoder.limits.items()}
        aspects = [own.get(name, every) for name in names]
        return blend(self.finished[rows], room, [1.0] * len(names), aspects)

    def unpaid(self, asked: Points) -> Array:
        """Completions that each schedule would newly train, (m,)."""
        paid = np.stack([np.isin(asked.lineage, list(one)) for one in (self.trained, self.passed)], axis=2)
        return np.asarray((asked.cost * ~paid).sum(axis=(1, 2)))

    def log_kept(self, asked: Points) -> Array:
        """Logarithm of the probability that each schedule keeps all limits, (m,): 0 without limits. They are taken as
        independent given what was seen (Gardner et al. 2014)."""
        room = self._room.each(asked) if self._room else []
        found = [mean / np.maximum(deviation, 1e-12) for mean, deviation in room]
        return np.asarray(sum(map(log_ndtr, found), np.zeros(len(asked))))


def believe(study: Study, trials: Sequence[TrialHistory], encoder: Encoder, lineages: Lineages) -> Beliefs:
    """What these trials of the study and its `tell_measured` say."""
    params, rungs = [trial.params for trial in trials], [trial.rung for trial in trials]
    encoded = encoder.encode(params, lineages, rungs, expected_mixtures(trials))
    before, known = _measured(study, encoder, lineages)
    ways = [points.lineage[-1].tolist() for points in known] + [
        points.lineage[-1, : _reach(trial, len(points) - 1)].tolist()
        for trial, points in zip(trials, encoded, strict=True)
    ]
    running = [points[-1:] for trial, points in zip(trials, encoded, strict=True) if trial.state == TrialState.RUNNING]
    ended = [points[-1:] for trial, points in zip(trials, encoded, strict=True) if trial.final is not None]
    return Beliefs(
        encoder=encoder,
        seen=(*before, *(one for pair in zip(trials, encoded, strict=True) for one in _observed(*pair, encoder))),
        pending=stacked(running) if running else None,
        trained=frozenset(number for way in ways for number in way),
        passed=frozenset(number for way in ways for number in way[:-1]),
        settled=frozenset(
            int(points.number[-1])
            for trial, points in zip(trials, encoded, strict=True)
            if trial.state != TrialState.FAIL
        ),
        failed=frozenset(
            int(points.number[min(_reach(trial, len(points) - 1) + 1, len(points) - 1)])
            for trial, points in zip(trials, encoded, strict=True)
            if trial.state == TrialState.FAIL
        ),
        finals=tuple(trial.final for trial in trials if trial.final is not None),
        finished=stacked(ended) if ended else None,
        excesses=tuple(trial.limits for trial in trials if trial.final is not None),
        mixtures=known_mixtures(trials),
    )


def _measured(study: Study, encoder: Encoder, lineages: Lineages) -> tuple[list[Observation], list[Points]]:
    """What was trained before the search."""
    useful = bool(encoder.outputs) and sign_of(study) > 0
    by_rung: dict[str, dict[str, ScoreByDomain]] = study.user_attrs.get(MEASURED, {}) if useful else {}
    seen, ways = list[Observation](), list[Points]()
    for rung, known in by_rung.items():
        encoded = encoder.encode_paths([path_of(text) for text in known], lineages, int(rung))
        values = [sum(one.weight * scores[one.name] for one in encoder.outputs) for scores in known.values()]
        triples = zip(encoded, values, known.values(), strict=True)
        seen += [Observation(points[-1:], value, scores) for points, value, scores in triples]
        ways += encoded
    return seen, ways


def _observed(trial: TrialHistory, points: Points, encoder: Encoder) -> Iterator[Observation]:
    """Values after stages; a complete trial's own stands for the last stage's."""
    last = len(points) - 1
    values = {step: value for step, value in trial.reported.items() if encoder.staged and 1 <= step <= last}
    if trial.final is not None:
        values[last] = trial.final
    for depth, value in values.items():
        yield Observation(points[depth : depth + 1], float(np.clip(value, -LARGEST, LARGEST)), trial.scores.get(depth))


def _reach(trial: TrialHistory, last: int) -> int:
    """How many stages the trial trained or will have trained."""
    if trial.state in (TrialState.COMPLETE, TrialState.RUNNING):
        return last
    return min(max(trial.reported, default=0), last)


def _distinct(seen: Iterable[Observation]) -> list[Observation]:
    """The first observation of each schedule: a stage that trials share was trained once."""
    found: dict[int, Observation] = {}
    for one in seen:
        found.setdefault(one.number, one)
    return list(found.values())


def _means(seen: Sequence[Observation]) -> Array:
    """The mean value of each distinct schedule: in a space that is not a curriculum's they may differ."""
    found: dict[int, list[float]] = {}
    for one in seen:
        found.setdefault(one.number, []).append(one.value)
    return np.array([values[0] if len(values) == 1 else float(np.mean(values)) for values in found.values()])
