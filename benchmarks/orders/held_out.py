"""Chosen on all tables but one, reported on that one: what a choice of strategy or transfer model is worth elsewhere.

    python -m benchmarks.orders.held_out benchmarks/orders/regret.json benchmarks/orders/models.json

Whoever picks the best of several on the tables that it is then praised on has tuned on them. Here each curriculum in
turn is left out: the strategy with the lowest mean regret on the others (at the same number of stage runs), and the
transfer model with the lowest error on the others, are reported on it, beside bwt and beside what would have been
best there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.orders.tables import AT, rows, span

USUAL = "bwt"
"""The ordering that ships as default, to hold a choice against."""


def chosen(losses: Mapping[str, Mapping[str, float]], left_out: str) -> str:
    """The name (name → curriculum → loss) whose mean over the other curricula is lowest; the first of equals."""
    others = [name for name in next(iter(losses.values())) if name != left_out]
    if not others:
        raise ValueError(f"{left_out} is the only curriculum: nothing is left to choose on")
    return min(losses, key=lambda name: float(np.mean([losses[name][other] for other in others])))


def strategies(regret: Mapping[str, Any]) -> str:
    """For each curriculum and number of stage runs: what the others would choose, and its regret there."""
    body = []
    for at in AT:
        losses = {
            label: {name: panels[name]["mean"][at] for name in regret["curricula"]}
            for label, panels in regret["curves"].items()
        }
        for left_out in regret["curricula"]:
            pick = chosen(losses, left_out)
            best = min(losses, key=lambda label: losses[label][left_out])
            body.append([f"{at}", left_out, *(_cell(regret, one, left_out, at) for one in (pick, USUAL, best))])
    return rows(["runs", "judged on", "chosen on the others", "the default", "best there (hindsight)"], body)


def models(judged: Mapping[str, Any], task: str = "level-1") -> str:
    """For each curriculum: the transfer model that errs least on the others, and its error and rank there."""
    names = list(judged)
    variants = list(judged[names[0]][task])
    losses = {
        one: {name: judged[name][task][one]["rmse"] / judged[name][task]["additive"]["rmse"] for name in names}
        for one in variants
    }
    body = []
    for left_out in names:
        pick, best = chosen(losses, left_out), min(variants, key=lambda one: losses[one][left_out])
        body.append([left_out, *(_figures(judged[left_out][task][one], one) for one in (pick, "additive", best))])
    return rows(["judged on", "chosen on the others", "additive", "best there (hindsight)"], body)


def main(files: Sequence[str]) -> None:
    """Print both as Markdown."""
    regret, judged = (json.loads(Path(name).read_text("utf-8")) for name in files[:2])
    print("**Strategies, chosen on the other tables**", strategies(regret), sep="\n\n")
    print("\n**Transfer models, chosen on the other tables**", models(judged), sep="\n\n")


def _cell(regret: Mapping[str, Any], label: str, name: str, at: int) -> str:
    panel = regret["curves"][label][name]
    return f"{label}: {span({key: panel[key][at] for key in ('mean', 'low', 'high')})}"


def _figures(found: Mapping[str, float], name: str) -> str:
    return f"{name}: rmse {found['rmse']:.3f}, rank correlation {found['unseen']:.2f}"


if __name__ == "__main__":
    main(arguments(__doc__))
