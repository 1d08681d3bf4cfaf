"""The page's sections: the result on fresh seeds, how it was searched, the best schedule, what it took."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from curricula.dump import dump_yaml
from experiments.analysis.report_parts import TOTAL
from experiments.analysis.sentences.equal_words import equal_lines
from experiments.analysis.words import chance, count, duration, number, percent, short, signed, span
from experiments.report.markup import (
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
from experiments.report.sections.account import missing_section
from experiments.report.sections.comparison import (
    explained,
    forest_scale,
    interval_cells,
    notes,
    relative_cell,
    with_verdict,
)
from experiments.search.analysis.pairs import SEARCHED
from experiments.search.analysis.report import Gain, SearchReport, TrialRow
from experiments.search.analysis.words import (
    chosen,
    equal_completions,
    importance_words,
    searched,
    sharing,
    spent_words,
    stage_words,
)
from experiments.search.report.figures import (
    arms_figure,
    history_figure,
    importance_figure,
    pareto_figure,
    stages_figure,
)

SHOWN_TRIALS = 12


def heading(report: SearchReport) -> str:
    """Name, verdict, and the search in five figures."""
    figures = (
        (str(len(report.trials)), "trials"),
        (count(report.cost.search.stage_runs), f"new stage runs ({count(report.cost.unshared)} without sharing)"),
        (number(report.best.validation), f"best on validation (trial {report.best.trial})"),
        (_total(report), f"the same on test, {len(report.fresh_seeds)} fresh seeds"),
        (str(len(report.joint_trials)), "joint trainings tried"),
    )
    return element(
        "header",
        element("p", text=f"stagewise search · {report.run}", class_="eyebrow"),
        element("h1", text=report.curriculum.name),
        element("p", text=report.verdict, class_="verdict"),
        facts(figures),
    )


def missing(report: SearchReport) -> str:
    """What the final comparison lacks."""
    return missing_section(report.missing)


def arms(report: SearchReport) -> str:
    """Dot plot and table of the arms on test."""
    done = {name: arm for name, arm in report.arms.items() if arm.scores}
    if not done:
        return section("arms", "Scores on fresh seeds", paragraph("No arm has finished yet."))
    note = (
        f"Trained from new with {len(report.fresh_seeds)} seeds that nothing was chosen by, scored on test, with 95 % "
        "intervals over seeds and items. Small dots are seeds; the dotted line is plain joint training. Validation is "
        "the score by which the search chose, where it had trained the same stages."
    )
    names = [TOTAL, *report.curriculum.domains]
    rows = []
    for name, arm in sorted(done.items(), key=lambda item: -(item[1].scores[TOTAL].estimate or 0.0)):
        cells = [row_head(name, main=name == SEARCHED)]
        for key in names:
            found = arm.scores[key]
            small = element("small", text=span(found, 2))
            cells.append(number_cell(number(found.estimate), small))
        rows.append([*cells, number_cell(number(arm.validation))])
    figure = plot(arms_figure(report), "Total test score of each arm with interval")
    header = ["arm", *names, "validation"]
    return section("arms", "Scores on fresh seeds", paragraph(note, "note"), figure, table(header, rows))


def gains(report: SearchReport) -> str:
    """Promised against measured gains, verdicts in words, intervals drawn."""
    if not report.gains:
        return ""
    rope = report.curriculum.comparison.rope
    scale = forest_scale([gain.test for gain in report.gains], rope)
    note = (
        "Promised: relative gain on validation, with the seeds of the search; the winner is the best of many by that "
        "very score, which therefore says too much. The rest is measured on test, with fresh seeds."
    )
    header = ["arm", "against", "promised", "measured", "gain", "95 % interval", "", "p, corrected", "verdict"]
    rows = [line for gain in report.gains for line in _gain_rows(gain, scale, rope)]
    return section(
        "gains",
        "What the gain is worth",
        paragraph(note, "note"),
        paragraph(explained(rope), "note"),
        table(header, rows),
        notes([gain.test for gain in report.gains]),
        *map(paragraph, equal_lines(SEARCHED, report.at_equal_tokens, report.at_equal_train_seconds)),
        _notes(report),
    )


def search(report: SearchReport) -> str:
    """What was tried: Pareto view, history, importance, the best trials."""
    pareto = (
        "Every schedule that was trained to the end. Dotted: those that no other one beats in both the total and the "
        "worst domain."
    )
    history = "Every trial at the completions that the search had spent by then; shared beginnings are counted once."
    bars = [plot(importance_figure(report.importance), "Importance of each choice")] if report.importance else []
    return section(
        "search",
        "The search",
        paragraph(searched(report)),
        element("h3", text="Mean against worst domain"),
        paragraph(pareto, "note"),
        plot(pareto_figure(report), "Total against worst domain of every finished trial"),
        element("h3", text="Progress"),
        paragraph(history, "note"),
        plot(history_figure(report), "Best value so far against completions spent"),
        element("h3", text="Which choices mattered"),
        paragraph(importance_words(report.importance)),
        *bars,
        _trials(report.trials, report.pareto),
        _trials(report.joint_trials, (), "joint trainings, searched alike"),
        _space(report),
    )


def best(report: SearchReport) -> str:
    """The winner as a picture, as stages and as YAML."""
    rows = [
        [
            number_cell(str(number_)),
            cell(stage_words(stage)),
            cell(stage.method),
            *(number_cell(count(value)) for value in (stage.steps, stage.rollouts)),
            number_cell(f"{stage.learning_rate:.3g}"),
        ]
        for number_, stage in enumerate(report.best.stages, start=1)
    ]
    header = ["stage", "mixture", "method", "steps", "completions", "learning rate"]
    how = "; ".join(chosen(report.trials[report.best.trial].params))
    return section(
        "best",
        "The best schedule",
        paragraph(f"Trial {report.best.trial}. {how}." if how else f"Trial {report.best.trial}."),
        plot(stages_figure(report), "Mixture of the best schedule over its steps"),
        table(header, rows),
        details("best.yaml: run it, or share it", element("pre", text=report.best.yaml)),
    )


def cost(report: SearchReport) -> str:
    """What every phase took, and every arm a seed."""
    spent = report.cost
    named = (
        ("probes and plan", spent.probes),
        ("search", spent.search),
        ("search over joint training", spent.joint_search),
        ("final comparison", spent.final),
    )
    phases = [
        [
            row_head(name),
            *(number_cell(text) for text in spent_words(row)),
            number_cell(duration(row.train_seconds)),
        ]
        for name, row in named
    ]
    arms_ = [
        [
            row_head(name, main=name == SEARCHED),
            *(number_cell(text) for text in spent_words(arm.cost)),
            number_cell(duration(arm.cost.train_seconds)),
        ]
        for name, arm in report.arms.items()
        if arm.stages
    ]
    columns = ["stage runs", "steps", "completions", "tokens", "training"]
    return section(
        "cost",
        "What it took",
        paragraph(
            "All seeds together; stages that were trained before are not counted again. "
            f"{sharing(report)} {equal_completions(report)}",
            "note",
        ),
        table(["phase", *columns], phases),
        element("h3", text="Each arm of the final comparison, for one seed"),
        table(["arm", *columns], arms_),
    )


def appendix(report: SearchReport) -> str:
    """Arms in words, curriculum and environment, folded."""
    rows = [
        [
            row_head(name),
            cell(" → ".join(stage.label for stage in arm.stages)),
            cell(arm.origin),
        ]
        for name, arm in report.arms.items()
    ]
    environment = json.dumps(report.environment, indent=2, ensure_ascii=False, default=str)
    return section(
        "details",
        "Details",
        details("Arms", table(["arm", "stages", "why"], rows)),
        details("Curriculum, resolved", element("pre", text=dump_yaml(report.curriculum))),
        details("Environment", element("pre", text=environment)),
    )


def _total(report: SearchReport) -> str:
    found = report.arms[SEARCHED].scores.get(TOTAL)
    return number(found.estimate if found else None)


def _gain_rows(gain: Gain, scale: float, rope: float) -> list[list[str]]:
    row = gain.test
    return with_verdict(
        row,
        row_head(row.arm, main=row.primary),
        cell(row.baseline),
        number_cell(percent(gain.promised)),
        relative_cell(row),
        number_cell(signed(row.absolute.estimate)),
        *interval_cells(row, scale, rope),
        number_cell(chance(row.p_adjusted)),
    )


def _notes(report: SearchReport) -> str:
    return element("ul", *(element("li", text=note) for note in report.notes)) if report.notes else ""


def _trials(rows: Sequence[TrialRow], front: Collection[int], what: str = "finished trials") -> str:
    """The best in a table; all trials of the search are in trials.csv."""
    done = sorted((row for row in rows if row.value is not None), key=lambda row: (-(row.value or 0), row.number))
    shown = [_trial(row, row.number in front) for row in done[:SHOWN_TRIALS]]
    if not shown:
        return ""
    header = ["trial", "seed", "total", "worst", "completions", "choices"]
    return details(f"The best {len(shown)} of {len(done)} {what}", table(header, shown))


def _trial(row: TrialRow, front: bool) -> list[str]:
    name = f"{row.number} ({row.start})" if row.start else str(row.number)
    return [
        row_head(name, main=front),
        number_cell(str(row.seed)),
        number_cell(number(row.value)),
        number_cell(number(row.worst)),
        number_cell(count(row.completions)),
        cell(short("; ".join(chosen(row.params)), 160)),
    ]


def _space(report: SearchReport) -> str:
    """What could be chosen."""
    rows = [[row_head(name), cell(_values(values))] for name, values in report.space.items()]
    return details("What was searched", table(["choice", "values"], rows))


def _values(values: Sequence[object]) -> str:
    shown = [str(value).replace(" > ", " → ") for value in values[:4]]
    more = f", … {len(values)} in all" if len(values) > len(shown) else ""
    return ", ".join(shown) + more
