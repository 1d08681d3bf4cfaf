"""`stagewise measure` in a terminal: tables that fit 100 columns, the verdict last."""

from __future__ import annotations

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from experiments.analysis.checkup.model import Checkup
from experiments.analysis.checkup.words import CHOICE, reasons, titles
from experiments.analysis.cliffs.model import CliffVerdict
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.cliffs.verdicts import VERDICTS, Kind
from experiments.analysis.words import chance, count, number, signed, signed_span, span
from experiments.report.terminal.inquiries import print_inquiries
from experiments.report.terminal.tables import LONG, columns, titled

STYLES: dict[Kind, str] = {"worse": "bold red", "undecided": "yellow", "better": "green", "": "", "unfinished": "dim"}


def print_checkup(console: Console, found: Checkup) -> None:
    """Everything that there is room for."""
    if len(found.models) == 2:
        console.print(_differences(found))
    else:
        console.print(_scores(found))
    for at, model in enumerate(found.models):
        title = model.name if len(found.models) == 1 else f"{('Before', 'After')[at]}: {model.name}"
        console.print(_profile(found, at, title))
        print_inquiries(console, found, at, title)
    for line in reasons(found):
        console.print(Text(line))
    for note in found.notes:
        console.print(Text(f"Note: {note}", style="yellow"))
    console.print(Text(found.verdict, style=Style(bold=True)))


def _differences(found: Checkup) -> Table:
    table = titled("Score on test, after against before", "95 % intervals over items; p by Holm over domains")
    columns(table, "domain", wrap=LONG)
    columns(table, "items", "before", "after", "change", "95 % interval", "p", right=True)
    columns(table, "verdict")
    for name, one in found.domains.items():
        if one.difference is None:
            continue
        score = one.difference.score
        table.add_row(
            Text(name),
            count(one.items),
            *(number(each.score.interval.estimate) for each in one.profiles),
            signed(score.change.estimate),
            signed_span(score.change, 2),
            chance(score.p_adjusted),
            _verdict(score.verdict),
        )
    return table


def _verdict(verdict: CliffVerdict) -> Text:
    spec = VERDICTS[verdict]
    return Text(spec.name, style=STYLES[spec.kind])


def _scores(found: Checkup) -> Table:
    table = titled("Score on test", "95 % intervals over items")
    columns(table, "domain", wrap=LONG)
    columns(table, "items", "score", "95 % interval", right=True)
    for name, one in found.domains.items():
        score = one.profiles[0].score.interval
        table.add_row(Text(name), count(one.items), number(score.estimate), span(score, 2))
    return table


def _profile(found: Checkup, at: int, title: str) -> Table:
    """What one model is like on every domain; a dash where a measure was skipped, the reason is on the page."""
    shown = titles(found)
    table = titled(title, CHOICE if "acc_cc" in shown else "")
    columns(table, "domain", wrap=LONG)
    columns(table, *shown.values(), right=True)
    for name, one in found.domains.items():
        values = [(key, one.profiles[at].readings[key].interval.estimate) for key in shown]
        table.add_row(
            Text(name),
            *(signed(value) if MEASURES[key].signed else number(value) for key, value in values),
        )
    return table
