"""From parameters to points, where a curriculum says what the parameters mean."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from optuna.distributions import BaseDistribution

from curricula.limits import limits_of
from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from curricula.stage import RateName
from scheduler.composing.choice import own_choice
from scheduler.composing.compositions.table import drafts
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.composing.left_out import probe_span
from scheduler.measurements import Array, Path
from scheduler.path_text import together_in
from scheduler.search.costs import of_beginnings, with_readings
from scheduler.search.encoders import Output
from scheduler.search.exposure import after_each_stage, at_the_end, exposures
from scheduler.search.marks import Marks, marks_of
from scheduler.search.points import Lineages, Points, table
from scheduler.search.space import Params, completed, defaults, space
from scheduler.search.trial_history import Mixtures


@dataclass(frozen=True)
class Layout:
    """The schedules of a curriculum's search: the encoder of its trials."""

    curriculum: Curriculum
    order: Path | None = None
    """The plan's, for ``search.order: plan``. Without it any order stands for it: it is the same in all trials."""
    staged: bool = True
    _known: dict[tuple[object, ...], tuple[Draft, ...]] = field(default_factory=dict, compare=False, repr=False)
    _paths: dict[Path, tuple[Draft, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def space(self) -> dict[str, BaseDistribution]:
        """Of the search."""
        return dict(space(self.curriculum))

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """One a domain: what was done to it acts on it directly."""
        names = tuple(self.curriculum.domains)
        weights = np.array([self.curriculum.domains[name].weight for name in names])
        of_all = np.arange(len(names) + self._marks.count) + len(names) ** 2
        return tuple(
            Output(name, j, float(weight), np.concatenate([np.arange(len(names)) * len(names) + j, of_all]))
            for j, (name, weight) in enumerate(zip(names, weights / weights.sum(), strict=True))
        )

    @cached_property
    def limits(self) -> dict[str, Output]:
        """Those of the curriculum, each on its domain."""
        by_name = {one.name: one for one in self.outputs}
        return {one.name: by_name[one.domain] for one in limits_of(self.curriculum)}

    def stages(self, params: Params) -> tuple[Draft, ...]:
        """Of the schedule that parameters stand for; equal ones where the same is trained."""
        known = {name: params[name] for name in self.space if name in params}
        key = tuple(known.items())
        if key not in self._known:
            order = self.order or searched_domains(self.curriculum)
            made = drafts(completed(known, self._pinned, order), self._base)
            self._known[key] = tuple(map(self._base.plain, made))
        return self._known[key]

    def schedule(self, params: Params) -> Hashable:
        """What two trials have in common that train the same schedule, whatever the seed."""
        return self._rate(params), self.stages(params)

    def encode(
        self,
        trials: Sequence[Params],
        lineages: Lineages,
        rungs: Sequence[int] = (),
        mixtures: Sequence[Mixtures] = (),
    ) -> list[Points]:
        """For each schedule its beginnings, from the base model to the last stage."""
        tried = self._tried(trials, mixtures)
        numbers = [
            lineages.of(one.stages, one.root(rung)) for one, rung in zip(tried, rungs or [0] * len(trials), strict=True)
        ]
        return self._points(tried, numbers)

    def ends(self, trials: Sequence[Params], lineages: Lineages, mixtures: Sequence[Mixtures] = ()) -> Points:
        """The last of each schedule's points alone, with the first seed."""
        tried = self._tried(trials, mixtures)
        whole, others, cost = self._exposed(tried)
        features, luck = at_the_end(whole, others)
        numbers = [lineages.of(one.stages, one.root(0)) for one in tried]
        return Points(features, table(numbers, luck.shape[1]), luck, cost)

    def encode_paths(self, paths: Sequence[Path], lineages: Lineages, rung: int = 0) -> list[Points]:
        """The same for paths that were trained as the curriculum says, one domain or group a stage."""
        made, rate = [self._path(path) for path in paths], self.curriculum.schedule.rate
        tried = [_Tried(one, one, rate, probe_span(self.curriculum, _steps(one))) for one in made]
        return self._points(tried, [lineages.of(one.stages, one.root(rung)) for one in tried])

    @cached_property
    def _marks(self) -> Marks:
        return marks_of(self.curriculum)

    @cached_property
    def _base(self) -> StageBudgets:
        return StageBudgets(self.curriculum)

    @cached_property
    def _pinned(self) -> dict[str, Any]:
        return defaults(self.curriculum)

    def _path(self, path: Path) -> tuple[Draft, ...]:
        """Groups have probes alone, so a path with one has no other step."""
        if path not in self._paths:
            if len(path) == 1 and len(members := together_in(path[0])) > 1:
                made: tuple[Draft, ...] = (self._group(members),)
            else:
                made = drafts(own_choice(self.curriculum, path, "sequential"), self._base) if path else ()
            self._paths[path] = tuple(map(self._base.plain, made))
        return self._paths[path]

    def _group(self, members: Path) -> Draft:
        """As `even_stage` has it."""
        part = self._base.together(members)
        shares = tuple((name, 1.0) for name in members)
        return Draft(None, shares, part.steps(part.budget / len(members)), 1.0, together=members)

    def _rate(self, params: Params) -> RateName:
        found: RateName = params.get("rate", self._pinned["rate"])
        return found

    def _tried(self, trials: Sequence[Params], mixtures: Sequence[Mixtures]) -> list[_Tried]:
        found = []
        for params, known in zip(trials, mixtures or [()] * len(trials), strict=True):
            stages = self.stages(params)
            found.append(_Tried(stages, _mixed(stages, known), self._rate(params), _steps(stages)))
        return found

    def _exposed(self, tried: Sequence[_Tried]) -> tuple[Array, Array, Array]:
        """`exposures` of them, with the marks behind the part by SFT, and with readings in the cost."""
        schedules, rates = [one.trained for one in tried], [one.rate for one in tried]
        whole, sft, cost = exposures(schedules, self._base)
        others = np.concatenate([sft, self._marks.of(schedules, rates, self._base)], axis=2)
        spans, anneal = [one.span for one in tried], self.curriculum.schedule.anneal
        return whole, others, with_readings(cost, schedules, rates, spans, anneal)

    def _points(self, tried: Sequence[_Tried], numbers: Sequence[list[int]]) -> list[Points]:
        whole, others, costs = self._exposed(tried)
        features, luck = after_each_stage(whole, others)
        found = []
        for row, lineage in enumerate(numbers):
            begun = [lineage[:depth] for depth in range(len(lineage) + 1)]
            depths, stages = slice(len(lineage) + 1), slice(len(lineage))
            cost = of_beginnings(costs[row, stages])
            found.append(Points(features[row, depths], table(begun, len(lineage)), luck[row, depths, stages], cost))
        return found


class _Tried(NamedTuple):
    """A schedule as it stands in the space, and as it was trained."""

    stages: tuple[Draft, ...]
    """Whose numbers it has: which mixtures rounds have is not asked, since what chooses them is the same."""
    trained: tuple[Draft, ...]
    rate: RateName
    span: int
    """Steps of the whole that it is, or is the beginning of."""

    def root(self, rung: int) -> Hashable:
        """Nothing is shared by different seeds, by different paths of the rate, or by one path over different spans."""
        return self.rate, rung, self.span if self.rate == "whole" else None


def _mixed(stages: tuple[Draft, ...], known: Mixtures) -> tuple[Draft, ...]:
    """With the mixtures that rounds were trained in, as far as they are known."""
    if not any(stage.chosen for stage in stages):
        return stages
    rounds = zip(stages, known, strict=False)
    mixed = [stage._replace(mixture=tuple(sorted(mixture.items()))) for stage, mixture in rounds]
    return (*mixed, *stages[len(mixed) :])


def _steps(stages: Sequence[Draft]) -> int:
    return sum(stage.steps for stage in stages)
