"""Rates of the benchmarks of cliffs as tables: by world, and by the number of seeds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SIMULATIONS = 1000
OPTIONS = ("--simulations",)
"""What their commands take."""
POWER = "power_"
"""Keys that begin so hold how often a verdict is said where it is true; the rest of the key is the verdict."""
Rates = Mapping[str, float]
"""``base 0.5, 1 an item, 3 seeds`` → share of the arms."""


def show(
    measured: Callable[[int], dict[str, Any]], description: str | None, arguments: Sequence[str]
) -> dict[str, Any]:
    """All rates by so many simulations; printed as tables and as one line of JSON."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--simulations", type=int, default=SIMULATIONS)
    found = measured(parser.parse_args(arguments).simulations)
    print(tables(found))
    print(json.dumps(found))
    return found


def tables(found: Mapping[str, Any]) -> str:
    """Markdown, rates in per cent: a table a key, and of all that is found where it is one for all verdicts."""
    rates = {key: value for key, value in found.items() if isinstance(value, dict)}
    power = {key.removeprefix(POWER): value for key, value in rates.items() if key.startswith(POWER)}
    rest = [_table([key], _rows(value)) for key, value in rates.items() if not key.startswith(POWER)]
    every = {verdict: _rows(value) for verdict, value in power.items()}
    rows = {f"{verdict} | {name}": row for verdict, each in every.items() for name, row in each.items()}
    return "\n".join([*rest, *([_table(["verdict", "what is true"], rows)] if rows else [])])


def _table(head: Sequence[str], rows: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(dict.fromkeys(seeds for row in rows.values() for seeds in row))
    lines = [f"| {' | '.join([*head, *columns])} |", "|---" * (len(head) + len(columns)) + "|"]
    lines += [
        f"| {name} | {' | '.join(f'{100 * row[seeds]:.1f}' for seeds in columns)} |" for name, row in rows.items()
    ]
    return "\n".join([*lines, ""])


def _rows(rates: Rates) -> dict[str, dict[str, float]]:
    """World → number of seeds → rate."""
    rows: dict[str, dict[str, float]] = {}
    for name, rate in rates.items():
        world, seeds = name.rsplit(", ", 1)
        rows.setdefault(world, {})[seeds] = rate
    return rows
