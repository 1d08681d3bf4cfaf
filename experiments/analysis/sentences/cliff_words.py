"""Cells as people read them: on the page and, in a few lines, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.analysis.cliffs.model import ArmCliffs, Cell, Contrast
from experiments.analysis.cliffs.verdicts import FALLS, VERDICTS
from experiments.analysis.report import Report
from experiments.analysis.words import chance, short, signed, signed_span

LINES = 8
"""Lines that a terminal gets at most."""
WIDTH = 30
"""Characters of a stage's name in a line."""


def cliff_lines(report: Report) -> list[str]:
    """What the main arm's stages cost, the worst first; nothing where it was not measured."""
    found = report.cliffs.get(report.main)
    if found is None:
        return []
    drops = sorted(_drops(found), key=lambda drop: drop[1].change.estimate or 0.0)
    alarms = {cell.domain: cell for cell in reversed(found.cells) if cell.collapsed}
    lines = [*(_told(found, cell, drop) for cell, drop in drops), *map(_alarm, alarms.values())]
    room = LINES - 1
    shown = lines if len(lines) <= room else [*lines[: room - 1], f"… and {len(lines) - room + 1} more in the report."]
    return [_heading(report.main, found, len(drops)), *(f"  {line}" for line in shown)]


def below_base(found: ArmCliffs | None) -> str:
    """``sums −0.308 (−0.45 to −0.17, real drop)``: what surely is below the base model after the last stage."""
    cells = sorted(found.cells, key=lambda cell: cell.stage) if found else []
    last = {cell.domain: cell.base for cell in cells}
    return ", ".join(
        f"{name} {signed(one.change.estimate)} ({signed_span(one.change, 2)}, {VERDICTS[one.verdict].name})"
        for name, one in last.items()
        if one.verdict in FALLS
    )


def counted(found: ArmCliffs) -> str:
    """``2 real drops, 5 underpowered``: every stage and domain once, by the fall that is told of it, else by what the
    stage did; verdicts without any left out."""
    told = {(cell.stage, cell.domain): drop.verdict for cell, drop in _drops(found)}
    each = [told.get((cell.stage, cell.domain), cell.before.verdict) for cell in found.cells]
    numbers = {verdict: each.count(verdict) for verdict in VERDICTS if verdict in each}
    return ", ".join(
        f"{number} {VERDICTS[verdict].name if number == 1 else VERDICTS[verdict].plural}"
        for verdict, number in numbers.items()
    )


def _heading(arm: str, found: ArmCliffs, drops: int) -> str:
    sure = "" if drops else "; no sure fall"
    return f"What the stages of {arm} cost: {counted(found)}{sure}."


def _drops(found: ArmCliffs) -> Iterator[tuple[Cell, Contrast]]:
    """Sure falls, by the step that made them; of those from the base that no single step made a domain's deepest."""
    for cell in found.cells:
        if cell.before.verdict in FALLS:
            yield cell, cell.before
    stepped = {cell.domain for cell in found.cells if cell.before.verdict in FALLS}
    deepest: dict[str, Cell] = {}
    for cell in found.cells:
        if cell.base.verdict in FALLS and cell.domain not in stepped:
            deepest[cell.domain] = min(deepest.get(cell.domain, cell), cell, key=lambda one: one.base.change.value)
    for cell in deepest.values():
        yield cell, cell.base


def _told(found: ArmCliffs, cell: Cell, drop: Contrast) -> str:
    step = f"stage {cell.stage}, {short(cell.label, WIDTH)}"
    when = f"by {step}" if drop is cell.before else f"from the base to {step}"
    return (
        f"{VERDICTS[drop.verdict].name}: {cell.domain} {signed(drop.change.estimate)} ({signed_span(drop.change, 2)}) "
        f"{when}, p {chance(drop.p_adjusted)}{_later(found, cell)}"
    )


def _later(found: ArmCliffs, cell: Cell) -> str:
    """Where it stands after the last stage, if that is another one."""
    end = max((other for other in found.cells if other.domain == cell.domain), key=lambda other: other.stage)
    return "" if end is cell else f"; {signed(end.base.change.estimate)} from the base after the last stage"


def _alarm(cell: Cell) -> str:
    change = cell.readings["entropy"].change.interval
    return (
        f"entropy collapsed: {cell.domain} {signed(change.estimate, 2)} nats/token since the base, "
        f"by stage {cell.stage}, {short(cell.label, WIDTH)}"
    )
