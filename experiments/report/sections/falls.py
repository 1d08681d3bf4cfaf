"""The page's figures of what surely fell: the score, which is all or nothing, beside the references' likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domains.interval import Interval
from experiments.analysis.cliffs.model import ArmCliffs, Cell
from experiments.analysis.cliffs.verdicts import FALLS, VERDICTS
from experiments.report.figures.falls import Side, side_by_side
from experiments.report.markup import element, paragraph, plot

START = Interval.of(0.0, 0.0, 0.0, 0)
TITLE = "Falls, discrete beside continuous"
NOTE = (
    "Domains with a sure fall. Left the score, right the bits per byte of the references, with its axis turned so that "
    "worse is below in both. After each stage: change since the base with 95 % intervals, paired over seeds and items, "
    "on test; filled: the score surely fell by that stage. On the way of a stage: both as they were, on validation, "
    "where it was measured at several steps. Where the score falls in one step and the likelihood along a line, the "
    "cliff is the metric's; a real cliff falls in one step in both."
)


def fall_panels(found: ArmCliffs) -> str:
    """Empty where nothing surely fell whose references have a likelihood."""
    plots = [drawn for name in _names(found) for drawn in _of([one for one in found.cells if one.domain == name])]
    if not plots:
        return ""
    return element("h3", text=TITLE) + paragraph(NOTE, "note") + element("div", *plots, class_="panels")


def _names(found: ArmCliffs) -> list[str]:
    return list(dict.fromkeys(one.domain for one in found.cells))


def _of(cells: Sequence[Cell]) -> Iterator[str]:
    """One domain: through its stages, then on the way of each by which it fell."""
    fell = {one.stage: one.before.verdict in FALLS for one in cells}
    if not any(fell.values()) and not any(one.base.verdict in FALLS for one in cells):
        return
    shown = [one for one in cells if one.base.change.estimate is not None and one.base.likelihood.status != "skipped"]
    if shown:
        yield _through(shown, fell)
    for one in cells:
        if one.before.verdict in FALLS and one.before.steepness:
            yield from _on_the_way(one)


def _through(cells: Sequence[Cell], fell: dict[int, bool]) -> str:
    across = ["base", *(str(one.stage) for one in cells)]
    filled = [False, *(fell[one.stage] for one in cells)]
    scores, bits = ([START, *changes] for changes in zip(*map(_since_base, cells), strict=True))
    score = Side("change of the score", across, scores, filled, change=True)
    beside = Side("change of bits/byte, turned", across, bits, filled, turned=True, change=True)
    name = cells[0].domain
    figure = side_by_side(name, _verdicts(cells), "after stage", score, beside)
    return plot(figure, f"{name}: change of the score beside that of the references' bits per byte, by stage")


def _since_base(one: Cell) -> tuple[Interval, Interval]:
    return one.base.change, one.base.likelihood.interval


def _verdicts(cells: Sequence[Cell]) -> str:
    """Of every stage that the domain fell by; of the last that it fell since the base by, where no stage alone did."""
    by_stage = [
        f"stage {one.stage}: {VERDICTS[one.before.verdict].name}" for one in cells if one.before.verdict in FALLS
    ]
    since = [f"since base: {VERDICTS[one.base.verdict].name}" for one in cells if one.base.verdict in FALLS]
    return ", ".join(by_stage or since[-1:])


def _on_the_way(one: Cell) -> Iterator[str]:
    way = one.before.steepness.way if one.before.steepness else ()
    bits = [point.bits for point in way if point.bits is not None]
    if not way or len(bits) != len(way):
        return
    steps = [point.step for point in way]
    score = Side("score", steps, [point.score for point in way])
    beside = Side("bits/byte, turned", steps, bits, turned=True)
    verdict = VERDICTS[one.before.verdict].name
    figure = side_by_side(one.domain, f"on the way of stage {one.stage}: {verdict}", "steps", score, beside)
    yield plot(figure, f"{one.domain}: score beside the references' bits per byte, on the way of stage {one.stage}")
