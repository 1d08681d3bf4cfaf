"""The limits that a curriculum sets on an order, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from curricula.schema import Curriculum

Limited = Literal["loss", "entropy"]
"""What is limited: how much later stages take from a domain's score, and how little entropy its stage begins with."""


class OrderLimit(NamedTuple):
    """One limit on one domain."""

    measure: Limited
    domain: str
    bound: float
    """`loss`: the most, in score; `entropy`: the least, in nats a token."""

    @property
    def name(self) -> str:
        """``loss of stories``: what a search's trials are told of by."""
        return f"{self.measure} of {self.domain}"


def limits_of(curriculum: Curriculum) -> tuple[OrderLimit, ...]:
    """All limits, in the order of the domains; on those that the curriculum itself does not leave out."""
    spec, trained = curriculum.schedule.constraints, trained_domains(curriculum)
    creative = [name for name in trained if curriculum.domains[name].kind == "creative"]
    asked: dict[Limited, dict[str, float]] = {
        "loss": _by_domain(spec.loss, trained),
        "entropy": _by_domain(spec.entropy, creative),
    }
    return tuple(
        OrderLimit(measure, name, bounds[name])
        for measure, bounds in asked.items()
        for name in trained
        if name in bounds
    )


def trained_domains(curriculum: Curriculum) -> tuple[str, ...]:
    """Domains that the curriculum does not leave out by name."""
    left = curriculum.schedule.leave_out
    return tuple(name for name in curriculum.domains if isinstance(left, str) or name not in left)


def _by_domain(limit: float | dict[str, float] | None, every: Iterable[str]) -> dict[str, float]:
    if limit is None:
        return {}
    return dict(limit) if isinstance(limit, dict) else dict.fromkeys(every, limit)
