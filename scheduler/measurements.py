"""What the scheduler knows: validation scores by item, after each path of stages that was trained."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scheduler.grouping import Flags, Groups, told, unit_by_domain, units_of

Array = npt.NDArray[np.float64]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Measurements:
    """Item scores in [0, 1] on the validation split.

    `scores[path][j]` has shape (seeds, items of domain j): the score on `domains[j]` after the stages in
    `path` were trained one after the other; the empty path is the base model. Seeds and items are aligned
    over all paths, so differences are paired.
    """

    domains: tuple[str, ...]
    weights: Array
    """Shape (domains,), sum 1."""
    scores: Mapping[Path, tuple[Array, ...]]
    idle: Mapping[str, str] = field(default_factory=dict)
    """Domain whose own stage taught nothing with any seed → why. Nothing is claimed of it. Where its weights did not
    move its effects are 0; where something else than its rewards moved them, they are what was measured."""
    mixed: tuple[Array, ...] | None = None
    """The same after the joint probe, all domains mixed for as long as one stage; None where it was not trained."""
    groups: Groups = field(default_factory=dict)
    """Domains that had one probe together: `scores[(group,)]` are after that one, in place of one after each."""
    entropy: Measurements | None = None
    """The base and each probe, measured by the entropy of the models' own samples, nats a token; None where that
    was not asked for."""

    @cached_property
    def units(self) -> dict[str, Path]:
        """What was probed, a group or a domain → the domains that it stands for."""
        return units_of(self.domains, self.groups)

    @cached_property
    def unit(self) -> dict[str, str]:
        """Domain → what was probed for it: its group, or itself."""
        return unit_by_domain(self.domains, self.groups)

    @cached_property
    def told(self) -> Flags:
        """(trained, affected): which effects were measured; not those of a group's members on each other."""
        return told(self.domains, self.groups)

    @property
    def seeds(self) -> int:
        """How many seeds everything was measured with."""
        return int(next(iter(self.scores.values()))[0].shape[0])

    def mean(self, path: Path) -> Array:
        """Mean score per domain after `path`: shape (domains,)."""
        return np.array([float(block.mean()) for block in self.scores[path]])


def without(path: Path, some: Collection[str]) -> Path:
    """The path's domains but for some."""
    return tuple(name for name in path if name not in some)
