"""The page of `stagewise measure`: verdict, domains, every measure, items that were lost."""

from __future__ import annotations

from experiments.analysis.checkup.model import Checkup, DomainCheckup, Profile
from experiments.analysis.checkup.words import CHOSEN, NO_SEEDS, has_options, why
from experiments.analysis.cliffs.judging import MATTERS
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.words import DASH, chance, count, duration, number, short, signed, signed_span, span
from experiments.measures.spec import Name
from experiments.measures.value import Value
from experiments.report.figures.forest import forest_figure
from experiments.report.html import page
from experiments.report.markup import (
    aside,
    cell,
    details,
    element,
    facts,
    number_cell,
    paragraph,
    plot,
    row_head,
    section,
    table,
)
from experiments.report.sections.cliffs import named, null_of, tag_of
from experiments.report.sections.curves import early_panels, reliability_panels
from experiments.report.sections.inquiries import not_had, notes, rests
from experiments.report.style import tint

LONGEST = 600
"""Characters of a prompt or an answer that are shown."""
BITS = (
    "Right of the scores: the references' bits per byte, which get worse smoothly where a score that is all or nothing "
    "falls in a step; their axis is turned, so that worse is left in both. "
)


def render_checkup(found: Checkup) -> str:
    """The whole page. The same checkup gives the same text."""
    names = " → ".join(short(one.name, 40) for one in found.models)
    return page(f"measure {names}", [_heading(found), *(part(found) for part in PARTS)])


def _heading(found: Checkup) -> str:
    figures = (
        (str(len(found.domains)), "domains"),
        (count(sum(one.items for one in found.domains.values())), "test items"),
        (duration(sum(one.seconds for one in found.models)), "asking and marking"),
    )
    title = " → ".join(short(one.name, 60) for one in found.models)
    return element(
        "header",
        element("p", text=f"stagewise measure · {found.file}", class_="eyebrow"),
        element("h1", text=title),
        element("p", text=found.verdict, class_="verdict"),
        facts(figures),
        *(paragraph(f"Note: {note}", "note") for note in found.notes),
    )


def _domains(found: Checkup) -> str:
    if len(found.models) == 1:
        note = "Mean of each domain's primary metric on the test split, with 95 % intervals over its items."
        return section("domains", "Scores by domain", paragraph(note, "note"), _scores(found), *_choice(found))
    contrasts = {name: one.difference.score for name, one in found.domains.items() if one.difference}
    read = any(one.likelihood.interval.estimate is not None for one in contrasts.values())
    note = (
        "Mean of each domain's primary metric on the test split, the second model against the first, paired over "
        "items, with 95 % intervals over items. p: exact sign-flip test over items (McNemar's where answers are right "
        "or wrong, one an item), corrected by Holm over the domains; sure at 5 %. Real drop: sure, and not explained "
        "by answers that hold nothing to mark. Format artifact: it goes away, or more than half of it, where those are "
        "left out. Execution artifact: the same with a calculator, or with every sum in the answers done right. "
        f"{BITS if read else ''}"
        f"No sure change: not sure, and the interval, of one domain, holds no fall of more than {MATTERS:g}. "
        f"Underpowered: not sure, and it holds such a fall. {NO_SEEDS}"
    )
    words = "Change of every domain's score" + (", and of its references' bits per byte" if read else "")
    picture = plot(forest_figure(contrasts), words)
    return section(
        "domains",
        "What changed on every domain",
        paragraph(note, "note"),
        picture,
        _differences(found),
        *_choice(found),
    )


def _scores(found: Checkup) -> str:
    rows = [
        [row_head(name), number_cell(count(one.items)), _value(one.profiles[0].score)]
        for name, one in found.domains.items()
    ]
    return table(["domain", "items", "score"], rows)


def _differences(found: Checkup) -> str:
    sizes = [abs(one.difference.score.change.estimate or 0.0) for one in found.domains.values() if one.difference]
    rows = []
    for name, one in found.domains.items():
        if one.difference is None:
            continue
        score, flips = one.difference.score, one.difference.flips
        tag = tag_of(score.verdict)
        alarm = [element("span", text="entropy collapsed", class_="tag worse")] if one.difference.collapsed else []
        rows.append(
            [
                row_head(name),
                number_cell(count(one.items)),
                *(_value(each.score) for each in one.profiles),
                number_cell(
                    signed(score.change.estimate),
                    element("small", text=signed_span(score.change)),
                    style=tint(score.change.estimate, max(sizes)),
                ),
                number_cell(chance(score.p_adjusted)),
                number_cell(f"{count(flips.regressed)} / {count(flips.recovered)}" if flips else "–"),
                cell("", tag, *alarm),
            ]
        )
        if told := why(score):
            rows.append([aside(len(rows[-1]), element("small", text=told))])
    return table(["domain", "items", "before", "after", "change", "p (Holm)", "items lost / won", "verdict"], rows)


