"""Claims as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.claims.model import Claim, Comparison
from experiments.analysis.comparing.apart import apart


def table(found: Sequence[Claim]) -> str:
    """A row a claim."""
    rows = [f"| {at} | {one.name} | {one.outcome} | {one.why} |" for at, one in enumerate(found, 1)]
    return "\n".join(["| | claim | | why |", "|---|---|---|---|", *rows])


def details(found: Sequence[Claim]) -> str:
    """A row a comparison, under its claim's number."""
    rows = [
        _row(at, one, sum(each.p is not None for each in claim.comparisons))
        for at, claim in enumerate(found, 1)
        for one in claim.comparisons
    ]
    return "\n".join(
        ["| claim | comparison | claimed | change (95 %) | p (Holm) | |", "|---|---|---|---|---|---|", *rows]
    )


def as_json(found: Sequence[Claim]) -> list[dict[str, Any]]:
    """All of it."""
    return [
        {"claim": one.name, "outcome": one.outcome, "why": one.why, "comparisons": list(_comparisons(one))}
        for one in found
    ]


def _comparisons(claim: Claim) -> Iterator[dict[str, Any]]:
    for one in claim.comparisons:
        change = one.change
        yield {
            "what": one.what,
            "expected": _way(one),
            "change": None
            if change.estimate is None
            else [_short(v) for v in (change.estimate, change.low, change.high)],
            "seeds": change.n,
            "items": one.items,
            "p": _short(one.p),
            "p_adjusted": _short(one.p_adjusted),
            "finding": one.finding,
            "missing": change.missing,
        }


def _row(at: int, one: Comparison, tested: int) -> str:
    change = one.change
    number = change.missing or "" if change.estimate is None else f"{change.estimate:+.3f}"
    if change.ends:
        number += f" ({change.ends[0]:+.3f} to {change.ends[1]:+.3f})"
    p = "" if one.p_adjusted is None else f"{one.p_adjusted:.3f}"
    why = f"; {apart(change, one.p, one.p_adjusted, tested)}".removesuffix("; ")
    return f"| {at} | {one.what} | {_way(one)} | {number} | {p} | {one.finding}{why} |"


def _way(one: Comparison) -> str:
    return "up" if one.expected > 0 else "down"


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
