"""The page's part on health: whether rollouts could teach anything, a small table a stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from experiments.analysis.report import Report
from experiments.analysis.rows.health_rows import health_line, idle_lines
from experiments.analysis.stages.stage_health import StageHealth
from experiments.analysis.words import count, number, share
from experiments.report.markup import cell, details, element, folded, number_cell, paragraph, table

HEADER = (
    "seed",
    "domain",
    "groups",
    "without variance",
    "all wrong",
    "all right",
    "leverage",
    "tokens",
    "cut off",
    "entropy",
    "KL",
    "clipped",
)
NOTE = (
    "A group whose completions all got one reward teaches nothing. Leverage: share of all |advantage| in groups where "
    "some completions succeeded, but no more than one in eight; where it is high, a few lucky answers are what is "
    "learnt (– with fewer than eight rollouts, or where it was not recorded). Tokens: mean length of a completion; cut "
    "off: share that the longest length ended; entropy and KL in nats per token; clipped: share of tokens. In brackets "
    "after a seed: the arms that hold the stage, where stages of one path differ in length, rate or method."
)


def health(report: Report) -> str:
    """What taught nothing, in words; all of GRPO's stages, folded."""
    stages: dict[tuple[str, ...], list[StageHealth]] = {}
    for row in report.health:
        if row.health:
            stages.setdefault(row.path, []).append(row)
    lines = idle_lines(report.health)
    warning = element("ul", *(element("li", text=line) for line in lines), class_="callout warn") if lines else ""
    tables = [details(" → ".join(path), table(HEADER, table_rows(rows))) for path, rows in stages.items()]
    if not lines and not tables:
        return ""
    told = paragraph(f"{health_line(report.health)} {NOTE}", "note") if tables else ""
    return folded("health", "What the rollouts could teach", warning, told, *tables)


def table_rows(rows: Sequence[StageHealth]) -> Iterator[list[str]]:
    """A row for each seed and domain; what is known of the whole stage stands in the first of a seed. Stages of one
    path that differ otherwise (in length, rate or method) are told apart by their arms."""
    alike = Counter(row.seed for row in rows)
    for row in rows:
        found = row.health
        if found is None:
            continue
        whole = [number(found.completion_tokens, 1), share(found.truncated)]
        whole += [number(found.entropy, 2), number(found.kl), share(found.clipped)]
        name = f"{row.seed} ({', '.join(row.arms)})" if alike[row.seed] > 1 else str(row.seed)
        for at, (domain, groups) in enumerate(found.groups.items()):
            shares = [one / groups.count for one in (groups.flat, groups.wrong, groups.right)]
            figures = [count(groups.count), *map(share, (*shares, groups.leverage_share))]
            figures += whole if at == 0 else [""] * len(whole)
            yield [cell(name), cell(domain), *(number_cell(one) for one in figures)]
