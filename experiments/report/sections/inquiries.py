"""The page's part on what answers rest on, and on what was not had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.analysis.checkup.words import RESTS
from experiments.analysis.cliffs.model import Faith, Reading, Stratum
from experiments.analysis.cliffs.reasoned import FAITHFUL
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.words import number, span
from experiments.measures.spec import Name
from experiments.measures.value import Value
from experiments.report.markup import element, number_cell, paragraph, row_head, table

Strata = Mapping[Stratum, Mapping[Name, Value]]
STRATA: dict[Stratum, str] = {"solved": "solved by the base", "unsolved": "not solved by the base"}


def rests(each: Sequence[tuple[str, Faith | None, Strata]]) -> str:
    """Of each model or stage, by its title: the word on it with its reason, and the tests by what the base solved;
    nothing where none was asked."""
    parts = [paragraph(f"{title}: {RESTS[faith.rests]}. {faith.reason}", "note") for title, faith, _ in each if faith]
    there = [(title, strata) for title, _, strata in each if any(_had(one) for one in strata.values())]
    if there:
        header = ["test of faithfulness", *(f"{title}, {STRATA[key]}" for title, _ in there for key in STRATA)]
        rows = [
            [
                row_head(MEASURES[name].title),
                *(_value(strata.get(key, {}).get(name)) for _, strata in there for key in STRATA),
            ]
            for name in FAITHFUL
        ]
        parts.append(table(header, rows))
    return "".join(parts)


def values(by_base: Mapping[Stratum, Mapping[Name, Reading]]) -> dict[Stratum, dict[Name, Value]]:
    """What the readings came to."""
    return {key: {name: reading.value for name, reading in each.items()} for key, each in by_base.items()}


def not_had(missing: Sequence[tuple[str, str]]) -> str:
    """Measures without a number, (title, reason), those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for title, reason in missing:
        by_reason.setdefault(reason, []).append(title)
    told = "; ".join(f"{', '.join(titles)}: {reason}" for reason, titles in by_reason.items())
    return paragraph(f"Not had: {told}.", "note") if told else ""


def notes(had: Sequence[tuple[str, Value]]) -> str:
    """What one should know of values, (title, value), each note once, with all that it is about."""
    by_note: dict[str, dict[str, None]] = {}
    for title, value in had:
        if value.note:
            by_note.setdefault(value.note, {})[title] = None
    return "".join(paragraph(f"{', '.join(titles)}: {note}.", "note") for note, titles in by_note.items())


def _had(stratum: Mapping[Name, Value]) -> bool:
    return any(value.status != "skipped" for value in stratum.values())


def _value(value: Value | None) -> str:
    if value is None or value.status == "skipped":
        return number_cell("", element("small", text=value.reason if value else ""))
    under = f"{span(value.interval)}, {value.items} items"
    return number_cell(number(value.interval.estimate), element("small", text=under), title=value.reason or None)
