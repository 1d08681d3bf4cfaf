"""The page's part on cliffs: a table of stages by domains with verdicts, and every measure behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from experiments.analysis.checkup.model import Profile
from experiments.analysis.cliffs.judging import MATTERS
from experiments.analysis.cliffs.model import ArmCliffs, Cell, CliffVerdict, Contrast, Reading
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.cliffs.verdicts import FALLS, VERDICTS
from experiments.analysis.report import Report
from experiments.analysis.sentences.cliff_words import counted
from experiments.analysis.words import chance, count, number, short, signed, signed_span, span
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.steepness import Form
from experiments.report.markup import aside, cell, details, element, number_cell, reading, row_head, section, table
from experiments.report.sections.curves import early_panels, reliability_panels
from experiments.report.sections.falls import fall_panels
from experiments.report.sections.inquiries import not_had, notes, rests, values
from experiments.report.style import tint

FORMS: dict[Form, str] = {"step": "in a step", "smooth": "smoothly", "open": "either way"}
"""How a path fell."""


def cliffs(report: Report) -> str:
    """The main arm open, joint training folded; nothing where no stage was measured."""
    if not report.cliffs:
        return ""
    note = (
        "Change of the test score by each stage against the stage before, and below it against the base model, with "
        "95 % intervals over seeds and items, each of one comparison. Verdicts are sure at 5 % after Holm's "
        "correction over all cells of the page, of both arms together. Real drop: sure, and not explained by "
        "answers that hold nothing to mark. Where the stage was measured on its way: real cliff, score and "
        "likelihood of the references fell in one step; gradual loss, smoothly; metric artifact, the score fell in "
        "one step and the likelihood smoothly, by as much as explains it. Format artifact: the fall goes away, or "
        "more than half of it, where answers without form are left out; execution artifact: with a calculator, or "
        "where every sum in the answers is done right. Form lost: too few answers are left to tell. What kind a "
        "sure fall is rests on intervals of one comparison each. No sure change: not sure after that correction, "
        f"and the interval of this comparison holds no fall of more than {MATTERS:g}. Underpowered: not sure, and "
        "the interval holds such a fall. p of items lost and won is of one cell, not corrected. Entropy collapsed: "
        "more than half of the base's is gone, sure at 5 % over all cells of the page. Framed: domains that the "
        "stage trained. Hover over a verdict for its reason."
    )
    folded = [
        details(
            f"{arm}: {counted(found)}",
            _grid(report, found),
            fall_panels(found),
            _curves(found),
            _measures(report, found),
            opened=arm == report.main,
        )
        for arm, found in report.cliffs.items()
    ]
    return section("cliffs", "What every stage cost every domain", reading(note), *folded)


def _grid(report: Report, found: ArmCliffs) -> str:
    """Stage × domain: the heat table."""
    by_place = {(one.stage, one.domain): one for one in found.cells}
    sizes = [abs(one.before.change.estimate or 0.0) for one in found.cells]
    stages = {one.stage: one.label for one in found.cells}
    rows: list[list[str]] = []
    for stage, label in stages.items():
        here = [by_place[stage, name] for name in report.domains]
        rows.append(
            [row_head(f"{stage}. {short(label, 40)}", title=label), *(_square(one, max(sizes)) for one in here)]
        )
        if apart := list(_apart(here)):
            rows.append([aside(len(here) + 1, *apart)])
    depths = [row_head("worst, in sd of base items")]
    for name in report.domains:
        depth = found.depths[name]
        at = f"stage {depth.stage}" if depth.depth.status != "skipped" else ""
        value = depth.depth.interval
        depths.append(
            number_cell(signed(value.estimate, 2), _small(at, signed_span(value, 2)), title=depth.depth.reason)
        )
    return table(["stage", *report.domains], [*rows, depths])


def _square(one: Cell, scale: float) -> str:
    """One heat cell: change by the stage with its verdict, then the same since the base."""
    now = one.before.change
    parts = [_small(signed_span(now, 2)), _tag(one.before), *_beside(one.before)]
    if one.stage > 1:
        parts += [
            _small(f"since base {signed(one.base.change.estimate)}", signed_span(one.base.change, 2)),
            _tag(one.base),
        ]
    if one.flips:
        flips = one.flips
        lost = f"items lost {count(flips.regressed)}, won {count(flips.recovered)}, p {chance(flips.p)} alone"
        parts.append(_small(lost))
    if one.collapsed:
        parts.append(element("span", text="entropy collapsed", class_="tag worse"))
    frame = "number trained" if one.trained else "number"
    return cell(signed(now.estimate), *parts, class_=frame, style=tint(now.estimate, scale))


def _apart(cells: Sequence[Cell]) -> Iterator[str]:
    """Why verdicts of a stage are not what their intervals say, a line a domain and contrast."""
    for one in cells:
        if one.before.apart:
            yield element("small", text=f"{one.domain}: {one.before.apart}")
        if one.stage > 1 and one.base.apart:
            yield element("small", text=f"{one.domain} since base: {one.base.apart}")


def _beside(contrast: Contrast) -> list[str]:
    """The continuous measure beside the score, and how steeply both fell where that is known."""
    bits, found = contrast.likelihood.interval, contrast.steepness
    lines = [_small(f"references {signed(bits.estimate)} bits/byte", signed_span(bits, 2))] if bits.estimate else []
    if found and contrast.verdict in FALLS:
        each = (("score", found.score, found.score_sharpness), ("bits", found.likelihood, found.likelihood_sharpness))
        told = [f"{name} {FORMS[form]}, {number(sharp, 1)} × a line" for name, form, sharp in each]
        lines.append(_small(*told))
    return lines


def _tag(contrast: Contrast) -> str:
    return tag_of(contrast.verdict, title=contrast.reason)


def tag_of(verdict: CliffVerdict, title: str | None = None) -> str:
    """A verdict in its colour."""
    spec = VERDICTS[verdict]
    return element("span", text=spec.name, class_=f"tag {spec.kind}".strip(), title=title)


def _small(*texts: str) -> str:
    return element("small", text=" · ".join(text for text in texts if text))


def _curves(found: ArmCliffs) -> str:
    """The base model and the last stage, of each domain in one figure."""
    titles = ("base", f"after stage {max((one.stage for one in found.cells), default=0)}")
    reliable = {name: tuple(zip(titles, each, strict=True)) for name, each in found.reliability.items()}
    early = {name: tuple(zip(titles, each, strict=True)) for name, each in found.early.items()}
    return reliability_panels(reliable) + early_panels(early)


def _measures(report: Report, found: ArmCliffs) -> str:
    """A table for every domain, a row a measure, a column a stage: what it came to, small its change since the base."""
    parts = []
    for name in report.domains:
        stages = [one for one in found.cells if one.domain == name]
        header = ["measure", "unit", *(f"{one.stage}. {short(one.label, 24)}" for one in stages)]
        rows, missing = [], []
        for key in MEASURES:
            if all(_skipped(one.readings[key]) for one in stages):
                missing.append((MEASURES[key].title, stages[-1].readings[key].change.reason))
                continue
            rows.append([*named(MEASURES[key]), *(_reading(one, key) for one in stages)])
        asked = rests([(f"{one.stage}. {short(one.label, 24)}", one.faith, values(one.by_base)) for one in stages])
        noted = notes([(MEASURES[key].title, one.readings[key].value) for key in MEASURES for one in stages])
        lines = (table(header, rows) if rows else "", not_had(missing), noted, asked)
        parts.append(details(f"Every measure on {name}", *lines))
    return "".join(parts)


def named(spec: MeasureSpec) -> list[str]:
    """The cells that say which measure a row is, with its formula and what it takes at the pointer."""
    title = f"{spec.source}; tier {spec.tier}"
    return [row_head(spec.title, title=title), cell(spec.unit)]


def null_of(one: Cell | Profile, key: Name) -> tuple[float, float] | None:
    """Where a calibrated model would have this measure; None for those that are not biased, or were not had."""
    return {"ece": one.ece_null, "smooth_ece": one.smooth_ece_null}.get(key)


def _skipped(reading: Reading) -> bool:
    return reading.value.status == reading.change.status == "skipped"


def _reading(one: Cell, key: Name) -> str:
    reading = one.readings[key]
    if _skipped(reading):
        return number_cell("", element("small", text=reading.value.reason))
    value, change = reading.value.interval, reading.change.interval
    if value.estimate is None:
        return number_cell(signed(change.estimate), _small(signed_span(change, 2)), title=reading.change.reason)
    band = null_of(one, key)
    under = f"if calibrated {number(band[0])} to {number(band[1])}" if band else ""
    if change.estimate is not None:
        under = f"since base {signed(change.estimate)} ({signed_span(change, 2)})"
    elif not band:
        under = (signed_span if MEASURES[key].signed else span)(value, 2)
    told = signed if MEASURES[key].signed else number
    return number_cell(told(value.estimate), _small(under), title=reading.change.reason or None)
