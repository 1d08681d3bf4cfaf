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


def details(summary: str, *children: str, opened: bool = False) -> str:
    """A folded part."""
    tag = "<details open>" if opened else "<details>"
    return f"{tag}{element('summary', text=summary)}{''.join(children)}</details>"


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


def plot(figure: Figure, label: str, *, group: str | None = None) -> str:
    """A place for plotly to draw in, with the figure's data beside it. `label` is for screen readers."""
    data = element("div", class_="plot", role="img", aria_label=label, data_group=group)
    return f'<figure>{data}<script type="application/json">{script_json(figure)}</script></figure>'


def script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
