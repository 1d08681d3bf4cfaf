"""Rules on guards that span several keys, and what a person should know of them."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.guards import Guards, stops
from curricula.problem import KeyPath, Problem, dotted
from curricula.schema import Curriculum
from curricula.trainings import trainings, written
from domains.suggest import did_you_mean


def guard_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """A stage that may end early has a rate of its own; domains that are named are defined."""
    rate = curriculum.schedule.rate
    for keys, guards in _guards(curriculum):
        early = [guard for guard, _, _ in stops(guards)]
        if early and rate != "per_stage":
            hint = "`pass_rate`, and the penalty `training.kl`, go with every rate."
            rule = f"cannot end a stage on `schedule.rate: {rate}`, whose stages are pieces of one path"
            yield Problem((*keys, "guards", early[0]), rule, hint=hint)
        named = (guards.pass_rate.domains if guards.pass_rate else None) or ()
        for at, name in enumerate(named):
            if name not in curriculum.domains:
                hint = did_you_mean(name, curriculum.domains, name="Defined are")
                place = (*keys, "guards", "pass_rate", "domains", at)
                yield Problem(place, "no domain of this name is defined", name, hint)
    yield from _sweet_spot_problems(curriculum)


def _sweet_spot_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """Another model than the last one fits no path of the rate, and no optimizer's moments."""
    rate, hint = curriculum.schedule.rate, "`keep: last` only measures, and goes with everything."
    for keys, guards in _guards(curriculum):
        if rate != "per_stage" and _leaves_another(guards):
            rule = f"cannot leave an earlier model on `schedule.rate: {rate}`, whose stages are pieces of one path"
            yield Problem((*keys, "guards", "sweet_spot"), rule, hint=hint)
    for keys, training in trainings(curriculum):
        if training.optimizer == "carry" and _leaves_another(training.guards):
            rule = "cannot go with `guards.sweet_spot`: the moments are those of the last model, which may not be kept"
            yield Problem((*keys, "optimizer"), rule, training.optimizer, hint)


def _leaves_another(guards: Guards) -> bool:
    return guards.sweet_spot is not None and guards.sweet_spot.keep == "best"


def guard_notes(curriculum: Curriculum) -> Iterator[str]:
    """What measuring costs, and which stages are compared with joint training that has no such guard."""
    for keys, guards in _guards(curriculum):
        place = dotted((*keys, "guards"))
        if band := guards.pass_rate:
            most = f"up to {band.samples * band.items:,}" if band.items else f"{band.samples} a prompt of the pool"
            yield f"{place}.pass_rate: measuring costs {most} completions a domain before a stage; its cost holds them."
        if spot := guards.sweet_spot:
            yield (
                f"{place}.sweet_spot: every such stage answers up to {spot.items} validation items of each domain "
                f"{spot.points + 1} times; its cost holds that."
            )
        if keys != ("training",) and guards != Guards() and curriculum.baselines.any_joint:
            yield f"{place}: joint training has the guards of `training`, not these."


def _guards(curriculum: Curriculum) -> Iterator[tuple[KeyPath, Guards]]:
    """Where guards are written, and what they are there."""
    for keys, training in written(curriculum):
        if training.guards is not None:
            yield keys, training.guards
