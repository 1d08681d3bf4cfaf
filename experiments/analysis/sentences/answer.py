"""The answer in a few words: stage, mix, either, undecided, or that it is not sure that anything learns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

from curricula.compositions import Ordered
from experiments.analysis.comparing.comparison import Comparison, Verdict
from experiments.analysis.report import Report
from experiments.analysis.sentences.mixing_words import learns
from experiments.analysis.sentences.plan_words import arrow, learning
from experiments.analysis.sentences.verdict import PHRASES, settling
from scheduler.composing.compositions.table import KINDS
from scheduler.statistics.power import FEWEST

Tone = Literal["sure", "open", "warn"]
"""Something is decided; nothing is, yet; something is to be mended first."""


@dataclass(frozen=True)
class Answer:
    """What a reader wants first."""

    head: str
    """``Mix``, ``Undecided``."""
    tail: str
    """The rest of the sentence."""
    todo: str
    """What follows from it."""
    tone: Tone
    each: tuple[str, ...] = ()
    """What is to be mended of every domain that does not surely learn."""


def answer(report: Report) -> Answer:
    """From the pair that was named beforehand, and from whether anything learns."""
    row = next((one for one in report.comparisons if one.primary and one.seeds), None)
    if row is None:
        return Answer("Not finished", "no comparison has come to its end yet", "Run the same command again.", "open")
    unsure = report.plan is not None and bool(report.plan.own_gains) and not learns(report.plan)
    advice = tuple(line.strip() for line in learning(report.plan)[1:]) if unsure and report.plan else ()
    if unsure and row.verdict == "undecided":
        return Answer("Not sure that anything learns", "if nothing does, the order is moot", "", "warn", advice)
    found = _decided_or_not(report, row)
    return replace(found, tone="warn", each=advice) if unsure else found


def _decided_or_not(report: Report, row: Comparison) -> Answer:
    if _staged_against_mixed(report, row):
        return _stage_or_mix(report, row)
    before, after = PHRASES[row.verdict]
    rope = report.curriculum.comparison.rope
    told = f"{row.arm} {before} {row.baseline}{after.format(rope=rope)}"
    decided = row.verdict != "undecided"
    return Answer("Decided" if decided else "Undecided", told, settle(row), "sure" if decided else "open")


def settle(row: Comparison) -> str:
    """What would decide an undecided comparison, as a sentence."""
    if row.verdict != "undecided":
        return ""
    if row.seeds < FEWEST:
        return f"Give at least {FEWEST} seeds: with {row.seeds} nothing is claimed."
    why = settling(row)
    return f"{_capital(why)}." if why else ""


def _stage_or_mix(report: Report, row: Comparison) -> Answer:
    rope = report.curriculum.comparison.rope
    arm = report.arms[row.arm]
    how = next(kind.how for kind in KINDS.values() if kind.name == arm.composition)
    within = f"staged and mixed end within ±{rope:g} of each other"
    mixed = "Train on all domains together: there is no order to find and none to keep."
    found: dict[Verdict, Answer] = {
        "better": Answer("Stage", f"in the order {arrow(arm.order)}", how, "sure"),
        "worse": Answer("Mix", "train on all domains together", "Train jointly, with the budget below.", "sure"),
        "better_but_small": Answer("Either", f"{within}; staged is a little better", mixed, "sure"),
        "worse_but_small": Answer("Either", f"{within}; mixed is a little better", mixed, "sure"),
        "equivalent": Answer("Either", within, mixed, "sure"),
        "undecided": Answer("Undecided", "staged and mixed cannot be told apart here", settle(row), "open"),
    }
    return found[row.verdict]


def _staged_against_mixed(report: Report, row: Comparison) -> bool:
    arm, baseline = report.arms.get(row.arm), report.arms.get(row.baseline)
    staged = arm is not None and arm.composition in get_args(Ordered) and bool(arm.order)
    return staged and baseline is not None and baseline.role == "joint"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
