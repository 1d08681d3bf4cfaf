"""The README's result as Markdown, from a report.

stagewise run curricula/quickstart.yaml --store runs
python -m benchmarks.readme runs/quickstart-*/report.json
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments
from benchmarks.reports import read_report
from experiments.analysis.report import FORMAT
from experiments.analysis.sentences.plan_words import plan_lines
from scheduler.plan import Plan


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Lines of a Markdown table."""
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{'|'.join('---' for _ in names)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def number(found: dict[str, Any], pattern: str) -> str:
    """The estimate of an interval, or a dash."""
    return "–" if found["estimate"] is None else f"{found['estimate']:{pattern}}"


def span(found: dict[str, Any], pattern: str) -> str:
    """``low to high`` of an interval, or a dash."""
    return "–" if found["low"] is None else f"{found['low']:{pattern}} to {found['high']:{pattern}}"


def profiles(report: dict[str, Any]) -> Iterator[str]:
    """Entropy by domain, and which way its own training moved it."""
    rows = []
    for name, domain in report["domains"].items():
        found = domain["entropy"]
        delta = f"{number(found['delta_entropy'], '+.2f')} ({span(found['delta_entropy'], '+.2f')})"
        rows.append([name, domain["kind"], number(found["entropy"], ".2f"), delta, found["measured"]])
    return table(["domain", "declared", "entropy", "Δ by its own probe", "measured"], rows)


def scores(report: dict[str, Any]) -> Iterator[str]:
    """Test scores by arm, best total first."""
    domains = list(report["domains"])
    ranked = sorted(report["scores"].items(), key=lambda item: -item[1]["total"]["estimate"])
    rows = [
        [
            f"**{arm}**" if arm == report["main"] else arm,
            number(row["total"], ".3f"),
            span(row["total"], ".3f"),
            *(number(row[name], ".3f") for name in domains),
        ]
        for arm, row in ranked
    ]
    return table(["arm", "total", "95 % interval", *domains], rows)


def comparisons(report: dict[str, Any]) -> Iterator[str]:
    """Gains in total score with verdicts, the primary pair in bold."""
    rows = [
        [
            f"**{row['arm']}**" if row["primary"] else row["arm"],
            f"**{row['baseline']}**" if row["primary"] else row["baseline"],
            number(row["absolute"], "+.3f"),
            span(row["absolute"], "+.3f"),
            number(row["relative"], "+.1%"),
            "–" if row["p_adjusted"] is None else f"{row['p_adjusted']:.3f}",
            row["verdict"].replace("_", " "),
        ]
        for row in report["comparisons"]
        if row["absolute"]["estimate"] is not None
    ]
    return table(["arm", "against", "gain", "95 % interval", "relative", "p, corrected", "verdict"], rows)


def plan(report: dict[str, Any]) -> Iterator[str]:
    """The order with what is claimed of it, as the terminal says it."""
    yield from plan_lines(Plan.model_validate(report["plan"]))


def main(file: Path) -> None:
    """Print all parts."""
    report = read_report(file, FORMAT, "stagewise report")
    for part in (profiles, plan, scores, comparisons):
        print("\n".join(part(report)), end="\n\n")
    cost = report["cost"]
    print(
        f"{cost['stage_runs']} stage runs ({cost['stage_runs_unshared']} without sharing, {cost['probe_stage_runs']} "
        f"probes); seeds {report['seeds']}; trained {cost['train_seconds'] / 60:.0f} min, wall "
        f"{cost['wall_seconds'] / 60:.0f} min."
    )


if __name__ == "__main__":
    main(Path(arguments(__doc__, 1)[0]))
