"""From parameters to points, where a curriculum says what the parameters mean."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution

from curricula.limits import limits_of
from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from curricula.stage import RateName
from scheduler.composing.choice import own_choice
from scheduler.composing.compositions.table import drafts
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.measurements import Path
from scheduler.path_text import together_in
from scheduler.search.encoders import Output
from scheduler.search.exposure import after_each_stage, at_the_end, exposures
from scheduler.search.points import Lineages, Points, table
from scheduler.search.space import Params, completed, defaults, space


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
        sft = np.arange(len(names)) + len(names) ** 2
        return tuple(
            Output(name, j, float(weight), np.concatenate([np.arange(len(names)) * len(names) + j, sft]))
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

    def encode(self, trials: Sequence[Params], lineages: Lineages, rungs: Sequence[int] = ()) -> list[Points]:
        """For each schedule its beginnings, from the base model to the last stage."""
        roots = [(self._rate(params), rung) for params, rung in zip(trials, rungs or [0] * len(trials), strict=True)]
        return self._points([self.stages(params) for params in trials], lineages, roots)

    def ends(self, trials: Sequence[Params], lineages: Lineages) -> Points:
        """The last of each schedule's points alone, with the first seed."""
        schedules = [self.stages(params) for params in trials]
        whole, sft, cost = exposures(schedules, self._base)
        features, luck = at_the_end(whole, sft)
        numbers = [
            lineages.of(stages, (self._rate(params), 0)) for stages, params in zip(schedules, trials, strict=True)
        ]
        return Points(features, table(numbers, luck.shape[1]), luck, cost)

    def encode_paths(self, paths: Sequence[Path], lineages: Lineages, rung: int = 0) -> list[Points]:
        """The same for paths that were trained as the curriculum says, one domain or group a stage."""
        # On one path of the rate over a whole schedule, a part of another length shares nothing with it.
        alone = ("alone",) if self._rate({}) == "whole" else ()
        roots = [(self._rate({}), rung, *alone)] * len(paths)
        return self._points([self._path(path) for path in paths], lineages, roots)

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
        """Nothing is shared by different paths of the rate."""
        found: RateName = params.get("rate", self._pinned["rate"])
        return found

    def _points(
        self, schedules: Sequence[tuple[Draft, ...]], lineages: Lineages, roots: Sequence[Hashable]
    ) -> list[Points]:
        whole, sft, costs = exposures(schedules, self._base)
        features, luck = after_each_stage(whole, sft)
        found = []
        for row, (stages, root) in enumerate(zip(schedules, roots, strict=True)):
            lineage = lineages.of(stages, root)
            begun = [lineage[:depth] for depth in range(len(lineage) + 1)]
            depths = slice(len(stages) + 1)
            felt = luck[row, depths, : len(stages)]
            cost = np.tril(np.tile(costs[row, : len(stages)], (len(stages) + 1, 1)), -1)
            found.append(Points(features[row, depths], table(begun, len(lineage)), felt, cost))
        return found
