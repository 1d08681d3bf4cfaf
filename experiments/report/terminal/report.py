"""The report in a terminal: tables that fit 100 columns, and get by with 80; with fewer, rows become lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from experiments.analysis.comparing.comparison import Comparison, Verdict
from experiments.analysis.notes.arm_notes import shared_notes
from experiments.analysis.notes.guard_advice import choice_lines
from experiments.analysis.report import Report
from experiments.analysis.report_parts import TOTAL, Missing
from experiments.analysis.rows.costs import wall_words
from experiments.analysis.rows.guard_rows import guard_lines
from experiments.analysis.rows.health_rows import health_line, idle_lines
from experiments.analysis.sentences.cliff_words import cliff_lines
from experiments.analysis.sentences.equal_words import equal_lines
from experiments.analysis.sentences.limit_words import measured_line
from experiments.analysis.sentences.mixing_words import came_true
from experiments.analysis.sentences.verdict import apart_lines, told
from experiments.analysis.stages.entropy_effects import entropy_effects
from experiments.analysis.stages.rounds import rounds_line
from experiments.analysis.words import chance, count, duration, number, percent, short, signed, signed_span, span
from experiments.report.terminal.grounds import ENTROPY, plan_since, plan_text, profile_table, transfer_table
from experiments.report.terminal.tables import LONG, SHORT, WIDE, Fitting, columns, titled
from scheduler.plan import Plan

VERDICT = 12
"""Columns that a verdict gets."""
VERDICT_STYLES: dict[Verdict, str] = {
    "better": "green",
    "better_but_small": "cyan",
    "equivalent": "cyan",
    "worse_but_small": "cyan",
    "worse": "red",
    "undecided": "yellow",
}


def print_report(
    console: Console, report: Report, *, planned: Plan | None = None, said: Collection[str] = frozenset()
) -> None:
    """Everything, the verdict last; without what the same command printed before.

    `planned`: the plan as it was printed with all that it rests on; `said`: notes.
    """
    parts: list[RenderableType] = [plan_since(planned, report.plan)] if planned else _grounds(report)
    parts += [scores_table(report), comparison_table(report), *map(Text, apart_lines(report.comparisons))]
    parts += map(Text, equal_lines(report.main, report.at_equal_tokens, report.at_equal_train_seconds))
    parts += map(Text, filter(None, (came_true(report), measured_line(report.main, report.limits))))
    parts += [*map(Text, cliff_lines(report)), cost_table(report)]
    if report.missing:
        parts.append(missing_table(report.missing))
    parts += [Text(line, style="yellow") for line in idle_lines(report.health)]
    parts += [Text(line) for line in (health_line(report.health),) if line]
    parts += [Text(rounds_line(name, arm.rounds)) for name, arm in report.arms.items() if arm.rounds]
    parts += [Text(line) for line in choice_lines(report.recommended) + guard_lines(report.guards) if line not in said]
    parts += [Text(line) for line in shared_notes({name: arm.notes for name, arm in report.arms.items()})]
    parts += [Text(f"Data: {note}") for note in report.data_notes if note not in said]
    for part in parts:
        console.print(part)
    console.print(Text(report.verdict, style=Style(bold=True)))


def _grounds(report: Report) -> list[RenderableType]:
    """What the base and its probes told, and the plan that came of it."""
    profiles = {name: domain.entropy for name, domain in report.domains.items() if domain.entropy}
    moved = entropy_effects(profiles)
    parts: list[RenderableType] = [profile_table(profiles)] if profiles else []
    parts += [transfer_table(moved, ENTROPY)] if moved else []
    parts += [transfer_table(report.transfer)] if report.transfer else []
    return [*parts, plan_text(report.plan)] if report.plan else parts


def scores_table(report: Report) -> Fitting:
    """Final test scores by arm, best total first."""
    return Fitting(lambda width: _scores(report, wide=width >= WIDE))


def _scores(report: Report, *, wide: bool) -> Table:
    table = titled("Scores on test", caption="95 % intervals over seeds and items")
    many = len(report.domains) > 6
    columns(table, "arm", wrap=LONG if len(report.domains) <= 4 or (wide and not many) else SHORT)
    columns(table, TOTAL, *(("interval",) if wide else () if many else ("±",)), right=True)
    columns(table, *report.domains, right=True, wrap=5 if many else 6 if len(report.domains) > 4 else 8)
    for arm in report.ranked():
        row = report.scores[arm]
        total = row[TOTAL]
        half = None if total.width is None else total.width / 2
        interval = (span(total),) if wide else () if many else (number(half),)
        table.add_row(
            Text(arm, style="bold" if arm == report.main else ""),
            Text(number(total.estimate), style=Style(bold=True)),
            *interval,
            *(number(row[name].estimate) for name in report.domains),
        )
    return table


def comparison_table(report: Report) -> Fitting:
    """Arms against baselines with verdicts."""
    return Fitting(lambda width: _comparisons(report, wide=width >= WIDE))


def _comparisons(report: Report, *, wide: bool) -> Table:
    caption = f"bold: the pair named beforehand; small or equivalent: within ±{report.curriculum.comparison.rope:g}"
    table = titled("Total score on test, paired over seeds and items", caption)
    columns(table, "arm", "against", wrap=LONG)
    columns(table, "gain", "95 % interval", *(("relative", "p (adj.)") if wide else ()), right=True)
    columns(table, "verdict", wrap=VERDICT)
    for row in report.comparisons:
        more = (percent(row.relative.estimate), chance(row.p_adjusted)) if wide else ()
        table.add_row(
            Text(row.arm),
            Text(row.baseline),
            signed(row.absolute.estimate),
            signed_span(row.absolute),
            *more,
            verdict_text(row),
            style=Style(bold=row.primary),
        )
    return table


def verdict_text(row: Comparison) -> Text:
    """The verdict in its colour."""
    return Text(told(row), style=VERDICT_STYLES[row.verdict] if row.seeds else "dim")


def cost_table(report: Report) -> Fitting | Text:
    """What each arm cost a seed; the probes count for every order that was chosen from them. Before a seed has
    finished an arm only what the run cost."""
    cost = report.cost
    caption = (
        f"{cost.stage_runs} stage runs ({cost.probe_stage_runs} probes), {cost.stage_runs_unshared} without sharing; "
        f"trained {duration(cost.train_seconds)}, wall {wall_words(cost)}"
    )
    if not cost.arms:
        return Text(f"{caption}.")
    return Fitting(lambda width: _costs(report, caption, wide=width >= WIDE))


def _costs(report: Report, caption: str, *, wide: bool) -> Table:
    cost = report.cost
    table = titled("Cost for each seed", caption=caption)
    columns(table, "arm", wrap=LONG)
    columns(table, "stages", "steps", *(("rollouts",) if wide else ()), "tokens", "train", "+ probe steps", right=True)
    for arm, row in cost.arms.items():
        own = row.stages
        table.add_row(
            Text(arm),
            *(count(value) for value in (own.stage_runs, own.steps, *((own.rollouts,) if wide else ()), own.tokens)),
            duration(own.train_seconds),
            count(row.probes.steps),
        )
    return table


def failed_table(report: Report) -> RenderableType:
    """Only the stage runs that were tried and failed, for commands that do not run everything."""
    return missing_table([row for row in report.missing if row.state == "failed"])


def missing_table(missing: Sequence[Missing]) -> RenderableType:
    """Stage runs that left no result, and why; one sentence where none of them failed."""
    failed = [row for row in missing if row.state == "failed"]
    rest = len(missing) - len(failed)
    if not failed:
        return Text(f"{rest} stage run{'s are' if rest != 1 else ' is'} missing: not reached yet.")
    table = titled("Missing", caption=f"and {rest} stage runs that were blocked or not reached" if rest else None)
    columns(table, "seed", right=True)
    columns(table, "stages", wrap=32)
    columns(table, "boundary")
    columns(table, "cause", wrap=56)
    for row in failed:
        stages = short(" → ".join(row.path) or "base", 80)
        table.add_row(
            "all" if row.seed is None else str(row.seed),
            Text(stages),
            row.boundary or "unknown",
            Text(short(row.cause, 160)),
        )
    return table
