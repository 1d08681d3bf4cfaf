"""What the orders of each curriculum and their rivals scored, as Markdown: totals, joint training against the orders,
own gains, and every domain after every path.

    python -m benchmarks.orders.totals [--paths]

On test, means over seeds, but `--paths`: means on validation of every domain after every path of at most two stages,
and over all orders beside what the sum of single stages' effects expects. Intervals are 95 %, over seeds and items;
that of joint training minus the best order knows nothing of the order's having been picked as the best of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.rivals import Rivals, read_rivals
from benchmarks.orders.table import Table
from benchmarks.orders.tables import rows
from domains.interval import Interval
from scheduler.measurements import Array, Path
from scheduler.path_text import order_text
from scheduler.prediction.predict import predict
from scheduler.statistics.intervals import interval

JOINT = ("joint-x0.25", "joint-x0.5", "joint-x1", "joint-x2")
TAIL = "trunk and tail"
SINGLE = "joint-x1"
Blocks = tuple[Array, ...]
"""An array (seeds, items) a domain."""
Given = Mapping[str, tuple[Table, Rivals]]


def total(table: Table, blocks: Blocks) -> Array:
    """Weighted mean over domains, (seeds,)."""
    return np.asarray(np.stack([block.mean(axis=1) for block in blocks], axis=1) @ table.weights)


def best(table: Table) -> Path:
    """The order with the highest mean total on test."""
    totals = table.totals("test")
    return max(table.orders, key=lambda order: totals[order].mean())


def gain(table: Table, ours: Blocks, theirs: Blocks) -> Interval:
    """Of the total, paired over seeds and items."""
    parts = zip(table.domains, table.weights, ours, theirs, strict=True)
    return interval({name: weight * (mine - other) for name, weight, mine, other in parts})


def totals(given: Given) -> str:
    """Base, worst, average and best order, and what orders are compared with."""
    head = ["curriculum", "base", "worst order", "average", "best order", "cumulative", *JOINT, TAIL]
    body = []
    for name, (table, rivals) in given.items():
        found = table.totals("test")
        means = [float(found[order].mean()) for order in table.orders]
        mixed = [total(table, blocks).mean() for arm, blocks in rivals["test"].items() if arm.startswith("cumulative")]
        others = [total(table, rivals["test"][arm]).mean() for arm in (*JOINT, TAIL)]
        cells = [f"{value:.3f}" for value in (found[()].mean(), min(means), np.mean(means), max(means))]
        body.append([name, *cells, f"{min(mixed):.3f} to {max(mixed):.3f}", *(f"{value:.3f}" for value in others)])
    return rows(head, body)


def against_joint(given: Given) -> str:
    """Joint training minus the best order in hindsight, and minus the average one."""
    head = ["curriculum", "best order", "joint minus it", "by seed", "joint minus the average order", "by seed"]
    body = []
    for name, (table, rivals) in given.items():
        order, joint = best(table), rivals["test"][SINGLE]
        found, mine = table.totals("test"), total(table, joint)
        items = table.items["test"]
        mean = tuple(np.mean([items[each][at] for each in table.orders], axis=0) for at in range(len(table.domains)))
        over_best, over_mean = gain(table, joint, items[order]), gain(table, joint, mean)
        by_seed = (_each(mine - found[order]), _each(mine - total(table, mean)))
        body.append([name, order_text(order), _span(over_best), by_seed[0], _span(over_mean), by_seed[1]])
    return rows(head, body)


def own_gains(given: Given) -> str:
    """What each domain's own stage did to its own score."""
    body = []
    for name, (table, _) in given.items():
        for at, domain in enumerate(table.domains):
            moved = table.items["test"][(domain,)][at] - table.items["test"][()][at]
            body.append([name, domain, _span(interval({domain: moved})), _each(moved.mean(axis=1))])
    return rows(["curriculum", "domain", "own gain", "by seed"], body)


def after_paths(table: Table) -> str:
    """Every domain on validation: after paths of at most two stages, over all orders, and as the sum expects them."""
    means = {path: scores.mean(axis=0) for path, scores in table.scores("validation").items()}
    singles = np.array([means[(name,)] - means[()] for name in table.domains])
    expected = [predict(order, table.domains, means[()], singles) for order in table.orders]
    short = {order_text(path) or "base": scores for path, scores in means.items() if len(path) <= 2}
    all_ = {
        "all orders": np.mean([means[order] for order in table.orders], axis=0),
        "the sum": np.mean(expected, axis=0),
    }
    lines = [[path, *(f"{score:.3f}" for score in scores)] for path, scores in {**short, **all_}.items()]
    return rows(["after", *table.domains], lines)


def parts(given: Given, *, paths: bool) -> Iterator[tuple[str, str]]:
    """Title and table."""
    yield "Totals on test", totals(given)
    yield "Joint training against the orders", against_joint(given)
    yield "Own gains on test", own_gains(given)
    for name, (table, _) in given.items() if paths else ():
        yield f"{name}, validation", after_paths(table)


def main() -> None:
    """Print all of it."""
    given = {
        name: (table, read_rivals(HERE / name, table.domains, table.seeds)) for name, table in read_tables(HERE).items()
    }
    print(
        "\n\n".join(
            f"**{title}**\n\n{text}"
            for title, text in parts(given, paths="--paths" in arguments(__doc__, options=("--paths",)))
        )
    )


def _each(values: Array) -> str:
    return ", ".join(f"{value:+.3f}" for value in values)


def _span(found: Interval) -> str:
    low, high = found.ends or (float("nan"), float("nan"))
    return f"{found.value:+.3f} ({low:+.3f} to {high:+.3f})"


if __name__ == "__main__":
    main()
