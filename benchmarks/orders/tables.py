"""The figures of a regret replay and of the entropy ablation as Markdown, for docs/ground_truth.md.

python -m benchmarks.orders.tables benchmarks/orders/regret.json benchmarks/orders/ablation.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments

POOLED = "pooled"
AT = (7, 16, 32, 64)
"""Stage runs at which curves are shown: one order's worth after the first level, a quarter, a half, all of the tree."""


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def span(found: Mapping[str, float], *, sign: bool = False) -> str:
    """Mean and interval in per cent."""
    plus = "+" if sign else ""
    return f"{found['mean']:{plus}.1%} ({found['low']:{plus}.1%} to {found['high']:{plus}.1%})"


def ratio(found: Mapping[str, float]) -> str:
    """Mean and interval of a ratio."""
    return f"{found['mean']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def references(regret: Mapping[str, Any]) -> str:
    """What the best and the worst choices would lose."""
    names = ("oracle", "exhaustive", "mean", "worst")
    curricula = [*regret["curricula"], POOLED]
    found = regret["references"]
    return rows(["choice", *curricula], [[name, *(span(found[name][one]) for one in curricula)] for name in names])


def curves(regret: Mapping[str, Any]) -> str:
    """Pooled regret of every strategy at some numbers of stage runs."""
    body = []
    for name, panels in regret["curves"].items():
        curve = panels.get(POOLED) or next(iter(panels.values()))
        cells = [{key: curve[key][at] for key in ("mean", "low", "high")} for at in AT]
        body.append([name, *(span(cell) for cell in cells)])
    return rows(["strategy", *(f"{at} runs" for at in AT)], body)


def aims(regret: Mapping[str, Any]) -> str:
    """What share of random search's runs the others need, and of their training time where that was counted."""
    counts = {"of stage runs": "summary", "of training time": "summary_by_seconds"}
    found = {title: regret[key]["ours_against_random"] for title, key in counts.items() if key in regret}
    body = []
    for name in (name for name in found["of stage runs"] if name != "aim"):
        for level in ("own_0.005", "own_0.01", "own_0.02"):
            aim = "<= 0.5" if level == "own_0.01" and name != "tpe" else ""
            cells = [ratio(each[name][level]["ratio"]) for each in found.values()]
            body.append([f"{name} against random, {level}", *cells, aim])
    return rows(["ratio", *found, "aim"], body)


def needed(regret: Mapping[str, Any]) -> str:
    """Stage runs until the best order's level (own, 1 %), by curriculum."""
    ours = regret["summary"]["ours_against_random"]
    names = [name for name in ours if name != "aim"]
    curricula = list(regret["curricula"])
    body = [[name, *(f"{ours[name]['own_0.01']['runs'][one]:.1f}" for one in curricula)] for name in names]
    body.append(["random", *(f"{ours[names[0]]['own_0.01']['random_runs'][one]:.1f}" for one in curricula)])
    return rows(["search", *curricula], body)


def entropy(ablation: Mapping[str, Any]) -> str:
    """Regret beside bwt's, by how many validation items were seen."""
    body = []
    for items, found in ablation.items():
        regret, beside = found["regret"], found["minus_bwt"]
        body.append(
            [
                items,
                span(regret["bwt"][POOLED]),
                span(beside["bwt_entropy"][POOLED], sign=True),
                span(beside["entropy"][POOLED], sign=True),
            ]
        )
    return rows(["items a domain", "bwt", "bwt_entropy minus bwt", "entropy minus bwt"], body)


def main() -> None:
    """Print all tables."""
    regret, ablation = (json.loads(Path(name).read_text("utf-8")) for name in arguments(__doc__)[:2])
    parts = {
        "Regret of reference choices": references(regret),
        "Regret by stage runs, pooled": curves(regret),
        "Aims": aims(regret),
        "Stage runs to the best order's level": needed(regret),
        "Does entropy help?": entropy(ablation),
    }
    print("\n\n".join(f"**{title}**\n\n{table}" for title, table in parts.items()))


if __name__ == "__main__":
    main()
