"""A made-up truth about domains, and what probes would have found of it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import combinations

import numpy as np

from curricula.schema import Curriculum
from domains.interval import Interval
from domains.profile import EntropyProfile, make_profile
from experiments.run.reading.gather import NOT_PROBED
from scheduler.plan import Alternative, Audit, Departure, OwnGain, Plan, Precedence, Transfer, Worth

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
        shrunk=tuple(tuple(0.8 * cell for cell in row) for row in cells),
    )


def make_plan(curriculum: Curriculum) -> Plan:
    """A plan with one identified precedence, and a domain that does not learn."""
    names = tuple(curriculum.domains)
    second = (names[1], names[0], *names[2:])
    rows = tuple(
        tuple(0.5 if i == j else (0.7 if i < j else 0.3) for j in range(len(names))) for i in range(len(names))
    )
    return Plan(
        order=names,
        predicted={name: ability((name,), name) for name in names},
        total=0.71,
        precedences=_precedences(names),
        own_gains=_own_gains(names),
        own_gain=Interval.of(0.12, 0.08, 0.16, 3),
        worth=Worth(
            regret=0.006,
            random_regret=0.074,
            over_mean=Interval.of(0.05, 0.01, 0.09, 3),
            over_reverse=Interval.of(0.1, 0.02, 0.18, 3),
        ),
        margin=Interval.of(0.011, -0.012, 0.034, 3),
        runner_up=Alternative(order=second, predicted=0.699),
        win_rate=0.43,
        winners=(Alternative(order=names, predicted=0.43), Alternative(order=second, predicted=0.31)),
        precedence=rows,
        audit=Audit(
            saturation=Departure(size=0.03, noise=0.02, p=0.04, detectable=0.03, cells=12),
            gap=Interval.of(0.021, -0.004, 0.05, 3),
            constancy=Departure(size=0.04, noise=0.03, p=0.2, detectable=0.05, cells=36),
            pairs=12,
            rank=5,
            orders=24,
            notes=("No sign that transfer changes after another stage (p = 0.2).",),
        ),
    )


def _precedences(names: Sequence[str]) -> tuple[Precedence, ...]:
    """Only the first is identified."""
    found = []
    for at, (first, second) in enumerate(combinations(names, 2)):
        p, reach = (0.1, 0.04) if at else (0.001, 0.02)
        gain = Interval.of(0.031, 0.031 - reach, 0.031 + reach, 3)
        found.append(
            Precedence(first=first, second=second, gain=gain, p=p, p_adjusted=min(1.0, 6 * p), identified=not at)
        )
    return tuple(found)


def _own_gains(names: Sequence[str]) -> tuple[OwnGain, ...]:
    """All learn but the first, which is too hard."""
    return tuple(
        OwnGain(
            domain=name,
            base=0.1 if name == names[0] else 0.5,
            gain=Interval.of(
                -0.02 if name == names[0] else effect(name, name), -0.1 if name == names[0] else 0.01, 0.3, 3
            ),
            p=0.2 if name == names[0] else 0.001,
            p_adjusted=0.2 if name == names[0] else 0.004,
        )
        for name in names
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
