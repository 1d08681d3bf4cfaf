"""What finished searches found, against every other way, as a Markdown table for docs.

    python -m benchmarks.searches benchmarks/orders/searches/replay_*.json

A column a search, a row each comparison: the difference in total score on test with fresh seeds, its 95 % interval, and
the verdict after Holm's correction over the search's comparisons, p beside it. Files are what `stagewise search` leaves
as search.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments
from benchmarks.reports import read_report
from experiments.search.analysis.report import FORMAT

ARMS = ("searched", "planned")
BASELINES = {
    "joint": "joint, as people run it",
    "joint-tuned": "joint with the plan's decay",
    "joint-searched": "joint, searched alike",
    "joint-probes": "joint with the probes' compute too",
    "adaptive-transfer": "adaptive mixing",
    "merge-linear": "merging, linear",
    "merge-ties": "merging, TIES",
    "merge-dare": "merging, DARE",
    "planned": "the planned order",
}
SAME, SEE = "the same stages", "see `searched`"


def cell(report: dict[str, Any], arm: str, baseline: str) -> str:
    """One comparison; that the two are the same stages where a search chose them."""
    found = [gain["test"] for gain in report["gains"]]
    test = next((each for each in found if (each["arm"], each["baseline"]) == (arm, baseline)), None)
    if test is None:
        # What the searched schedule is under another name too is compared once.
        double = next((one for one in BASELINES if report["verdict"].startswith(f"searched is {one}: ")), None)
        return "not compared" if double != baseline else SAME if arm == "searched" else SEE
    absolute = test["absolute"]
    if absolute["low"] is None:
        return "not measured"
    verdict = test["verdict"].replace("_", " ")
    p = test["p_adjusted"]
    told = "" if p is None else " (p < 0.001)" if p < 0.001 else f" (p {p:.3f})"
    return f"{absolute['estimate']:+.3f} ({absolute['low']:+.3f} to {absolute['high']:+.3f}), {verdict}{told}"


def lines(reports: list[dict[str, Any]]) -> list[str]:
    """Rows of the table, those alone that some search has."""
    found = []
    for arm in ARMS:
        for baseline, words in BASELINES.items():
            cells = [cell(report, arm, baseline) for report in reports]
            if any(one not in {"not compared", SEE} for one in cells):
                found.append(" | ".join([f"| {arm}, against {words}", *cells]) + " |")
    return found


def main() -> None:
    """Print one table for all reports given."""
    names = [Path(name) for name in arguments(__doc__)]
    reports = [read_report(name, FORMAT, "the same stagewise search") for name in names]
    print("| | " + " | ".join(name.stem.replace("_", ", search seed ") for name in names) + " |")
    print("|---" * (1 + len(names)) + "|")
    print("\n".join(lines(reports)))


if __name__ == "__main__":
    main()
