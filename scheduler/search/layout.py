"""From parameters to points, where a curriculum says what the parameters mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution

from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from scheduler.choice import own_choice
from scheduler.drafts import Base, Draft, drafts
from scheduler.measurements import Path
from scheduler.search.encoders import Output
from scheduler.search.exposure import after_each_stage, exposures
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

    def stages(self, params: Params) -> tuple[Draft, ...]:
        """Of the schedule that parameters stand for."""
        known = {name: params[name] for name in self.space if name in params}
        key = tuple(known.items())
        if key not in self._known:
            order = self.order or searched_domains(self.curriculum)
            self._known[key] = drafts(completed(known, self._pinned, order), self._base)
        return self._known[key]

    def encode(self, trials: Sequence[Params], lineages: Lineages) -> list[Points]:
        """For each schedule its beginnings, from the base model to the last stage."""
        return self._points([self.stages(params) for params in trials], lineages)

    def encode_paths(self, paths: Sequence[Path], lineages: Lineages) -> list[Points]:
        """The same for paths that were trained as the curriculum says, one domain a stage."""
        return self._points([self._path(path) for path in paths], lineages)

    @cached_property
    def _base(self) -> Base:
        return Base(self.curriculum)

    @cached_property
    def _pinned(self) -> dict[str, Any]:
        return defaults(self.curriculum)

    def _path(self, path: Path) -> tuple[Draft, ...]:
        return drafts(own_choice(self.curriculum, path, "sequential"), self._base) if path else ()

    def _points(self, schedules: Sequence[tuple[Draft, ...]], lineages: Lineages) -> list[Points]:
        features, luck = after_each_stage(*exposures(schedules, self._base))
        found = []
        for row, stages in enumerate(schedules):
            lineage = lineages.of(stages)
            begun = [lineage[:depth] for depth in range(len(lineage) + 1)]
            depths = slice(len(stages) + 1)
            felt = luck[row, depths, : len(stages)]
            found.append(Points(features[row, depths], table(begun, len(lineage)), felt))
        return found
