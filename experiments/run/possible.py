"""Every stage that a run or a search may train, before anything is measured.

They are read off the very schedules. Where the order, or what is left out, is still to be found, the schedules are made
with some order, and each of their stages stands for all that it may be in others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from curricula.schema import Curriculum, SearchSpec
from curricula.search_checks import searched_domains
from curricula.searchable import searchable
from curricula.stage import Schedule, Stage, Training
from scheduler.arms import ADVISED, arm_names, fixed_arms, supposed_arms
from scheduler.composing.candidates import candidates
from scheduler.composing.compose import stages_of
from scheduler.composing.compositions.table import KINDS
from scheduler.composing.left_out import known_left_out
from scheduler.mixing.rounds import adaptive_choice, even_rounds
from scheduler.probing.probes import first_probes, needs_probes

Ways = Mapping[str, Sequence[Training]]
"""Domain → how its own stage may be trained."""


def possible_stages(curriculum: Curriculum) -> Iterator[Stage]:
    """Stages with the most domains that can stand in their mixture; their lengths and shares are not those of a run."""
    yield from _of_the_run(curriculum)
    if curriculum.search != SearchSpec():
        yield from _of_the_search(searchable(curriculum))


def _of_the_run(curriculum: Curriculum) -> Iterator[Stage]:
    probes = first_probes(curriculum) if needs_probes(curriculum) else ()
    yield from _stages(probes)
    yield from _stages(fixed_arms(curriculum))
    left, automatic = known_left_out(curriculum), curriculum.schedule.leave_out == "auto"
    ways = {name: [curriculum.stage_training(name)] for name in curriculum.domains if name not in left}
    for arm in (*supposed_arms(curriculum), *_advisable(curriculum, tuple(ways))):
        yield from in_any_order(arm.stages, ways) if arm.order or automatic else arm.stages
    if curriculum.mixing_rules:
        rounds = even_rounds(curriculum, adaptive_choice(curriculum, tuple(ways)))
        yield from in_any_order(rounds, ways) if automatic else rounds


def _advisable(curriculum: Curriculum, kept: tuple[str, ...]) -> Iterable[Schedule]:
    """Whatever the plan may advise to train."""
    return candidates(curriculum, kept).values() if ADVISED in arm_names(curriculum) and len(kept) > 1 else ()


def _of_the_search(curriculum: Curriculum) -> Iterator[Stage]:
    # Inside, because it imports Optuna, which takes long and which no run without a search needs.
    from scheduler.search.space import joint_space, kinds_of

    spec = curriculum.search
    ways = {
        name: [
            (own := curriculum.stage_training(name)),
            *(own.by(method) for method in spec.methods.get(name, ()) if method != own.method),
        ]
        for name in searched_domains(curriculum)
    }
    for choice in (*kinds_of(curriculum), *kinds_of(joint_space(curriculum))):
        try:
            stages = stages_of(choice, curriculum)
        except ValueError:
            continue  # The budget has too few steps for it, so no trial trains it.
        settled = KINDS[choice.composition].order is None and not spec.leave_out
        yield from stages if settled else in_any_order(stages, ways)


def _stages(schedules: Iterable[Schedule]) -> Iterator[Stage]:
    return (stage for schedule in schedules for stage in schedule.stages)


def in_any_order(stages: Sequence[Stage], ways: Ways) -> Iterator[Stage]:
    """What these stages may be in other orders, or of fewer domains: one on one domain is any one's, and a mixed one
    may hold any others and be trained as the own stage of any of them is."""
    own = [(name, training) for name, trainings in ways.items() for training in trainings]
    mixed = [stage.training for stage in stages if len(stage.mixture) > 1]
    if len(mixed) < len(stages):
        yield from (Stage(mixture={name: 1.0}, training=training) for name, training in own)
    if mixed:
        # Of those that differ in nothing that decides a completion's length, one.
        trainings = {(each.method, each.max_tokens): each for each in (*mixed, *(training for _, training in own))}
        mixture = dict.fromkeys(ways, 1.0)
        yield from (Stage(mixture=mixture, training=training) for training in trainings.values())
