"""Small pieces of HTML. Every text that enters here is escaped here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

NO_BREAK = "\u00a0"
Figure = dict[str, Any]
"""A plotly figure as plain data: ``data`` and ``layout``."""


def element(name: str, *children: str, text: str | None = None, **attributes: str | None) -> str:
    """``<name …>``: `children` are HTML already, `text` is not. ``class_`` gives ``class``; None is left out.

    A percent sign stays on the line of its number.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    own = escape((text or "").replace(" %", f"{NO_BREAK}%"))
    return f"<{name}{written}>{own}{''.join(children)}</{name}>"


def paragraph(text: str, class_: str | None = None) -> str:
    """One paragraph of plain text."""
    return element("p", text=text, class_=class_)


def section(key: str, title: str, *children: str) -> str:
    """A section with a heading; empty where it has no content."""
    content = [child for child in children if child]
    return element("section", element("h2", text=title), *content, id=key) if content else ""


def folded(key: str, title: str, *children: str) -> str:
    """A section of which only the heading shows until somebody opens it."""
    content = [child for child in children if child]
    if not content:
        return ""
    inner = element("details", element("summary", element("h2", text=title)), *content, class_="fold")
    return element("section", inner, id=key)


def details(summary: str, *children: str, opened: bool = False) -> str:
    """A folded part."""
    tag = "<details open>" if opened else "<details>"
    return f"{tag}{element('summary', text=summary)}{''.join(children)}</details>"


def reading(text: str) -> str:
    """How what follows is to be read, folded: who knows it wants the table."""
    return details("How to read this", paragraph(text, "note"))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, class_: str | None = None) -> str:
    """A table in a box that scrolls sideways. Header cells are text, body cells whole ``<td>`` elements."""
    head = element("tr", *(element("th", text=name, scope="col") for name in header))
    body = "".join(element("tr", *row) for row in rows)
    inner = element("table", element("thead", head), element("tbody", body), class_=class_)
    return element("div", inner, class_="scroll")


def cell(
    text: str, *children: str, class_: str | None = None, style: str | None = None, title: str | None = None
) -> str:
    """One ``<td>``."""
    return element("td", *children, text=text, class_=class_, style=style, title=title)


def number_cell(text: str, *children: str, style: str | None = None, title: str | None = None) -> str:
    """A ``<td>`` with a figure, which stands to the right."""
    return cell(text, *children, class_="number", style=style, title=title)


def aside(columns: int, *children: str) -> str:
    """The only ``<td>`` of a row that says something about the row above it, across so many columns."""
    return element("td", *children, colspan=str(columns), class_="aside")


def row_head(text: str, *, main: bool = False, title: str | None = None) -> str:
    """What a row of a table is about; `main`: it is what the page is about."""
    return element("th", text=text, scope="row", class_="main" if main else None, title=title)


def facts(found: Iterable[tuple[str, str]], *, small: bool = False) -> str:
    """A strip of figures, each with what it is."""
    each = (element("div", element("b", text=value), element("span", text=name)) for value, name in found)
    return element("div", *each, class_="facts small" if small else "facts")


def plot(figure: Figure, label: str, *, group: str | None = None) -> str:
    """A place for plotly to draw in, with the figure's data beside it. `label` is for screen readers.

    Without JavaScript its numbers show as a table.
    """
    data = element("div", class_="plot", role="img", aria_label=label, data_group=group)
    plain = element("noscript", numbers(figure, label))
    return f'<figure>{data}<script type="application/json">{script_json(figure)}</script>{plain}</figure>'


def numbers(figure: Figure, label: str) -> str:
    """A figure's points as a table: a row for each row of a heat map, for each point of anything else."""
    rows: list[list[str]] = []
    header = ["", "", ""]
    for trace in figure["data"]:
        name, across, down = str(trace.get("name") or ""), _listed(trace.get("x")), _listed(trace.get("y"))
        if "z" in trace:
            header = ["", *map(str, across)]
            rows += [[str(at), *map(_told, line)] for at, line in zip(down, trace["z"], strict=True)]
        else:
            rows += [[name, _told(at), _told(to)] for at, to in zip(across, down, strict=False)]
    cells = [[cell(text) for text in row] for row in rows]
    return details(f"{label}, as numbers", table(header, cells)) if rows else ""


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, (list, tuple)) else []


def _told(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)


def script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
