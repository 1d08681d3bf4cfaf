"""The gains of finished searches as a Markdown table, for README and docs.

python -m benchmarks.searches runs/*/search.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def lines(report: dict[str, Any]) -> list[str]:
    """One row for each pair of arms."""
    name = report["curriculum"]["name"]
    found = []
    for gain in report["gains"]:
        test, promised = gain["test"], gain["promised"]
        if test["relative_gain"] is None:
            continue
        said = "" if promised is None else f"{promised:+.1%}"
        measured = f"{test['relative_gain']:+.1%} ({test['low']:+.1%} to {test['high']:+.1%})"
        found.append(f"| {name} | {test['arm']} | {test['baseline']} | {said} | {measured} | {test['verdict']} |")
    return found


def main() -> None:
    """Print one table for all reports given."""
    print("| curriculum | arm | against | promised on validation | on test, fresh seeds | verdict |")
    print("|---|---|---|---|---|---|")
    for name in sys.argv[1:]:
        print("\n".join(lines(json.loads(Path(name).read_text("utf-8")))))


if __name__ == "__main__":
    main()
