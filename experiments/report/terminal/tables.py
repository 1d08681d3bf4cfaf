"""Tables in a terminal: the look that all have, and how they fit its width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.table import Table
from rich.text import Text

WIDE = 96
"""Columns from which intervals are written out in full."""
LONG, SHORT = 20, 12
"""Columns that a name gets before it is wrapped, and where many domains leave less room."""
NARROW = 78
"""Columns that titles may take without being wrapped."""


@dataclass(frozen=True)
class Fitting:
    """A table that is made for the width it is printed in."""

    make: Callable[[int], Table]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        yield self.make(options.max_width)


def titled(title: str, caption: str | None = None) -> Table:
    """An empty table in the look that all have."""
    needed = max(len(title), len(caption or ""))
    return Table(
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
