"""``stagewise order``: the best order under transfer that was measured elsewhere."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.cli.console import console_of
from experiments.cli.options import Json

if TYPE_CHECKING:
    from scheduler.linear_ordering import LinearOrdering

FAR = 0.5
"""A bound that is more than this share of the objective above it says nothing: not even two thirds of what the best
order has are then certain."""
MANY = 10
"""How many times the objective a gap is at most, to be told as a share of it: near 0 there is none."""


def order(
    matrix: Annotated[
        Path,
        typer.Argument(
            metavar="MATRIX.csv", help="What training on the row's domain did to the score on the column's."
        ),
    ],
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="W.csv", help="A file of rows domain,weight; without it every domain counts 1.", show_default=False
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="With more than 16 domains: stop looking for a proof after so long.")
    ] = 40.0,
    json: Json = False,
) -> None:
    """Find the best order under measured transfer, and say how good it is. Nothing is trained.

    The first row of MATRIX.csv is domain,<names>; then a row for each trained domain.
    """
    import numpy as np

    from experiments.cli.matrix_file import read_matrix, read_weights
    from scheduler.linear_ordering import best_order

    names, transfer = read_matrix(matrix)
    counts = read_weights(weights, names) if weights else np.ones(len(names))
    with console_of(stderr=True).status(f"Ordering {len(names)} domains …"):
        found = best_order(names, counts, transfer, seconds=seconds)
    if json:
        typer.echo(dumps(_as_json(found), indent=1))
    else:
        _print(console_of(), found)


def _as_json(found: LinearOrdering) -> dict[str, object]:
    return {
        "order": found.best.order,
        "objective": found.best.objective,
        "bound": found.bound,
        "proven": found.proven,
        "runner_up": {"order": found.runner_up.order, "objective": found.runner_up.objective},
        "seconds": round(found.seconds, 4),
    }


def _print(console: Console, found: LinearOrdering) -> None:
    from experiments.analysis.sentences.plan_words import arrow
    from scheduler.linear_ordering.exact import MOST_DOMAINS

    best, second = found.best, found.runner_up
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Order", Text(arrow(best.order)))
    table.add_row("Objective", Text(f"{_figure(best.objective)}, {_standing(found)}"))
    table.add_row("Runner-up", Text(arrow(second.order)))
    table.add_row("", Text(f"{_figure(second.objective)}, {_margin(best.objective - second.objective)}"))
    if len(best.order) > MOST_DOMAINS:
        table.add_row("", Text("The best other order found; that no other comes between is not proven."))
    console.print(table)
    console.print(
        "The objective adds up what each domain does to the ones trained before it. Repeat measurements tell whether a "
        "margin is more than noise; this command takes the matrix as exact.",
        style="dim",
    )


def _standing(found: LinearOrdering) -> str:
    """How the objective stands to its bound, and whether that says anything."""
    if found.proven:
        return "proven: no order has more"
    more, size = found.bound - found.best.objective, abs(found.best.objective)
    far = more > FAR * size
    share = f" ({_percent(more / size)})" if size > more / MANY else ""
    useless = ". A bound so far above it says nothing about how good this order is" if far else ""
    return (
        f"not proven best: no order has more than {_figure(found.bound)}, which is {_figure(more)}{share} more{useless}"
    )


def _percent(share: float) -> str:
    """To two digits, and whole from 10 % on."""
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.2g} %"


def _margin(less: float) -> str:
    return f"{_figure(less)} less" if less > 0 else "as much: the matrix does not tell the two apart"


def _figure(value: float) -> str:
    """Up to ten digits, with a true minus."""
    return f"{value:.10g}".replace("-", "−")
