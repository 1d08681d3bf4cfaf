"""Searches over orders against those of an earlier commit, replayed on the tables beside this module.

    python -m benchmarks.orders.earlier 4a17a05 [--draws 12] > benchmarks/orders/earlier.json

Both see the same tables, seeds and draws, and are judged alike (see regret.py). The earlier commit's search runs as it
stood, in a worktree of its own. `needed`: what share of the stage runs, or of their training time, ours needs of the
other's until what it has found stays within `level` of the best; `lower_by`: how much less regret ours has at equal
stage runs, or at equal training time, in shares of the best order's score. Intervals are 95 %, over seeds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.orders.intervals import spelled, within
from benchmarks.orders.judge import Judge, judge, replayed
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.searchers import DRAWS, searchers
from benchmarks.orders.strategy import SeedPositions, Step, Strategy, choose
from benchmarks.orders.summary import Replays, against
from benchmarks.orders.table import Table

OURS = ("ours", "ours_warm", "ours_warm_pruned")
SPENT = (7, 12, 16, 24, 32, 64)
"""Stage runs, or training time in mean stages, at which regrets are compared."""
EARLIER = "earlier_{}"
REPLAY = """
import json, sys
from pathlib import Path
from typing import Any
from benchmarks.orders import replay_search
from benchmarks.orders.searchers import searchers
from benchmarks.orders.table import read_table

folder, draws, names = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
table, train, trained = read_table(folder), replay_search._train, []

def watched(trial, order, values, scores, run, budget):
    done = train(trial, order, values, scores, run, budget)
    if done:
        trained.append(sorted(run))
    return done

def walk(name, seen, draw):
    trained.clear()
    orders = [step.order for step in searchers(draws)[name].steps(table, (seen,), draw)]
    return list(zip(trained, orders, strict=True))

replay_search._train = watched
print(json.dumps({name: [[walk(name, seen, draw) for draw in range(draws)] for seen in range(len(table.seeds))]
                  for name in names}))
"""
"""What runs at the earlier commit: search → seed seen → draw → (paths trained, order chosen) by trial."""
Walks = Mapping[str, list[list[list[tuple[list[list[str]], list[str]]]]]]


def walks(commit: str, draws: int) -> dict[str, Walks]:
    """Curriculum → what the commit's searches did on its table, on all tables at once."""
    with tempfile.TemporaryDirectory() as folder:
        place, running = Path(folder) / "earlier", {}
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", place, commit], check=True)
        try:
            for name in read_tables(HERE):
                running[name] = started(place, _copy(HERE / name, Path(folder) / name), draws, OURS)
            return {name: said(name, process) for name, process in running.items()}
        finally:
            for process in running.values():
                process.kill()
            subprocess.run(["git", "worktree", "remove", "--force", place], check=True)


def started(place: Path, table: Path, draws: int, searches: Sequence[str]) -> subprocess.Popen[bytes]:
    """The searches of the checkout in `place`, on a table."""
    words = [sys.executable, "-c", REPLAY, str(table), str(draws), *searches]
    return subprocess.Popen(words, cwd=place, env={**os.environ, "PYTHONPATH": str(place)}, stdout=subprocess.PIPE)


def said(name: str, process: subprocess.Popen[bytes]) -> Walks:
    """What they did; ends the program where they failed."""
    told, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{name}: the earlier commit's replay failed.")
    return dict(json.loads(told))


def earlier(found: Mapping[str, Walks], search: str, draws: int) -> Strategy:
    """What the earlier commit's search did, as a strategy."""

    def steps(table: Table, seen: SeedPositions, draw: int) -> Iterator[Step]:
        (at,) = seen
        for trained, order in found[table.curriculum.name][search][at][draw]:
            yield choose(table, map(tuple, trained), tuple(order))

    return Strategy(steps, draws)


def measure(tables: Mapping[str, Table], commit: str, draws: int) -> dict[str, object]:
    """Everything that is printed."""
    found = walks(commit, draws)
    ours = searchers(draws)
    judged = {
        **{name: ours[name] for name in ("random", *OURS)},
        **{EARLIER.format(name): earlier(found, name, draws) for name in OURS},
    }
    judges = {name: judge(table) for name, table in tables.items()}
    replays = {
        label: {name: replayed(table, judges[name], strategy) for name, table in tables.items()}
        for label, strategy in judged.items()
    }
    runs, timed = (
        {label: {name: getattr(each, by) for name, each in one.items()} for label, one in replays.items()}
        for by in ("runs", "seconds")
    )
    pairs = [(name, other) for name in OURS for other in (EARLIER.format(name), "random")]
    return {
        "commit": commit,
        "draws": draws,
        "searches": {
            f"{name} against {other}": {
                "stage_runs": compared(name, other, judges, runs),
                "training_time": compared(name, other, judges, timed),
            }
            for name, other in pairs
        },
    }


def compared(name: str, other: str, judges: Mapping[str, Judge], replays: Replays) -> dict[str, dict[str, Any]]:
    """`needed`; `lower_by`: `own` and `truth` → what was spent → the other's regret minus ours, pooled."""
    ours, others = replays[name], replays[other]
    lower = {
        kind: {
            str(spent): spelled(
                within(
                    {name: getattr(others[name], kind)[:, spent] - getattr(ours[name], kind)[:, spent] for name in ours}
                )
            )
            for spent in SPENT
        }
        for kind in ("own", "truth")
    }
    return {"needed": against(name, other, judges, replays), "lower_by": lower}


def main() -> None:
    """Print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit")
    parser.add_argument("--draws", type=int, default=DRAWS, help="replays of each search a seed")
    given = parser.parse_args()
    print(json.dumps(measure(read_tables(HERE), given.commit, given.draws), indent=1))


def _copy(table: Path, place: Path) -> Path:
    """The table, its curriculum without `search`: an earlier schema may not know all of it, and no replay heeds it."""
    shutil.copytree(table, place)
    file = place / "curriculum.yaml"
    written = yaml.safe_load(file.read_text("utf-8"))
    written.pop("search", None)
    file.write_text(yaml.safe_dump(written, sort_keys=False), "utf-8")
    return place


if __name__ == "__main__":
    main()
