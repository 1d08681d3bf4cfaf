"""What was asked about answers, in a terminal: every measure with its interval, items and status."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.analysis.checkup.model import Checkup
from experiments.analysis.checkup.words import faiths, inquired
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.words import count, number, signed, signed_span, span
from experiments.measures.spec import Name
from experiments.measures.value import Value
from experiments.report.terminal.table import LONG, columns, titled


def print_inquiries(console: Console, found: Checkup, at: int, title: str) -> None:
    """One model; nothing where nothing was asked."""
    table = titled(f"Asked about its answers: {title}", "95 % intervals over items")
    columns(table, "domain", wrap=LONG)
    columns(table, "measure", wrap=LONG)
    columns(table, "value", "95 % interval", "items", right=True)
    columns(table, "status")
    why: dict[tuple[str, str], list[str]] = {}
    for name, one in found.domains.items():
        for key in inquired(one.profiles[at]):
            value = one.profiles[at].readings[key]
            _row(table, name, key, value)
            if value.reason:
                why.setdefault((name, f"{value.status}: {value.reason}"), []).append(MEASURES[key].title)
            if value.note:
                why.setdefault((name, value.note), []).append(MEASURES[key].title)
    if table.rows:
        console.print(table)
        reasons = [f"{name}: {', '.join(titles)}: {reason}." for (name, reason), titles in why.items()]
        for line in (*faiths(found, at), *reasons):
            console.print(Text(line))


def _row(table: Table, domain: str, key: Name, value: Value) -> None:
    signs = MEASURES[key].signed
    told = signed if signs else number
    table.add_row(
        Text(domain),
        MEASURES[key].title,
        told(value.interval.estimate),
        (signed_span if signs else span)(value.interval, 2),
        count(value.items) if value.items else "",
        value.status,
    )
