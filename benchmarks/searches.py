"""Gains of finished searches over joint training as a Markdown table, for README and docs.

    python -m benchmarks.searches benchmarks/orders/searches/*.json

In each cell: the relative gain on test with fresh seeds, its 95 % interval, the verdict; for the searched schedule also
what validation had promised, where it says anything.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.reports import read_report
from experiments.search.report.report import FORMAT

BASELINES = {
    "joint": "joint, as people run it",
    "joint-tuned": "joint with the plan's decay",
    "joint-searched": "joint, searched alike",
    "joint-probes": "joint with the probes' compute too",
}
ARMS = ("searched", "planned")


def cell(gain: dict[str, Any]) -> str:
    """One comparison."""
    test, promised = gain["test"], gain["promised"]
    found = test["relative_gain"]
    if found["low"] is None:
        return "not measured"
    said = f"; promised {promised:+.1%}" if promised is not None and test["arm"] == "searched" else ""
    measured = f"{found['estimate']:+.1%} ({found['low']:+.1%} to {found['high']:+.1%})"
    return f"{measured}, {test['verdict']}{said}"


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
        print("\n".join(lines(read_report(Path(name), FORMAT, "the same stagewise search"))))


if __name__ == "__main__":
    main()
