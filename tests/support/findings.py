"""A made-up truth about domains, and what probes would have found of it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from curricula.schema import Curriculum
from domains.interval import Interval
from domains.profile import EntropyProfile, make_profile
from experiments.run.gather import NOT_PROBED
from scheduler.plan import Alternative, Audit, Plan, Transfer

NAMES = ("sums", "sort", "spell", "stories", "count", "letters", "logic", "poems")
CREATIVE = ("stories", "poems")
GAINS = {"sums": 0.06, "sort": 0.16, "spell": 0.22, "stories": 0.12}


def generator(*parts: object) -> np.random.Generator:
    """A generator that depends on the parts only, in any process."""
    return np.random.default_rng(int.from_bytes(sha256(repr(parts).encode()).digest()[:8], "big"))


def effect(trained: str, affected: str) -> float:
    """The made-up truth: what training on one domain does to another."""
    if trained == affected:
        return GAINS.get(trained, 0.1)
    rng = generator("effect", trained, affected)
    return float(rng.uniform(-0.09, 0.03))


def ability(path: Sequence[str], domain: str) -> float:
    """True pass rate after the stages in `path`; labels join the domains of a mixture with +."""
    value = 0.55 if domain != "sums" else 0.2
    for label in path:
        parts = label.split("+")
        others = [effect(part, domain) for part in parts if part != domain]
        value += sum(others) / len(parts)
        if domain in parts:
            value = max(value, 0.5 + effect(domain, domain) - 0.02 * len(others))
    return float(np.clip(value, 0.02, 0.98))


def make_transfer(curriculum: Curriculum) -> Transfer:
    """The made-up truth with an interval around it."""
    names = tuple(curriculum.domains)
    cells = [[effect(i, j) for j in names] for i in names]
    return Transfer(
        domains=names,
        base=tuple(ability((), name) for name in names),
        effects=tuple(tuple(Interval.of(cell, cell - 0.04, cell + 0.04, 3) for cell in row) for row in cells),
    )


def make_plan(curriculum: Curriculum) -> Plan:
    """A plan that the data do not quite identify."""
    names = tuple(curriculum.domains)
    second = (names[1], names[0], *names[2:])
    rows = tuple(
        tuple(0.5 if i == j else (0.7 if i < j else 0.3) for j in range(len(names))) for i in range(len(names))
    )
    return Plan(
        order=names,
        predicted={name: ability((name,), name) for name in names},
        total=0.71,
        margin=Interval.of(0.011, -0.012, 0.034, 3),
        runner_up=Alternative(order=second, predicted=0.699),
        win_rate=0.43,
        winners=(Alternative(order=names, predicted=0.43), Alternative(order=second, predicted=0.31)),
        precedence=rows,
        identified=False,
        audit=Audit(
            saturation=Interval.of(0.021, -0.004, 0.05, 3),
            constancy=0.04,
            constancy_null=0.03,
            pairs=12,
            spearman=0.6,
            kendall=0.4,
            orders=6,
            notes=("Transfer is about as constant as item noise allows.",),
        ),
    )


def make_profiles(curriculum: Curriculum) -> dict[str, EntropyProfile]:
    """Structured domains fall, creative ones do not rise for certain, and the last one contradicts its kind."""
    last = list(curriculum.domains)[-1]
    return {
        name: make_profile(
            name,
            spec.kind,
            entropy=Interval.of(0.7, 0.66, 0.74, 3),
            delta=NOT_PROBED if name == "logic" else _change(name, _falls(spec.kind, name == last)),
            answers=["one answer", "another answer", "a third answer"],
            reference_entropy=0.5,
            nll=1.2,
            tokens_per_byte=1.0,
        )
        for name, spec in curriculum.domains.items()
    }


def _change(name: str, falls: bool) -> Interval:
    middle = (-0.25 if falls else 0.08) + float(generator("probe", name).normal(0, 0.01))
    return Interval.of(middle, middle - 0.1, middle + 0.1, 3)


def _falls(kind: str, contradicts: bool) -> bool:
    return (kind == "structured") != contradicts
