"""The look of all tables in a terminal, and what becomes of one that has no room there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

WIDE = 96
"""Columns from which intervals are written out in full."""
LONG, SHORT = 20, 12
"""Columns that a name gets before it is wrapped, and where many domains leave less room."""
NARROW = 78
"""Columns that titles may take without being wrapped."""
FOLDED = 8
"""Columns to which a name may be folded."""


@dataclass(frozen=True)
class Fitting:
    """A table that is made for the width it is printed in."""

    make: Callable[[int], Table]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        yield self.make(options.max_width)


class Sheet(Table):
    """A table that is never cut: where its figures have no room side by side, each row is a few lines."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        if self.needed <= options.max_width:
            yield from super().__rich_console__(console, options)
            return
        if self.title:
            yield Text(str(self.title), style=self.title_style or "")
        names, *rest = self.columns
        cells = [list(column.cells) for column in rest]
        for at, name in enumerate(names.cells):
            yield Text(f" {name}", style=self.rows[at].style or "")
            lines = Table.grid(Column(overflow="fold"), Column(overflow="fold"), padding=(0, 2, 0, 0))
            for column, values in zip(rest, cells, strict=True):
                lines.add_row(column.header, values[at])
            yield Padding(lines, (0, 0, 0, 3))
        if self.caption:
            yield Text(str(self.caption), style=self.caption_style or "")

    @property
    def needed(self) -> int:
        """Characters a line that it takes at least."""
        return sum(map(_least, self.columns)) + 2 * len(self.columns)


def titled(title: str, caption: str | None = None) -> Sheet:
    """An empty table in the look that all have."""
    needed = max(len(title), len(caption or ""))
    return Sheet(
        title=title,
        min_width=min(needed, NARROW),
        padding=(0, 1, 0, 0),
        caption=caption,
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        caption_style="dim",
        pad_edge=False,
    )


def columns(table: Table, *names: str, right: bool = False, wrap: int | None = None) -> None:
    """Columns of figures and fixed words, which are never cut; or of names, wrapped at `wrap` characters."""
    for name in names:
        justify: JustifyMethod = "right" if right else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", no_wrap=wrap is None, max_width=wrap)


def _least(column: Column) -> int:
    """Characters that a column takes at least: figures and fixed words are not folded, names may be."""
    longest = max((cell_len(str(cell)) for cell in column.cells), default=0)
    if column.no_wrap:
        return max(longest, cell_len(str(column.header)))
    return longest if column.justify == "right" else min(longest, FOLDED)
