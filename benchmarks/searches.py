"""Gains of finished searches over joint training as a Markdown table, for README and docs.

    python -m benchmarks.searches benchmarks/orders/searches/*.json

In each cell: the gain in total score on test with fresh seeds, its 95 % interval, the verdict; for the searched
schedule also the relative gain and what validation had promised of it, where it says anything. Reports of format 2, in
which those beside this module were written, hold a relative gain and a verdict by it alone: the cell has these.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.reports import read_report
from experiments.search.analysis.report import FORMAT

BASELINES = {
    "joint": "joint, as people run it",
    "joint-tuned": "joint with the plan's decay",
    "joint-searched": "joint, searched alike",
    "joint-probes": "joint with the probes' compute too",
}
ARMS = ("searched", "planned")
OLDER = 2


def cell(gain: dict[str, Any]) -> str:
    """One comparison."""
    test, promised = gain["test"], gain["promised"]
    said = promised is not None and test["arm"] == "searched"
    if "relative_gain" in test:
        return _cell(test["relative_gain"], "+.1%", test["verdict"], f"promised {promised:+.1%}" if said else "")
    relative = test["relative"]["estimate"]
    told = f"relative {relative:+.1%}, promised {promised:+.1%}" if said and relative is not None else ""
    return _cell(test["absolute"], "+.3f", test["verdict"], told)


def _cell(found: dict[str, Any], pattern: str, verdict: str, said: str) -> str:
    if found["low"] is None:
        return "not measured"
    measured = f"{found['estimate']:{pattern}} ({found['low']:{pattern}} to {found['high']:{pattern}})"
    return f"{measured}, {verdict.replace('_', ' ')}" + (f"; {said}" if said else "")


def lines(report: dict[str, Any]) -> list[str]:
    """One row an arm."""
    gains = {(gain["test"]["arm"], gain["test"]["baseline"]): gain for gain in report["gains"]}
    return [
        " | ".join(
            [f"| {report['curriculum']['name']}", arm]
            + [cell(gains[arm, name]) if (arm, name) in gains else "not measured" for name in BASELINES]
        )
        + " |"
        for arm in ARMS
    ]


def main() -> None:
    """Print one table for all reports given."""
    print("| curriculum | arm | " + " | ".join(BASELINES.values()) + " |")
    print("|---" * (2 + len(BASELINES)) + "|")
    for name in sys.argv[1:]:
        print("\n".join(lines(read_report(Path(name), FORMAT, "the same stagewise search", OLDER))))


if __name__ == "__main__":
    main()
