"""The result in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.report.model import ComparisonReport, Missing
from experiments.report.words import percent, percent_range
from scheduler.plan import Plan

WORDS = {
    "better": "beats",
    "worse": "falls behind",
    "indistinguishable": "is indistinguishable from",
    "underpowered": "cannot be told from",
}


def verdict_sentence(
    main: str,
    comparisons: Sequence[ComparisonReport],
    plan: Plan | None,
    missing: Sequence[Missing],
    seeds: int,
) -> str:
    """Main arm against each joint arm, then whether the order is identified, then what is missing."""
    rows = [row for row in comparisons if row.arm == main and row.baseline.startswith("joint")]
    if not rows:
        rows = [row for row in comparisons if row.arm == main and row.baseline != "base"][:2]
    told = [_against(row) for row in rows if row.verdict in WORDS]
    head = f"{main} {_join(told)}" if told else f"{main} has no finished comparison yet"
    parts = [head + _seeds(seeds) if told else head, _order(plan), _gaps(missing)]
    return "; ".join(part for part in parts if part) + "."


def _against(row: ComparisonReport) -> str:
    return f"{WORDS[row.verdict]} {row.baseline} ({percent(row.relative_gain)}, {percent_range(row.low, row.high)})"


def _join(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _seeds(seeds: int) -> str:
    return f" on test, {seeds} seeds" if seeds > 1 else " on test, one seed"


def _order(plan: Plan | None) -> str:
    if plan is None:
        return ""
    if not plan.identified:
        return f"the order is not identifiable at this budget (best in {plan.win_rate:.0%} of bootstrap samples)"
    return f"its order is best in {plan.win_rate:.0%} of bootstrap samples"


def _gaps(missing: Sequence[Missing]) -> str:
    if not missing:
        return ""
    failed = sum(row.state == "failed" for row in missing)
    reason = f", {failed} of them failed" if failed else ""
    return f"{len(missing)} stage run{'s are' if len(missing) > 1 else ' is'} missing{reason}"
