"""The page's beginning: the answer, how much and how sure, and what it cost every domain."""

from __future__ import annotations

from experiments.analysis.cliffs.model import ArmCliffs, Cell
from experiments.analysis.cliffs.verdicts import FALLS, VERDICTS
from experiments.analysis.comparing.comparison import Comparison
from experiments.analysis.notes.arm_notes import shared_notes
from experiments.analysis.report import Report
from experiments.analysis.scores import BASE
from experiments.analysis.sentences.answer import Answer, answer
from experiments.analysis.words import count, duration, number, short, signed, signed_span, span
from experiments.report.markup import cell, details, element, facts, number_cell, paragraph, row_head, section, table
from experiments.report.sections.comparison import forest, forest_scale
from experiments.report.style import tint

OPEN = 3
"""Notes that stand open; more are folded."""


def heading(report: Report) -> str:
    """The answer, its size and its certainty, then the verdict in full, the notes and the run in five figures."""
    found = answer(report)
    said = element("p", element("b", text=found.head), element("span", text=f": {found.tail}."), class_="said")
    return element(
        "header",
        element("p", text=f"stagewise · {report.run}", class_="eyebrow"),
        element("h1", text=report.curriculum.name),
        paragraph(report.curriculum.description) if report.curriculum.description else "",
        element("div", said, _sizes(report), _todo(found), class_=f"answer {found.tone}"),
        element("p", text=report.verdict, class_="verdict"),
        _notes(report),
        _facts(report),
        id="answer",
    )


def _todo(found: Answer) -> str:
    """What follows, and for every domain by itself."""
    each = element("ul", *(element("li", text=line) for line in found.each)) if found.each else ""
    return (paragraph(found.todo) if found.todo else "") + each


def _sizes(report: Report) -> str:
    """The named pair's difference, its interval as text and as a line, and what it rests on."""
    row = next((one for one in report.comparisons if one.primary and one.seeds), None)
    if row is None:
        return ""
    tiles = (
        (signed(row.absolute.estimate), f"of total score, {row.arm} − {row.baseline}", ""),
        (signed_span(row.absolute), "95 % interval", _line(row, report.curriculum.comparison.rope)),
        (f"{row.seeds} seed{'s' * (row.seeds != 1)}", f"and {count(row.items)} test items", ""),
    )
    each = (element("div", element("b", text=value), drawn, element("span", text=name)) for value, name, drawn in tiles)
    return element("div", *each, class_="facts")


def _line(row: Comparison, rope: float) -> str:
    return element("span", forest(row, forest_scale([row], rope), rope), class_="forest")


def _facts(report: Report) -> str:
    cost = report.cost
    found = (
        (str(len(report.domains)), "domains"),
        (str(len(report.seeds)), "seeds" if len(report.seeds) > 1 else "seed"),
        (str(len(report.arms)), "arms"),
        (
            f"{count(cost.stage_runs_done)} of {count(cost.stage_runs)}",
            f"stage runs done ({count(cost.stage_runs_unshared)} without sharing)",
        ),
        (duration(cost.wall_seconds), "wall time" + " of its own commands" * bool(cost.elsewhere_seconds)),
    )
    return facts(found, small=True)


def _notes(report: Report) -> str:
    """What a reader has to know of data and arms, each once; more than a few are folded."""
    notes = [*report.data_notes, *shared_notes({name: arm.notes for name, arm in report.arms.items()})]
    if not notes:
        return ""
    listed = element("ul", *(element("li", text=note) for note in notes), class_="note")
    return details(
        f"{len(notes)} note{'s' * (len(notes) > 1)} on the data and the arms", listed, opened=len(notes) <= OPEN
    )


def domains(report: Report) -> str:
    """A row a domain: the base, where the main arm and joint training end, and the deepest fall on the way."""
    main = report.scores.get(report.main)
    if main is None:
        return ""
    base, rival = report.scores.get(BASE), _rival(report)
    found = report.cliffs.get(report.main)
    header = ["domain", *(["base"] if base else []), f"after {report.main}", *([f"after {rival}"] if rival else [])]
    header += ["since the base", "deepest sure fall on the way"] if found else []
    ends = _ends(found)
    sizes = [abs(one.base.change.estimate or 0.0) for one in ends.values()]
    rows = []
    for name in report.domains:
        shown = [main[name], *([report.scores[rival][name]] if rival else [])]
        cells = [number_cell(number(base[name].estimate))] if base else []
        cells += [number_cell(number(one.estimate), element("small", text=span(one, 2))) for one in shown]
        if found:
            cells += [_change(ends.get(name), max(sizes, default=0.0)), _fall(found, name)]
        rows.append([row_head(name), *cells])
    note = (
        "Test scores, small: 95 % intervals over seeds and items. A fall is sure at 5 % after correction over all "
        "stages and domains; the table of all stages is below."
    )
    return section("domains", "What it cost each domain", paragraph(note, "note"), table(header, rows))


def _rival(report: Report) -> str | None:
    """The baseline of the named pair, where it has a score."""
    row = next((one for one in report.comparisons if one.primary), None)
    return row.baseline if row and row.baseline in report.scores and row.baseline != BASE else None


def _ends(found: ArmCliffs | None) -> dict[str, Cell]:
    """Domain → the cell of the last stage."""
    return {one.domain: one for one in sorted(found.cells, key=lambda one: one.stage)} if found else {}


def _change(one: Cell | None, scale: float) -> str:
    if one is None:
        return cell("")
    change = one.base.change
    small = element("small", text=f"{signed_span(change, 2)} · {VERDICTS[one.base.verdict].name}")
    return number_cell(signed(change.estimate), small, style=tint(change.estimate, scale))


def _fall(found: ArmCliffs, name: str) -> str:
    """The lowest point since the base among those that are surely below it, if there is any."""
    falls = [one for one in found.cells if one.domain == name and one.base.verdict in FALLS]
    if not falls:
        return cell("no sure fall")
    worst = min(falls, key=lambda one: one.base.change.estimate or 0.0)
    told = f"{signed(worst.base.change.estimate)} after stage {worst.stage}, {short(worst.label, 30)}"
    return cell(told, element("small", text=VERDICTS[worst.base.verdict].name), class_="words")
