"""Hold the seed's ten claims against a run's records:

    python -m benchmarks.claims FILE --store runs [--seeds 0,1,2] [--set KEY=VALUE …] [--deeper KEY=VALUE …]

FILE, seeds and values as `stagewise run` had them. --deeper: the further values of a second run of the same FILE in
which more of the model is trained (model.lora=null); without it claim 8 says nothing. Every domain's own stage from the
base model (its probe, or the schedule where that is one such stage) is before and after on one domain; falls of scores
are looked for in the schedule and joint training too. All is on test, paired over seeds and items (what was measured on
a stage's way is on validation), and p values are corrected by Holm over each claim's comparisons. Prints a table in
Markdown and then one line of JSON; comparisons are listed with --all. With fewer than three seeds nothing is claimed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.claims.inputs import inputs_of
from benchmarks.claims.rows import claims
from benchmarks.claims.table import as_json, details, table
from domains.errors import UserError
from experiments.analysis.scores import RunScores
from experiments.cli.session import prepare
from experiments.run.job import job_at
from experiments.store import Store


def main(arguments: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The ten rows, printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--store", default="runs")
    parser.add_argument("--seeds", default=None)
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    parser.add_argument("--deeper", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--all", action="store_true", help="also every comparison")
    given = parser.parse_args(arguments)
    try:
        values = [given.sets, [*given.sets, *given.deeper]] if given.deeper else [given.sets]
        runs = [_scores(given.file, given.seeds, sets, given.store) for sets in values]
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    found = claims(*runs)
    print(table(found))
    if given.all:
        print(details(found))
    rows = as_json(found)
    print(json.dumps(rows))
    return rows


def _scores(file: Path, seeds: str | None, sets: list[str], store: str) -> RunScores:
    """Raises UserError."""
    return RunScores(inputs_of(job_at(prepare(file, seeds, sets, store), Store.open(store, create=False))))


if __name__ == "__main__":
    main()
