"""What makes groups of domains that can be probed together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from curricula.problem import KeyPath, Problem
from curricula.schema import Curriculum
from domains.suggest import did_you_mean

GROUPS: KeyPath = ("schedule", "probing", "groups")
TAKEN = "total"
"""Stands beside the rows of the probes."""


def group_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """All broken rules of `schedule.probing.groups`; nothing where there is no group."""
    if curriculum.schedule.probing.groups:
        for rule in (_names, _members, _overlaps, _whole, _methods, _schedule, _trained):
            yield from rule(curriculum)


def _names(curriculum: Curriculum) -> Iterator[Problem]:
    for name in curriculum.schedule.probing.groups:
        if name in curriculum.domains or name == TAKEN:
            what = "a domain has this name" if name in curriculum.domains else "this name is kept"
            yield Problem((*GROUPS, name), f"{what}, so no group can have it", name, "Choose another.")


def _members(curriculum: Curriculum) -> Iterator[Problem]:
    for group, members in curriculum.schedule.probing.groups.items():
        for at, name in enumerate(members):
            if name not in curriculum.domains:
                hint = did_you_mean(name, curriculum.domains, name="Defined are")
                yield Problem((*GROUPS, group, at), "no domain of this name is defined", name, hint)


def _overlaps(curriculum: Curriculum) -> Iterator[Problem]:
    """A domain has one probe."""
    first: dict[str, str] = {}
    for group, members in curriculum.schedule.probing.groups.items():
        for name, count in Counter(members).items():
            if name in first:
                rule = f"{name} is in {first[name]} already, and a domain is probed once"
                yield Problem((*GROUPS, group), rule, list(members), "Leave it out of one of them.")
            elif count > 1:
                yield Problem((*GROUPS, group), f"names {name} {count} times", list(members), "Name it once.")
            first.setdefault(name, group)


def _whole(curriculum: Curriculum) -> Iterator[Problem]:
    for group, members in curriculum.schedule.probing.groups.items():
        if set(curriculum.domains) <= set(members):
            hint = "Make two groups or more, or leave some domains to their own probes."
            rule = "holds every domain, so one probe would stand for all and nothing could be ordered"
            yield Problem((*GROUPS, group), rule, list(members), hint)


def _methods(curriculum: Curriculum) -> Iterator[Problem]:
    """One stage has one method."""
    for group, members in curriculum.schedule.probing.groups.items():
        known = [name for name in members if name in curriculum.domains]
        methods = {name: curriculum.stage_training(name).method for name in known}
        if len(set(methods.values())) > 1:
            told = ", ".join(f"{name} by {method}" for name, method in methods.items())
            rule = f"one stage has one method, and its members are trained by several: {told}"
            yield Problem((*GROUPS, group), rule, hint="Group domains of one method.")


def _schedule(curriculum: Curriculum) -> Iterator[Problem]:
    """What a group's probe cannot serve."""
    schedule = curriculum.schedule
    if schedule.composition == "explicit":
        rule = "is for what finds an order, and the composition is explicit"
        yield Problem(GROUPS, rule, hint="Leave it out: explicit stages need no probes.")
    elif schedule.leave_out == "auto":
        rule = "cannot be with `leave_out: auto`: a group's probe does not tell which of its members harms"
        yield Problem(GROUPS, rule, hint="Probe each domain by itself, or leave domains and their groups out by name.")
    elif "transfer" in curriculum.mixing_rules:
        rule = "cannot be with adaptive mixing by `transfer`, which goes by what whole stages did to their own domain"
        yield Problem(GROUPS, rule, hint="Mix by another rule, or probe each domain by itself.")


def _trained(curriculum: Curriculum) -> Iterator[Problem]:
    """A member that is never trained would speak for those that are."""
    schedule = curriculum.schedule
    left = set() if isinstance(schedule.leave_out, str) else set(schedule.leave_out)
    if schedule.order == "given" and schedule.given is not None:
        left |= set(curriculum.domains) - set(schedule.given)
    for group, members in schedule.probing.groups.items():
        for at, name in enumerate(members):
            if name in left:
                yield Problem((*GROUPS, group, at), "is left out of the schedule", name, "Take it out of the group.")
