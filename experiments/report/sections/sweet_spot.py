"""The page's part on sweet spots: gain against loss on the way of the stages that were measured there."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.analysis.report import Report
from experiments.analysis.stages.sweet_spots import SpotPoint, SweetSpots
from experiments.analysis.words import count, number, signed, signed_span
from experiments.report.markup import cell, details, element, number_cell, paragraph, section, table

HEADER = ("step", "gain of its domains", "loss of the worst other", "which", "")
MARKS = {
    "over": ("over-specialised by the mean", "tag undecided"),
    "under": ("under-specialised by the mean", "tag unfinished"),
}
NOTE = (
    "Since the stage's start, on validation, with 95 % intervals over seeds and items: what the score of the stage's "
    "own domains gained, and how many bits per byte the references of the domain that lost most became less likely. "
    "Which one that is, is read off the same items, so its loss is a little too large. Under-specialised: before the "
    "best allowed step, with less than 0.9 of its gain. The best step and all marks go by the means and are not "
    "tested; intervals are of one step each."
)
WAY_NOTE = (
    "Models on the straight line from a stage's start (0 percent) to its end (100), made of both without training "
    "(WiSE-FT, Wortsman et al. 2022), measured on test. Gain and loss as above, since the stage's start. The best one "
    "is read off the same items as its gain, which is therefore a little too large."
)


def sweet_spot(report: Report) -> str:
    """A table a stage, folded; nothing where none was measured on its way."""
    if not report.sweet_spots:
        return ""
    folded = [details(_summary(stage), table(HEADER, list(_rows(stage)))) for stage in report.sweet_spots]
    return section("sweet-spot", "Where stages were best", paragraph(NOTE, "note"), *folded)


def ways_back(report: Report) -> str:
    """A table a stage, folded; nothing where none was asked for."""
    if not report.ways_back:
        return ""
    header = ("percent", *HEADER[1:])
    folded = [details(_summary(stage, "percent"), table(header, list(_rows(stage)))) for stage in report.ways_back]
    return section("ways-back", "Part of the way", paragraph(WAY_NOTE, "note"), *folded)


def _summary(stage: SweetSpots, step: str = "step") -> str:
    knee = f", knee at {stage.knee}" if stage.knee is not None else ""
    over = (
        f"beyond {number(stage.most, 2)} bits/byte from {step} {stage.violated}"
        if stage.violated
        else "no loss too large"
    )
    kept = ", ".join(map(count, stage.kept))
    return (
        f"{' → '.join(stage.path)}: best at {step} {stage.best} of {stage.points[-1].step}{knee}, {over}; kept: {kept}"
    )


def _rows(stage: SweetSpots) -> Iterator[list[str]]:
    for point in stage.points:
        yield [
            number_cell(count(point.step)),
            _figure(point.gain.estimate, signed_span(point.gain, 2)),
            _figure(point.loss.estimate, signed_span(point.loss, 2)),
            cell(point.worst or ""),
            cell("", *_tags(stage, point)),
        ]


def _figure(value: float | None, span: str) -> str:
    return number_cell(signed(value), element("small", text=span))


def _tags(stage: SweetSpots, point: SpotPoint) -> Iterator[str]:
    if point.step == stage.best:
        yield element("span", text="best", class_="tag better")
    if point.step == stage.knee:
        yield element("span", text="knee", class_="tag")
    if point.mark:
        text, kind = MARKS[point.mark]
        yield element("span", text=text, class_=kind)
