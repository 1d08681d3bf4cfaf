"""What a search needs of its curriculum."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import KeyPath, Problem
from curricula.schema import Curriculum
from curricula.size_checks import MOST_STAGES
from domains.suggest import did_you_mean

MOST_SEARCHED = 6
"""Domains of which all orders are choices of one parameter: 720."""


def search_problems(curriculum: Curriculum) -> list[Problem]:
    """All broken rules. `check` asks only where `search` says something; a search asks always."""
    if found := [*_names(curriculum), *_needs_an_order(curriculum)]:
        return found
    rules = (_too_many, _too_often, _leaves_out, _seeds, _steps)
    return [problem for rule in rules for problem in rule(curriculum)]


def searched_domains(curriculum: Curriculum) -> tuple[str, ...]:
    """Domains that a search orders: all but those that `schedule.leave_out` names, as they are written."""
    left = curriculum.schedule.leave_out
    named = left if isinstance(left, tuple) else ()
    given = curriculum.schedule.given if curriculum.schedule.order == "given" else None
    return tuple(name for name in curriculum.domains if name not in named and (given is None or name in given))


def _names(curriculum: Curriculum) -> Iterator[Problem]:
    search = curriculum.search
    used: list[tuple[KeyPath, str]] = [(("search", "leave_out", i), name) for i, name in enumerate(search.leave_out)]
    used += [(("search", "methods", name), name) for name in search.methods]
    for keys, name in used:
        if name not in curriculum.domains:
            hint = did_you_mean(name, curriculum.domains, name="Defined are")
            yield Problem(keys, "no domain of this name is defined", name, hint)


def _needs_an_order(curriculum: Curriculum) -> Iterator[Problem]:
    if curriculum.schedule.composition == "explicit":
        yield Problem(
            ("search",),
            "explicit stages have no order to search over",
            hint="Set schedule.composition to sequential or cumulative.",
        )
    if curriculum.schedule.composition == "adaptive":
        yield Problem(
            ("search",),
            "adaptive mixing has no order to search over",
            hint="Set schedule.composition to sequential or cumulative.",
        )


def _too_many(curriculum: Curriculum) -> Iterator[Problem]:
    size = len(searched_domains(curriculum))
    if curriculum.search.order == "any" and size > MOST_SEARCHED:
        yield Problem(
            ("search", "order"),
            f"`any` searches over the orders of at most {MOST_SEARCHED} domains",
            size,
            "Use `order: plan`, or leave domains out.",
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
    refresh, repeats = max(search.refresh), max(search.repeats)
    left = total - (max(1, round(refresh * total)) if refresh else 0)
    if left < repeats * len(names):
        yield Problem(
            ("search", "repeats" if repeats > 1 else "refresh"),
            f"{repeats * len(names)} stages need a step each, and the budget leaves {left} of {total} steps for them",
            repeats if repeats > 1 else refresh,
            "Lower search.repeats or search.refresh, or raise training.steps.",
        )
