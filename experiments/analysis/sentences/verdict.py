"""The result in a few short sentences, the primary pair first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domains.listed import listed
from experiments.analysis.comparing.comparison import Comparison, Verdict
from experiments.analysis.report_parts import Missing
from experiments.analysis.sentences.plan_words import order_clause
from experiments.analysis.words import number, percent, percent_span, signed, signed_span
from scheduler.plan import Plan
from scheduler.statistics.power import FEWEST

WORDS: dict[Verdict, str] = {
    "better": "better",
    "better_but_small": "better, but small",
    "equivalent": "equivalent",
    "worse_but_small": "worse, but small",
    "worse": "worse",
    "undecided": "undecided",
}
"""In tables."""
PHRASES: dict[Verdict, tuple[str, str]] = {
    "better": ("beats", ""),
    "better_but_small": ("is better than", ", and too little to matter (within ±{rope:g})"),
    "equivalent": ("is as good as", ", within ±{rope:g}"),
    "worse_but_small": ("is worse than", ", and too little to matter (within ±{rope:g})"),
    "worse": ("falls behind", ""),
    "undecided": ("cannot be told from", ""),
}
"""In sentences, before and after the baseline."""


def verdict_sentence(
    main: str,
    comparisons: Sequence[Comparison],
    plan: Plan | None,
    missing: Sequence[Missing],
    unequal: Mapping[str, Sequence[str]],
    rope: float,
    lost: str = "",
) -> str:
    """The primary pair, what was lost, the others, the order, what is missing.

    `unequal`: arm → what is not equal in it, in words; `lost`: what `main` does surely worse than the base model.
    """
    primary = next((row for row in comparisons if row.primary), None)
    # What no seed has finished is not undecided: the nodes that are missing are counted.
    rest = [row for row in comparisons if not row.primary and row.seeds]
    if primary is None:
        parts = [f"There is no finished comparison of {main} yet"]
    else:
        parts = [_primary(primary, rope), _unequal(primary, unequal), _rest(rest, rope)]
    order = _order(plan)
    lost_in = f"Below the base model in the end: {lost}" if lost else ""
    parts = [*parts[:1], lost_in, *parts[1:], f"{order[:1].upper()}{order[1:]}", _gaps(missing)]
    return " ".join(f"{part}." for part in parts if part)


def told(row: Comparison) -> str:
    """The verdict, or that there is none because no seed finished in both arms."""
    return WORDS[row.verdict] if row.seeds else "not finished"


def settling(row: Comparison) -> str:
    """Why the verdict is not what the interval alone says; else what an undecided comparison could have found, and how
    many seeds would find, four times in five, what it saw or the least that matters. Empty for one that is decided, and
    as its interval has it."""
    if row.apart or row.verdict != "undecided" or not row.seeds:
        return row.apart
    if row.seeds < FEWEST:
        parts = [f"{_seeds(row)} cannot tell"]
    else:
        parts = [f"{_seeds(row)} find differences from {number(row.detectable)}"]
    if row.seeds_needed is None and row.seeds > 1:
        parts.append("more seeds alone would not find one as large as seen or as matters")
    elif row.seeds_needed is not None and row.seeds_needed > row.seeds:
        parts.append(f"about {row.seeds_needed} would mostly find one as large as seen or as matters")
    return "; ".join(parts)


def apart_lines(rows: Sequence[Comparison]) -> tuple[str, ...]:
    """Which pairs have a verdict that is not what their interval alone says, and why; a line for each reason."""
    shared: dict[str, list[str]] = {}
    for row in rows:
        few = row.seeds < FEWEST and row.absolute.sign != 0
        if why := settling(row) if row.apart or few else "":
            shared.setdefault(why, []).append(f"{row.arm} against {row.baseline}")
    return tuple(f"{'; '.join(pairs)}: {why}." for why, pairs in shared.items())


def _primary(row: Comparison, rope: float) -> str:
    if not row.seeds:
        return f"There is no finished comparison of {row.arm} with {row.baseline} yet"
    head = (
        f"On test, {row.arm} {_than(row.verdict, row.baseline, rope)}: {signed(row.absolute.estimate)} of total score "
        f"({signed_span(row.absolute)}, 95 % interval over {_seeds(row)} and all items)"
    )
    gain = row.relative
    relative = "" if gain.ends is None else f"a relative gain of {percent(gain.estimate)} ({percent_span(gain)})"
    return "; ".join(part for part in (head, relative, settling(row)) if part)


def _than(verdict: Verdict, baselines: str, rope: float) -> str:
    before, after = PHRASES[verdict]
    return f"{before} {baselines}{after.format(rope=rope)}"


def _seeds(row: Comparison) -> str:
    return f"{row.seeds} seeds" if row.seeds > 1 else "one seed"


def _unequal(row: Comparison, unequal: Mapping[str, Sequence[str]]) -> str:
    """What a fair reading of the primary pair has to know."""
    found = [f"{arm}: {listed(unequal[arm])}" for arm in (row.arm, row.baseline) if unequal.get(arm)]
    return f"Not equal: {'; '.join(found)}" if found else ""


def _rest(rows: Sequence[Comparison], rope: float) -> str:
    """What the other pairs say once they are corrected for their number."""
    if not rows:
        return ""
    decided = [row for row in rows if row.verdict != "undecided"]
    left = len(rows) - len(decided)
    if not decided:
        return f"{len(rows)} further comparison{'s, corrected for their number, are' if left > 1 else ' is'} undecided"
    phrases = _phrases(decided, rope)
    if left:
        phrases.append(f"{left} {'are' if left > 1 else 'is'} undecided")
    many = f"{len(rows)} further comparison{'s' * (len(rows) > 1)}"
    return f"Of {many}, corrected for their number: {'; '.join(phrases)}"


def _phrases(rows: Sequence[Comparison], rope: float) -> list[str]:
    """One phrase for each arm and verdict, naming all baselines that share them."""
    groups: dict[tuple[str, Verdict], list[str]] = {}
    for row in rows:
        groups.setdefault((row.arm, row.verdict), []).append(f"{row.baseline} ({signed(row.absolute.estimate)})")
    return [f"{arm} {_than(verdict, listed(names), rope)}" for (arm, verdict), names in groups.items()]


def _order(plan: Plan | None) -> str:
    return order_clause(plan) if plan else ""


def _gaps(missing: Sequence[Missing]) -> str:
    if not missing:
        return ""
    failed = sum(row.state == "failed" for row in missing)
    reason = f", {failed} of them failed" if failed else ""
    return f"{len(missing)} node{'s are' if len(missing) > 1 else ' is'} missing{reason}"
