"""The end of a search in a terminal: tables that fit 100 columns, and get by with 80."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from experiments.analysis.report_parts import TOTAL, StageReport
from experiments.analysis.sentences.equal_words import equal_lines
from experiments.analysis.sentences.limit_words import measured_line
from experiments.analysis.sentences.verdict import apart_lines
from experiments.analysis.words import count, duration, number, percent, signed, signed_span, span
from experiments.report.terminal.report import VERDICT, missing_table, verdict_text
from experiments.report.terminal.tables import LONG, WIDE, Fitting, columns, titled
from experiments.search.analysis.pairs import JOINT_SEARCHED, SEARCHED
from experiments.search.analysis.report import SearchReport
from experiments.search.analysis.words import (
    chosen,
    equal_completions,
    importance_words,
    searched,
    sharing,
    stage_words,
)


def print_search(console: Console, report: SearchReport) -> None:
    """Everything, the verdict last."""
    parts: list[RenderableType] = [
        Text(searched(report)),
        Text(importance_words(report.importance) + "\n"),
        best_table(report),
        *rival_tables(report),
        arms_table(report),
        gains_table(report),
        *map(Text, apart_lines([gain.test for gain in report.gains])),
        *map(Text, equal_lines(SEARCHED, report.at_equal_tokens, report.at_equal_train_seconds)),
        *map(Text, filter(None, [measured_line(SEARCHED, report.limits)])),
        cost_table(report),
    ]
    if report.missing:
        parts.append(missing_table(report.missing))
    parts += [Text(note) for note in report.notes]
    for part in parts:
        console.print(part)
    console.print(Text(report.verdict, style=Style(bold=True)))


def best_table(report: SearchReport) -> Table:
    """The winner's stages."""
    choices = "; ".join(chosen(report.trials[report.best.trial].params))
    best = report.best
    seeds = ", ".join(map(str, best.seeds))
    over = f"mean over seeds {seeds}" if len(best.seeds) > 1 else f"seed {seeds}"
    title = f"Best schedule: trial {best.trial}, {number(best.validation)} on validation ({over})"
    return _stages(title, choices, best.stages)


def rival_tables(report: SearchReport) -> list[Table]:
    """What joint training searched alike is; none where it is the winner itself."""
    rival = report.arms.get(JOINT_SEARCHED)
    if rival is None or rival.stages == report.best.stages:
        return []
    return [_stages(f"Best joint training: {JOINT_SEARCHED}", rival.origin, rival.stages)]


def _stages(title: str, caption: str, stages: Sequence[StageReport]) -> Table:
    table = titled(title, caption)
    columns(table, "stage", right=True)
    columns(table, "mixture", wrap=44)
    columns(table, "method")
    columns(table, "steps", "learning rate", right=True)
    for place, stage in enumerate(stages, start=1):
        rate = f"{stage.learning_rate:.3g}"
        table.add_row(str(place), Text(stage_words(stage)), stage.method, count(stage.steps), rate)
    return table


def arms_table(report: SearchReport) -> Table:
    """Scores on test with the fresh seeds, best total first."""
    table = titled(f"Scores on test, {len(report.fresh_seeds)} fresh seeds", "95 % intervals over seeds and items")
    columns(table, "arm", wrap=LONG)
    columns(table, "total", "interval", right=True)
    columns(table, *report.curriculum.domains, right=True, wrap=6 if len(report.curriculum.domains) > 4 else 8)
    done = {name: arm.scores for name, arm in report.arms.items() if arm.scores}
    for name, scores in sorted(done.items(), key=lambda item: -(item[1][TOTAL].estimate or 0.0)):
        total = scores[TOTAL]
        table.add_row(
            Text(name, style="bold" if name == SEARCHED else ""),
            Text(number(total.estimate), style=Style(bold=True)),
            span(total, 2),
            *(number(scores[domain].estimate) for domain in report.curriculum.domains),
        )
    return table


def gains_table(report: SearchReport) -> Fitting:
    """What fresh seeds on test say and, where there is room, what validation promised."""
    return Fitting(lambda width: _gains(report, wide=width >= WIDE))


def _gains(report: SearchReport, *, wide: bool) -> Table:
    promised = "promised: on validation, with the search's seeds; the rest: on test, with fresh seeds"
    table = titled("Gains", promised if wide else "on test, with fresh seeds; the page has what validation promised")
    columns(table, "arm", "against", wrap=LONG)
    columns(table, *(("promised", "measured") if wide else ()), "gain", "95 % interval", right=True)
    columns(table, "verdict", wrap=VERDICT)
    for gain in report.gains:
        row = gain.test
        table.add_row(
            Text(row.arm),
            Text(row.baseline),
            *((percent(gain.promised), percent(row.relative.estimate)) if wide else ()),
            signed(row.absolute.estimate),
            signed_span(row.absolute),
            verdict_text(row),
            style=Style(bold=row.primary),
        )
    return table


def cost_table(report: SearchReport) -> Table:
    """What every phase took, all seeds together."""
    cost = report.cost
    table = titled("What it took", f"{sharing(report)} {equal_completions(report)}")
    columns(table, "phase")
    columns(table, "stage runs", "steps", "completions", "training", right=True)
    named = (
        ("probes", cost.probes),
        ("search", cost.search),
        ("joint search", cost.joint_search),
        ("final", cost.final),
    )
    for name, row in named:
        values = (row.stage_runs, row.steps, row.rollouts)
        table.add_row(name, *(count(value) for value in values), duration(row.train_seconds))
    return table
