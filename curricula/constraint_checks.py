"""What makes constraints that a plan can hold."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.limits import limits_of, trained_domains
from curricula.problem import KeyPath, Problem
from curricula.schema import Curriculum
from curricula.schema.constraints import SURE
from domains.suggest import did_you_mean

CONSTRAINTS: KeyPath = ("schedule", "constraints")
KEEPERS = ("bwt", "bwt_entropy")
"""Orderings that hold limits."""
MOST_LIMITED = 16
"""Domains up to which the best order within limits is found exactly (scheduler/linear_ordering/exact.py)."""


def constraint_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """All broken rules of `schedule.constraints`; nothing where there is none."""
    spec = curriculum.schedule.constraints
    if spec.loss is None and spec.entropy is None:
        if spec.sure != SURE:
            hint = "Write `loss` or `entropy` beside it."
            yield Problem((*CONSTRAINTS, "sure"), "says how surely limits are kept, and there is none", spec.sure, hint)
        return
    for rule in (_order, _names, _entropy, _many):
        yield from rule(curriculum)


def _order(curriculum: Curriculum) -> Iterator[Problem]:
    """Whether there is an order to find, and one who finds it within limits."""
    schedule = curriculum.schedule
    if schedule.composition != "sequential":
        rule = f"is for `composition: sequential`, one domain a stage, and the composition is {schedule.composition}"
        yield Problem(CONSTRAINTS, rule, hint="Write `composition: sequential`, or leave it out.")
    elif schedule.order not in KEEPERS:
        rule = f"is kept by `order: {'` and `order: '.join(KEEPERS)}` alone, and the order is {schedule.order}"
        yield Problem(CONSTRAINTS, rule, hint="Write `order: bwt`, or leave it out.")


def _names(curriculum: Curriculum) -> Iterator[Problem]:
    trained = trained_domains(curriculum)
    for key in ("loss", "entropy"):
        limit = getattr(curriculum.schedule.constraints, key)
        for name in limit if isinstance(limit, dict) else ():
            if name not in curriculum.domains:
                hint = did_you_mean(name, curriculum.domains, name="Defined are")
                yield Problem((*CONSTRAINTS, key, name), "no domain of this name is defined", name, hint)
            elif name not in trained:
                rule = "is left out of the schedule, so no stage of its own comes before or after others"
                yield Problem((*CONSTRAINTS, key, name), rule, name, "Take it out of here.")


def _entropy(curriculum: Curriculum) -> Iterator[Problem]:
    """Something that it is about, and something that measures it."""
    limit = curriculum.schedule.constraints.entropy
    if limit is None:
        return
    if not isinstance(limit, dict) and not any(one.measure == "entropy" for one in limits_of(curriculum)):
        rule = "a number is for all creative domains, and none that is trained is creative"
        yield Problem((*CONSTRAINTS, "entropy"), rule, limit, "Name the domains, e.g. `entropy: {sums: 0.8}`.")
    if "entropy" not in curriculum.evaluation.metrics:
        rule = "`schedule.constraints.entropy` needs `entropy` among the metrics"
        yield Problem(("evaluation", "metrics"), rule, list(curriculum.evaluation.metrics), "Add it.")


def _many(curriculum: Curriculum) -> Iterator[Problem]:
    trained = trained_domains(curriculum)
    if len(trained) > MOST_LIMITED:
        rule = f"the best order within limits is found for at most {MOST_LIMITED} trained domains"
        yield Problem(CONSTRAINTS, rule, len(trained), "Leave it out, or train fewer domains in one run.")
