"""What a search needs of its curriculum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from typing import get_args

from curricula.compositions import Ordered
from curricula.guard_checks import guard_problems
from curricula.mixing_checks import starves
from curricula.problem import KeyPath, Problem, dotted
from curricula.recommended import waiting
from curricula.schema import Curriculum
from curricula.searchable import searchable
from curricula.size_checks import MOST_STAGES
from curricula.together import whole_together
from domains.suggest import did_you_mean

LEAST_SEEDS = 3
"""That a search tries what leads with, unless `search.seeds` says otherwise."""


def search_problems(curriculum: Curriculum) -> list[Problem]:
    """All broken rules. `check` asks only where `search` says something; a search asks always."""
    if found := [*_names(curriculum), *_has_a_plan(curriculum)]:
        return found
    curriculum = searchable(curriculum)
    rules = (_too_often, _leaves_out, _seeds, _steps, _repaired_steps, _rates, _adaptive)
    return [problem for rule in rules for problem in rule(curriculum)]


def searched_domains(curriculum: Curriculum) -> tuple[str, ...]:
    """Domains that a search orders: all but those that `schedule.leave_out` names, as they are written."""
    left = curriculum.schedule.leave_out
    named = left if isinstance(left, tuple) else ()
    given = curriculum.schedule.given if curriculum.schedule.order == "given" else None
    return tuple(name for name in curriculum.domains if name not in named and (given is None or name in given))


def search_seeds(curriculum: Curriculum) -> tuple[int, ...]:
    """The seeds of a search's trials, the first one's first: those of `search`, or the curriculum's, and then as many
    further numbers as three need."""
    if curriculum.search.seeds:
        return curriculum.search.seeds
    used = {*curriculum.seeds, *curriculum.search.fresh_seeds}
    spare = (seed for seed in count(max(curriculum.seeds) + 1) if seed not in used)
    return (*curriculum.seeds, *islice(spare, max(0, LEAST_SEEDS - len(curriculum.seeds))))


def _names(curriculum: Curriculum) -> Iterator[Problem]:
    search = curriculum.search
    used: list[tuple[KeyPath, str]] = [(("search", "leave_out", i), name) for i, name in enumerate(search.leave_out)]
    used += [(("search", "methods", name), name) for name in search.methods]
    for keys, name in used:
        if name not in curriculum.domains:
            hint = did_you_mean(name, curriculum.domains, name="Defined are")
            yield Problem(keys, "no domain of this name is defined", name, hint)


def _has_a_plan(curriculum: Curriculum) -> Iterator[Problem]:
    if curriculum.schedule.composition == "explicit" and curriculum.search.order == "plan":
        yield Problem(
            ("search", "order"), "explicit stages have no plan whose order could be kept", "plan", "Write any."
        )


def _too_often(curriculum: Curriculum) -> Iterator[Problem]:
    most = MOST_STAGES // max(1, len(searched_domains(curriculum)))
    for i, repeats in enumerate(curriculum.search.repeats):
        if repeats > most:
            yield Problem(
                ("search", "repeats", i),
                f"a schedule has at most {MOST_STAGES:,} stages: must be at most {most}",
                repeats,
            )


def _leaves_out(curriculum: Curriculum) -> Iterator[Problem]:
    left, searched = curriculum.search.leave_out, searched_domains(curriculum)
    for i, name in enumerate(left):
        if name not in searched:
            yield Problem(("search", "leave_out", i), "this domain is left out by `schedule` already", name)
    if set(searched) <= set(left):
        yield Problem(("search", "leave_out"), "may leave out every domain, so nothing would be trained", list(left))


def _seeds(curriculum: Curriculum) -> Iterator[Problem]:
    used = {*curriculum.seeds, *curriculum.search.seeds}
    for i, seed in enumerate(curriculum.search.fresh_seeds):
        if seed in used:
            yield Problem(
                ("search", "fresh_seeds", i),
                "the final comparison needs seeds that nothing was chosen by, and this one is in `seeds`",
                seed,
                "Choose another.",
            )


def _steps(curriculum: Curriculum) -> Iterator[Problem]:
    """The shortest division of the budget still gives every stage a step."""
    search, names = curriculum.search, searched_domains(curriculum)
    total = sum(curriculum.stage_training(name).steps for name in names)
    repeats = max(search.repeats)
    shares = {"repair": max(search.repair), "refresh": max(search.refresh), "opening": max(search.opening)}
    left = total - sum(max(1, round(share * total)) for share in shares.values() if share)
    if left < repeats * len(names) and set(search.compositions) & set(get_args(Ordered)):
        key = "repeats" if repeats > 1 else max(shares, key=lambda name: shares[name])
        lower = "opening, search.refresh or search.repair" if shares["repair"] else "opening or search.refresh"
        yield Problem(
            ("search", key),
            f"{repeats * len(names)} stages need a step each, and the budget leaves {max(left, 0)} of {total} steps "
            "for them",
            repeats if repeats > 1 else shares[key],
            f"Lower search.repeats, search.{lower}, or raise training.steps.",
        )


def _repaired_steps(curriculum: Curriculum) -> Iterator[Problem]:
    """Joint training, which every search ends with, keeps a step for each domain beside a last stage on one of them."""
    search, names = curriculum.search, searched_domains(curriculum)
    own, each = [curriculum.stage_training(name) for name in names], curriculum.training.completions
    total, share = sum(one.steps * one.completions for one in own), max(search.repair)
    left = total // each - max(1, round(share * total / each))
    if share and left < len(names):
        yield Problem(
            ("search", "repair"),
            f"joint training of {len(names)} domains needs as many steps, and the budget leaves {max(left, 0)} of "
            f"{total // each} for it",
            share,
            "Lower search.repair, or raise training.steps.",
        )


def _rates(curriculum: Curriculum) -> Iterator[Problem]:
    """What a rate's path forbids (guards that end a stage) it forbids here too; also those that may yet be chosen."""
    unchosen = waiting(curriculum) if curriculum.schedule.rate == "per_stage" else ()
    for i, rate in enumerate(curriculum.search.rate):
        for keys in unchosen if rate != "per_stage" else ():
            rule = f"{dotted(keys)} may come to end a stage, which is a piece of one path then"
            yield Problem(("search", "rate", i), rule, rate, "Write the guards out, or leave this rate out.")
        schedule = curriculum.schedule.model_copy(update={"rate": rate})
        for found in guard_problems(curriculum.model_copy(update={"schedule": schedule})):
            yield Problem(("search", "rate", i), f"{dotted(found.keys)} {found.rule}", rate, found.hint)


def _adaptive(curriculum: Curriculum) -> Iterator[Problem]:
    if set(curriculum.search.compositions) == {"adaptive"} and (why := unmixable(curriculum)):
        yield Problem(("search", "compositions"), why, "adaptive", "Name others too.")


def unmixable(curriculum: Curriculum) -> str | None:
    """Why the searched domains cannot be mixed adaptively; None where they can."""
    names, spec = searched_domains(curriculum), curriculum.schedule.adaptive
    owns = [curriculum.stage_training(name) for name in names]
    if len({own.method for own in owns}) > 1 or spec.floor * len(names) > 1:
        return "a round of adaptive mixing trains all domains by one method, each with its least share"
    steps = whole_together(curriculum, names).steps
    if steps < spec.rounds:
        return f"the budget has only {steps} steps, and {spec.rounds} rounds need one each"
    short = f"{spec.rounds} rounds are too short for every domain's least share to draw a prompt"
    return short if starves(curriculum, names) else None
