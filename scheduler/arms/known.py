"""What arms are made of, as far as it is known: what is trained, in which order, and what the probes said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.arms.names import main_arm, own_order
from scheduler.arms.ordered import ordered_arm
from scheduler.composing.compose import written_out
from scheduler.composing.compositions.explicit import explicit_stages
from scheduler.composing.joint import JOINT
from scheduler.composing.left_out import known_left_out
from scheduler.measurements import Path
from scheduler.mixing.rounds import adaptive_choice, even_schedule
from scheduler.orderings import MEASURED, ORDERINGS, OrderingInput
from scheduler.plan import Mixing, Plan

Made = Mapping[str, Schedule]
"""Arms that are made already, by name."""


@dataclass(frozen=True)
class Known:
    """A curriculum, and what is decided of its run."""

    curriculum: Curriculum
    kept: Path
    """Domains that are trained, as the curriculum writes them."""
    order: Path | None
    """The schedule's; None where it rests on probes that are still to come, and where there is none."""
    data: OrderingInput | None = None
    """What the probes say; None: nothing yet."""
    advice: str | None = None
    """The candidate that the plan advises (scheduler/composing/candidates.py); None: not known, or there is no choice.
    """

    @property
    def settled(self) -> bool:
        """Whether the schedule's stages are known, or, of adaptive mixing, how many there will be."""
        spec = self.curriculum.schedule
        return self.order is not None or spec.composition == "explicit" or self.curriculum.main_rule is not None

    @property
    def left_out(self) -> Path:
        """Domains that are not trained."""
        return tuple(name for name in self.curriculum.domains if name not in self.kept)

    @cached_property
    def main(self) -> Schedule:
        """The schedule itself, or what stands for it at its budget: before the order is known any order, of adaptive
        mixing rounds of which nothing is chosen."""
        curriculum = self.curriculum
        if curriculum.schedule.composition == "explicit":
            origin = "The stages that the curriculum writes out."
            return written_out(curriculum, name=main_arm(curriculum), role="main", origin=origin)
        if curriculum.main_rule:
            return even_schedule(curriculum, adaptive_choice(curriculum, self.kept))
        way, order = curriculum.ordered, self.order or self.kept
        return ordered_arm(curriculum, own_order(curriculum, way), "main", curriculum.schedule.order, order, way)


def before(curriculum: Curriculum) -> Known | None:
    """What is known before anything is measured; None with `leave_out: auto`, since then the plan decides what is
    trained and so the budget."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        trained = {name for stage in explicit_stages(curriculum) for name in stage.mixture}
        return Known(curriculum, tuple(name for name in curriculum.domains if name in trained), None)
    if spec.leave_out == "auto":
        return None
    left = known_left_out(curriculum)
    kept = tuple(name for name in curriculum.domains if name not in left)
    data = unmeasured_input(curriculum).only(kept)
    order = None if spec.order in MEASURED else ORDERINGS[spec.order](data)
    return Known(curriculum, kept, order)


def supposed(curriculum: Curriculum) -> Known:
    """What will be known once there is a plan, in its place: as if every domain helped those written after it."""
    size, left = len(curriculum.domains), known_left_out(curriculum)
    kept = tuple(name for name in curriculum.domains if name not in left)
    helps = np.triu(np.ones((size, size)), 1)
    data = replace(
        unmeasured_input(curriculum),
        base=np.zeros(size),
        transfer=helps,
        worth=np.ones(size),
        delta_entropy=(None,) * size,
    )
    return Known(curriculum, kept, kept, data.only(kept))


def planned(curriculum: Curriculum, plan: Plan, data: OrderingInput) -> Known:
    """What is known once there is a plan."""
    kept = tuple(name for name in curriculum.domains if name not in plan.left_out)
    advice = advised_candidate(plan.mixing) if plan.mixing else None
    return Known(curriculum, kept, plan.order, data, advice)


def advised_candidate(found: Mixing) -> str:
    """What the advice is to train."""
    return found.staged if found.advice == "stage" else JOINT


def unmeasured_input(curriculum: Curriculum) -> OrderingInput:
    """What is known of an order before any stage was trained; weights are normalised."""
    names = tuple(curriculum.domains)
    total = sum(spec.weight for spec in curriculum.domains.values())
    return OrderingInput(
        domains=names,
        kinds=tuple(curriculum.domains[name].kind for name in names),
        weights=np.array([curriculum.domains[name].weight / total for name in names]),
        given=curriculum.schedule.given or (),
        seed=curriculum.data_seed,
    )
