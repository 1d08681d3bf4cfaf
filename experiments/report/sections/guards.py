"""The page's part on guards: what they changed in words, the pools by pass rate, what the limits saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from experiments.analysis.notes.guard_advice import choice_lines
from experiments.analysis.report import Report
from experiments.analysis.rows.guard_rows import changed, guard_lines, limit_words
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.analysis.words import count
from experiments.report.markup import cell, details, element, paragraph, section, table
from experiments.report.style import MUTED

HEADER = ("seed", "domain", "prompts", "below", "above", "drawn from", "prompts by pass rate, 0 to 1")
LIMITS = ("seed", "steps", "what was seen")
TALL = 24
"""Pixels of a histogram."""
NOTE = (
    "Pass rate: mean reward of a prompt's completions by the model that the stage started from; prompts outside of the "
    "band were not drawn (but for domains of which all were), and measuring is in the stage's cost. KL and entropy: "
    "means over the last steps, in nats per token of the stage's own rollouts."
)


def guards(report: Report) -> str:
    """What was chosen, what guards changed; all of the guarded stages, folded."""
    if not report.guards and not report.recommended:
        return ""
    lines = list(choice_lines(report.recommended))
    if report.guards:
        lines += guard_lines(report.guards) or ("Guards were switched on, and changed nothing.",)
    told = element("ul", *(element("li", text=line) for line in lines))
    stages: dict[tuple[str, ...], list[StageGuards]] = {}
    for row in report.guards:
        stages.setdefault(row.path, []).append(row)
    folded = [details(_summary(path, rows), *_tables(rows)) for path, rows in stages.items()]
    note = [paragraph(NOTE, "note")] if report.guards else []
    return section("guards", "What guards changed", told, *note, *folded)


def _summary(path: Sequence[str], rows: Sequence[StageGuards]) -> str:
    struck = sum(changed(row.guarded) for row in rows)
    return f"{' → '.join(path)} (changed with {struck} of {len(rows)} seeds)"


def _tables(rows: Sequence[StageGuards]) -> Iterator[str]:
    if any(row.guarded.pools for row in rows):
        yield table(HEADER, _pools(rows))
    if any(row.guarded.limits for row in rows):
        yield table(LIMITS, _limits(rows))


def _pools(rows: Sequence[StageGuards]) -> Iterator[list[str]]:
    for row in rows:
        for domain, pool in row.guarded.pools.items():
            figures = [count(one) for one in (pool.measured, pool.below, pool.above)]
            figures.append("all" if pool.lifted else count(pool.kept))
            counts = [count(size) for size in pool.histogram]
            heights = cell(" · ".join(counts), _bars(pool.histogram))
            yield [cell(str(row.seed)), cell(domain), *(cell(one, class_="number") for one in figures), heights]


def _bars(histogram: Sequence[int]) -> str:
    """A bar a pass rate, as tall as its share of the fullest one."""
    top, width = max(histogram), 10
    heights = [TALL * size / top for size in histogram]
    bars = [
        element(
            "rect", x=str(at * (width + 1)), y=f"{TALL - tall:.1f}", width=str(width), height=f"{tall:.1f}", fill=MUTED
        )
        for at, tall in enumerate(heights)
    ]
    wide = len(histogram) * (width + 1)
    return element("svg", *bars, width=str(wide), height=str(TALL), aria_hidden="true")


def _limits(rows: Sequence[StageGuards]) -> Iterator[list[str]]:
    for row in rows:
        for limit in row.guarded.limits:
            steps = f"{row.guarded.done} of {row.guarded.planned}"
            yield [cell(str(row.seed)), cell(steps, class_="number"), cell(limit_words(limit))]
