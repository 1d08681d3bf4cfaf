"""A search in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.limits import limits_of
from curricula.schema import Curriculum
from domains.listed import listed
from experiments.analysis.report_parts import CostRow, Missing, StageReport
from experiments.analysis.sentences.verdict import verdict_sentence
from experiments.analysis.words import count, number, percent, share
from experiments.search.analysis.pairs import SEARCHED
from experiments.search.analysis.report import FinalArm, Gain, ParamValue, SearchReport
from scheduler.path_text import path_of
from scheduler.search.keys import LEAVE_OUT, ORDER, key_of
from scheduler.search.meant import meant
from scheduler.search.standings import Standing

BUDGET_SLACK = 0.01
"""Relative difference of two arms' completions above which a reader is told."""


def verdict(
    gains: Sequence[Gain],
    missing: Sequence[Missing],
    unequal: Mapping[str, Sequence[str]],
    rope: float,
    same: Sequence[Sequence[str]] = (),
) -> str:
    """The result on fresh seeds, then what the search's own scores had promised. `same`: arms that are one model."""
    others = [name for arms in same if SEARCHED in arms for name in arms if name != SEARCHED]
    itself = f"{SEARCHED} is {listed(others)}: the search chose the same stages. " if others else ""
    head = itself + verdict_sentence(SEARCHED, [gain.test for gain in gains], None, missing, unequal, rope)
    first = next((gain for gain in gains if gain.test.arm == SEARCHED and gain.promised is not None), None)
    if first is None:
        return head
    return (
        f"{head} Over {first.test.baseline}, the search's own validation scores had said {percent(first.promised)}; "
        f"fresh seeds on test say {percent(first.test.relative.estimate)}."
    )


def same_notes(same: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Which arms are one model under several names."""
    return tuple(f"{listed(arms)} train the same stages, so they are compared once." for arms in same)


def budget_notes(arms: Mapping[str, FinalArm]) -> tuple[str, ...]:
    """Where an arm's stages see other numbers of steps or completions than the winner's, per seed."""
    ours = _budget(arms[SEARCHED].stages)
    notes = []
    for name, arm in arms.items():
        theirs = _budget(arm.stages)
        if name == SEARCHED or not arm.stages or all(_close(a, b) for a, b in zip(ours, theirs, strict=True)):
            continue
        notes.append(
            f"Budgets differ: {SEARCHED} trains {count(ours[0])} steps on {count(ours[1])} completions a seed, "
            f"{name} {count(theirs[0])} steps on {count(theirs[1])}."
        )
    if any(stage.method == "sft" for arm in arms.values() for stage in arm.stages):
        notes.append("SFT reads a reference answer where GRPO samples a completion: equal counts, unequal seconds.")
    return tuple(notes)


def limit_notes(won: Standing | None, curriculum: Curriculum) -> tuple[str, ...]:
    """Whether the winner keeps the curriculum's limits, as its trials measured them; nothing without limits."""
    if won is None or not limits_of(curriculum):
        return ()
    if won.excess:
        kept = (
            f"no schedule that could have won kept all limits; the winner is {number(won.excess)} beyond them, in sum"
        )
    else:
        kept = "the winner kept all that it could break; what broke one could not win"
    return (f"Limits, on validation, mean over seeds: {kept}.",)


def chosen(params: Mapping[str, ParamValue]) -> list[str]:
    """``order: a → b``, one line a choice that means something; one for several domains in one line, if they
    are trained."""
    params = meant(params)
    keys = {name: key_of(name) for name in params}
    out = [keys[name].domain for name, value in params.items() if keys[name].choice == LEAVE_OUT and value]
    groups: dict[str, list[str]] = {}
    for name, value in params.items():
        choice, domain = keys[name]
        if choice == ORDER:
            groups[choice] = [" → ".join(part for part in path_of(str(value)) if part not in out)]
        elif choice == LEAVE_OUT:
            groups[choice] = [", ".join(map(str, out)) or "none"]
        elif domain not in out:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            groups.setdefault(choice, []).append(f"{domain} {text}" if domain else text)
    return [f"{choice.replace('_', ' ')}: {', '.join(texts)}" for choice, texts in groups.items()]


def searched(report: SearchReport) -> str:
    """How many schedules were tried, and by whom."""
    states = [row.state for row in report.trials]
    firsts = [row.number if row.repeats is None else row.repeats for row in report.trials]
    others = [
        f"{states.count(state)} {word}"
        for state, word in (("pruned", "stopped early"), ("failed", "failed"), ("running", "not finished"))
        if state in states
    ]
    seeds = ", ".join(map(str, report.search_seeds))
    return (
        f"{len(states)} trials of {len(set(firsts))} schedules by the sampler {report.sampler}, "
        f"{states.count('complete')} to the end{''.join(f', {other}' for other in others)}; scored on "
        f"validation, first with seed {report.search_seeds[0]}, what led also with others of {seeds}."
    )


def sharing(report: SearchReport) -> str:
    """What shared beginnings saved."""
    new, unshared = count(report.cost.search.stage_runs), count(report.cost.unshared)
    return f"The search's trials took {new} new stage runs; without sharing with each other and the probes, {unshared}."


def equal_completions(report: SearchReport) -> str:
    """What both searches spent."""
    cost = report.cost
    return (
        f"The search rests on {count(cost.searched_completions)} completions, the search over joint training on "
        f"{count(cost.joint_completions)}."
    )


def importance_words(importance: Mapping[str, float] | None) -> str:
    """What mattered most, or that too few trials finished to say."""
    if importance is None:
        return "Too few schedules finished to say which choices mattered."
    parts = [f"{name.replace('_', ' ')} {share(value)}" for name, value in importance.items() if value >= 0.005]
    return f"What tells the best schedules from the rest: {', '.join(parts)}."


def spent_words(row: CostRow) -> tuple[str, ...]:
    """Stage runs, steps, completions, tokens."""
    return tuple(count(value) for value in (row.stage_runs, row.steps, row.rollouts, row.tokens))


def stage_words(stage: StageReport) -> str:
    """``sort 50 %, sums 50 %``, or the one domain."""
    if len(stage.mixture) == 1:
        return next(iter(stage.mixture))
    ranked = sorted(stage.mixture.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {share(value)}" for name, value in ranked)


def _budget(stages: Sequence[StageReport]) -> tuple[int, int]:
    return sum(stage.steps for stage in stages), sum(stage.rollouts for stage in stages)


def _close(one: int, other: int) -> bool:
    return abs(one - other) <= BUDGET_SLACK * max(one, other)
