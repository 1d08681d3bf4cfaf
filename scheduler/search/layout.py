"""From parameters to points, where a curriculum says what the parameters mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from optuna.distributions import BaseDistribution

from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from scheduler.measurements import Path
from scheduler.search.drafts import Base, Draft, drafts
from scheduler.search.exposure import after_each_stage, exposures
from scheduler.search.points import Lineages, Points, table
from scheduler.search.space import Params, completed, defaults, space


@dataclass(frozen=True)
class Layout:
    """The schedules of a curriculum's search."""

    curriculum: Curriculum
    order: Path | None = None
    """The plan's, for ``search.order: plan``. Without it any order stands for it: it is the same in all trials."""
    _known: dict[tuple[object, ...], tuple[Draft, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def space(self) -> dict[str, BaseDistribution]:
        """Of the search."""
        return dict(space(self.curriculum))

    @property
    def staged(self) -> bool:
        """Intermediate values are those after each stage."""
        return True

    @cached_property
    def _base(self) -> Base:
        return Base(self.curriculum)

    @cached_property
    def _pinned(self) -> dict[str, Any]:
        return defaults(self.curriculum)

    def stages(self, params: Params) -> tuple[Draft, ...]:
        """Of the schedule that parameters stand for."""
        known = {name: params[name] for name in self.space if name in params}
        key = tuple(known.items())
        if key not in self._known:
            order = self.order or searched_domains(self.curriculum)
            self._known[key] = drafts(completed(known, self._pinned, order), self._base)
        return self._known[key]

    def encode(self, trials: Sequence[Params], lineages: Lineages) -> list[Points]:
        """For each schedule its beginnings, from the first stage to the last."""
        schedules = [self.stages(params) for params in trials]
        names = searched_domains(self.curriculum)
        features = after_each_stage(*exposures(schedules, names, self._base))
        found = []
        for row, stages in enumerate(schedules):
            lineage = lineages.of(stages)
            begun = [lineage[:depth] for depth in range(1, len(lineage) + 1)]
            found.append(Points(features[row, 1 : len(stages) + 1], table(begun, len(lineage))))
        return found
