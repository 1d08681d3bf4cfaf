"""The page's end: what it took, what is missing, and the details."""

from __future__ import annotations

import json
from collections.abc import Sequence

from curricula.dump import dump_yaml
from domains.endpoints import Bill
from experiments.analysis.report import Report
from experiments.analysis.report_parts import CostRow, Missing
from experiments.analysis.rows.costs import wall_words
from experiments.analysis.words import count, duration, short
from experiments.report.markup import cell, details, element, folded, number_cell, paragraph, row_head, section, table


def cost(report: Report) -> str:
    """What each arm cost a seed."""
    header = [
        "arm",
        "stages",
        "steps",
        "rollouts",
        "tokens",
        "training",
        "+ probe stages",
        "+ probe steps",
        "+ probe training",
    ]
    rows = []
    for arm, row in report.cost.arms.items():
        own = [number_cell(count(value)) for value in _counts(row.stages)]
        extra = [number_cell(count(value)) for value in (row.probes.stage_runs, row.probes.steps)]
        times = [number_cell(duration(value)) for value in (row.stages.train_seconds, row.probes.train_seconds)]
        name = row_head(arm, main=arm == report.main)
        rows.append([name, *own, times[0], *extra, times[1]])
    note = (
        "For each seed. An order that was chosen from the probes also owes them; those that are stages of the arm "
        "itself are not counted twice. Adaptive mixing owes as well the branches on which its rounds were read off. "
        f"All in all: training {duration(report.cost.train_seconds)}, "
        f"evaluation {duration(report.cost.eval_seconds)}, wall time {wall_words(report.cost)}."
    )
    note += asked(report.cost.asked)
    return section("cost", "Cost", paragraph(note, "note"), table(header, rows) if rows else "")


def asked(bill: Bill) -> str:
    """What was asked of endpoints, as a sentence with a blank before it; nothing where nothing was."""
    if not bill.requests and not bill.remembered:
        return ""
    return (
        f" Endpoints answered {count(bill.requests)} questions ({count(bill.prompt_tokens)} tokens in, "
        f"{count(bill.completion_tokens)} out); {count(bill.remembered)} had been answered before."
    )


def _counts(row: CostRow) -> tuple[float, ...]:
    return row.stage_runs, row.steps, row.rollouts, row.tokens


def failures(report: Report) -> str:
    """What is missing of a run."""
    return missing_section(report.missing)


def missing_section(missing: Sequence[Missing]) -> str:
    """What failed and why; what that blocks, or was not reached, only counted."""
    if not missing:
        return ""
    rows = [
        [
            number_cell("all" if row.seed is None else str(row.seed)),
            cell(short(" → ".join(row.path) or "base", 90), title=" → ".join(row.path)),
            element("td", element("span", text=row.boundary or "unknown", class_="tag failed"), class_="tight"),
            cell(row.cause),
            cell(", ".join(row.arms) or "probes only"),
        ]
        for row in missing
        if row.state == "failed"
    ]
    states = [row.state for row in missing]
    rest = (
        f"{states.count('failed')} stage runs failed, {states.count('blocked')} could not start because of that, "
        f"{states.count('waiting')} were not reached. The same command again continues from here."
    )
    failed = table(["seed", "stages", "boundary", "cause", "arms"], rows) if rows else ""
    return section("missing", "Missing", failed, paragraph(rest))


def appendix(report: Report) -> str:
    """Arms in words, curriculum and environment, folded."""
    arms = [
        [
            row_head(name),
            cell(arm.composition),
            cell(" → ".join(s.label for s in arm.stages)),
            cell(arm.origin),
        ]
        for name, arm in report.arms.items()
    ]
    environment = json.dumps(report.environment, indent=2, ensure_ascii=False, default=str)
    return folded(
        "details",
        "Details",
        details("Arms", table(["arm", "composition", "stages", "why"], arms)),
        details("Curriculum, resolved", element("pre", text=dump_yaml(report.curriculum))),
        details("Environment", element("pre", text=environment)),
    )
