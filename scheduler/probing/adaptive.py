"""Adaptive probing as a sequence of decisions, each of which rests on the probes before it and on nothing else.

So a run that is interrupted and started again decides the same, whatever else was trained in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from curricula.schema import Curriculum
from scheduler.measurements import Measurements, Path
from scheduler.probing.candidates import candidate_orders
from scheduler.probing.knowledge_gradient import Outlook, next_probes, outlook, stable
from scheduler.probing.probes import known_left_out
from scheduler.transfer_model import PathModel, fit, node_noise

Stop = Literal["stable", "budget", "exhausted"]
AT_ONCE = 2
"""Paths that are chosen together, so that few workers have no idle time; the same on every machine."""


@dataclass(frozen=True)
class ProbingState:
    """Where adaptive probing stands."""

    paths: tuple[Path, ...] = ()
    """Measured, in the order in which they were chosen; each of two or more stages."""
    wanted: tuple[Path, ...] = ()
    """To be trained next."""
    stop: Stop | None = None
    """Why no more are wanted: an order is stable, the budget is spent, or there is nothing left to learn."""

    @property
    def asked(self) -> tuple[Path, ...]:
        """All paths that were chosen, measured or not."""
        return (*self.paths, *self.wanted)


@dataclass(frozen=True, eq=False)
class Belief:
    """A transfer model and what it expects of the orders that the plan may choose from."""

    model: PathModel
    outlook: Outlook


def advance(m: Measurements, curriculum: Curriculum, before: ProbingState) -> tuple[ProbingState, Belief | None]:
    """Take what was wanted as measured (all of it must be in `m`), and decide again.

    Also what the decision rests on: what is believed after `paths`; None where the budget decided.
    """
    spec, paths = curriculum.schedule.probing, before.asked
    if len(paths) >= spec.budget:
        return ProbingState(paths, stop="budget"), None
    belief = believe(m, curriculum, paths)
    if stable(belief.outlook.totals) >= spec.stable:
        return ProbingState(paths, stop="stable"), belief
    wanted = next_probes(belief.outlook, min(AT_ONCE, spec.budget - len(paths)))
    return ProbingState(paths, wanted, None if wanted else "exhausted"), belief


def believe(m: Measurements, curriculum: Curriculum, paths: Sequence[Path]) -> Belief:
    """What the base, the first level and these paths say; of all else in `m` nothing is used."""
    trained = (*((name,) for name in m.domains), *paths)
    known = Measurements(m.domains, m.weights, {path: m.scores[path] for path in ((), *trained)})
    means = {path: known.mean(path) for path in known.scores}
    model = fit(m.domains, means, node_noise(known), lr_decay=curriculum.schedule.lr_decay)
    left_out = known_left_out(curriculum)
    kept = [name for name in m.domains if name not in left_out]
    orders = candidate_orders(model, kept, m.weights, leave_out=curriculum.schedule.leave_out == "auto")
    return Belief(model, outlook(model, trained, orders, m.weights))
