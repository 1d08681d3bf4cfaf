"""The result in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from experiments.analysis.comparison import Comparison, Verdict
from experiments.analysis.plan_words import samples_of
from experiments.analysis.report import Missing
from experiments.analysis.scores import BASE
from experiments.analysis.words import percent, percent_span, share
from scheduler.plan import Plan

WORDS: dict[Verdict, str] = {
    "better": "beats",
    "worse": "falls behind",
    "indistinguishable": "is as good as",
    "underpowered": "cannot be told from",
}


def verdict_sentence(
    main: str,
    comparisons: Sequence[Comparison],
    plan: Plan | None,
    missing: Sequence[Missing],
    joint: Collection[str],
) -> str:
    """Main arm against each of the `joint` arms (else other orders), then the order, then what is missing."""
    rows = [row for row in comparisons if row.arm == main and row.baseline != BASE]
    paired = [row for row in [row for row in rows if row.baseline in joint] or rows if row.seeds]
    if paired:
        seeds = min(row.seeds for row in paired)
        over = f"{seeds} paired seeds" if seeds > 1 else "one seed"
        head = f"On test, {main} {_join(_phrases(paired))}, by 95 % intervals over {over} and all items"
    else:
        head = f"{main} has no finished comparison yet"
    return "; ".join(part for part in (head, _order(plan), _gaps(missing)) if part) + "."


def told(row: Comparison) -> str:
    """The verdict, or that there is none because no seed finished in both arms."""
    return row.verdict if row.seeds else "not finished"


def _phrases(rows: Sequence[Comparison]) -> list[str]:
    """One phrase for each verdict, naming all baselines that share it."""
    phrases = []
    for verdict, words in WORDS.items():
        same = [f"{row.baseline} ({_gain(row)})" for row in rows if row.verdict == verdict]
        if same:
            phrases.append(f"{words} {_join(same)}")
    return phrases


def _gain(row: Comparison) -> str:
    return f"{percent(row.relative_gain.estimate)}, {percent_span(row.relative_gain)}"


def _join(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _order(plan: Plan | None) -> str:
    if plan is None:
        return ""
    if not plan.identified:
        return f"the order is not identifiable at this budget (best in {share(plan.win_rate)} of {samples_of(plan)})"
    return f"its order is best in {share(plan.win_rate)} of {samples_of(plan)}"


def _gaps(missing: Sequence[Missing]) -> str:
    if not missing:
        return ""
    failed = sum(row.state == "failed" for row in missing)
    reason = f", {failed} of them failed" if failed else ""
    return f"{len(missing)} node{'s are' if len(missing) > 1 else ' is'} missing{reason}"