def _choice(found: Checkup) -> tuple[str, ...]:
    """Of multiple choice what the model finds likeliest, whatever it says; nothing where no domain has options."""
    chosen = {name: one for name, one in found.domains.items() if has_options(one)}
    if not chosen:
        return ()
    note = (
        "Multiple choice by likelihood: how often the option is right that the model finds likeliest, whatever it says "
        "when it is asked, as the score has it. Above chance: 0 is guessing, 1 all right. By length: the option with "
        "the largest ln p per character is chosen."
    )
    rows = [
        [row_head(name), cell(MEASURES[key].title), *_readings(one, key)]
        for name, one in chosen.items()
        for key in CHOSEN
    ]
    return paragraph(note, "note"), table(["domain", "measure", *_columns(next(iter(chosen.values())))], rows)


def _columns(one: DomainCheckup) -> list[str]:
    return ["before", "after", "change"] if one.difference else ["value"]


def _readings(one: DomainCheckup, name: Name) -> list[str]:
    """Cells of one measure: of every model and, of two, the change."""
    change = [_value(one.difference.readings[name], sign=True)] if one.difference else []
    return [*(_reading(each, name) for each in one.profiles), *change]


def _curves(found: Checkup) -> str:
    """Both models, of each domain in one figure."""
    titles = {1: ("the model",), 2: ("before", "after")}
    each = {
        name: tuple(zip(titles[len(one.profiles)], one.profiles, strict=True)) for name, one in found.domains.items()
    }
    reliable = {name: [(title, one.reliability) for title, one in models] for name, models in each.items()}
    early = {name: [(title, one.early) for title, one in models] for name, models in each.items()}
    panels = reliability_panels(reliable) + early_panels(early)
    return section("curves", "Calibration and faithfulness", panels) if panels else ""


def _measures(found: Checkup) -> str:
    folded = [details(f"Every measure on {name}", _table(one)) for name, one in found.domains.items()]
    changes = (
        " Changes are paired over items; their intervals are 95 % each and not corrected for how many there are."
        if len(found.models) == 2
        else ""
    )
    note = f"Units, formulas and directions are in docs/cliffs.md.{changes}"
    return section("measures", "Every measure", paragraph(note, "note"), *folded)


def _table(one: DomainCheckup) -> str:
    header = ["measure", "unit", *_columns(one)]
    rows, missing = [], []
    for name, spec in MEASURES.items():
        change = one.difference.readings[name] if one.difference else None
        values = [each.readings.get(name) for each in one.profiles]
        there = [value for value in (*values, change) if value is not None]
        if not there:
            continue
        if all(value.status == "skipped" for value in there):
            missing.append((spec.title, there[-1].reason))
            continue
        rows.append([*named(spec), *_readings(one, name)])
    titles = ("before", "after") if one.difference else ("value",)
    asked = rests([(title, each.faith, each.by_base) for title, each in zip(titles, one.profiles, strict=True)])
    noted = notes(
        [
            (spec.title, each.readings[name])
            for name, spec in MEASURES.items()
            for each in one.profiles
            if name in each.readings
        ]
    )
    return (table(header, rows) if rows else "") + not_had(missing) + noted + asked


def _reading(one: Profile, name: Name) -> str:
    value = one.readings.get(name)
    if value is None:
        return cell("")
    band = null_of(one, name)
    if band and value.interval.estimate is not None:
        under = f"if calibrated {number(band[0])} to {number(band[1])}"
        return number_cell(number(value.interval.estimate), element("small", text=under))
    return _value(value, sign=MEASURES[name].signed)


def _value(value: Value, *, sign: bool = False) -> str:
    if value.status == "skipped":
        return number_cell("", element("small", text=value.reason))
    told, ends = (signed, signed_span) if sign else (number, span)
    under = ends(value.interval) if value.interval.ends else ""
    return number_cell(told(value.interval.estimate), element("small", text=under), title=value.reason or None)


def _lost(found: Checkup) -> str:
    """Some items that the second model does not solve any more, with both answers."""
    parts = []
    for name, one in found.domains.items():
        flips = one.difference.lost if one.difference else ()
        rows = [
            [
                element("td", element("pre", text=short(text, LONGEST)))
                for text in (flip.item, flip.reference, flip.before, flip.after)
            ]
            for flip in flips
        ]
        if rows:
            parts.append(details(f"{name}: {len(rows)} of them", table(["prompt", "right", "before", "after"], rows)))
    note = "Items that the first model solved (at least half of its answers) and the second does not; first answers."
    return section("lost", "Items that were lost", paragraph(note, "note"), *parts) if parts else ""


def _about(found: Checkup) -> str:
    rows = [
        [
            row_head(one.name),
            cell(one.access or "logged"),
            cell(one.when or DASH),
            number_cell(duration(one.seconds)),
            cell(one.identity[:16]),
        ]
        for one in found.models
    ]
    return section("models", "Models", table(["model", "access", "asked on", "took", "identity"], rows))


PARTS = (_domains, _curves, _measures, _lost, _about)
"""Below the heading, in reading order."""
