"""What adaptive mixing needs of its curriculum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from curricula.problem import KeyPath, Problem
from curricula.schema import Adaptive, Curriculum, SearchSpec
from curricula.shares import drawing_share
from curricula.together import whole_together

RESTARTS = (
    "schedule.rate: adaptive mixing cuts the budget into short rounds, and with per_stage each of them anneals its "
    "rate and begins anew, which costs much of what mixing gains; `rate: whole` or `trunk` goes on over all rounds."
)


def mixing_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """All broken rules; where nothing mixes adaptively, only that nothing is said of it."""
    schedule, spec = curriculum.schedule, curriculum.schedule.adaptive
    if not curriculum.mixing_rules:
        searched = "adaptive" in curriculum.search.compositions
        if spec != Adaptive() and not (searched and curriculum.search != SearchSpec()):
            hint = "Set schedule.composition to adaptive, or name rules in baselines.adaptive."
            yield Problem(("schedule", "adaptive"), "says how to mix adaptively, and nothing does", hint=hint)
        if curriculum.baselines.adaptive:
            hint = "Remove it: beside explicit stages only joint training is a baseline."
            yield Problem(("baselines", "adaptive"), "is not for `composition: explicit`", hint=hint)
        return
    left = schedule.leave_out if isinstance(schedule.leave_out, tuple) else ()
    kept = [name for name in curriculum.domains if name not in left]
    if spec.floor * len(kept) > 1:
        most = int(1000 / len(kept)) / 1000
        yield Problem(
            ("schedule", "adaptive", "floor"),
            f"the least shares of {len(kept)} domains sum to more than 1",
            spec.floor,
            f"Write at most {most:g}.",
        )
    yield from _methods(curriculum, kept)
    steps = whole_together(curriculum, kept).steps if kept else 0
    if kept and steps < spec.rounds:
        yield Problem(
            ("schedule", "adaptive", "rounds"),
            f"the budget has only {steps} steps, and a round takes one or more",
            spec.rounds,
        )
    elif starves(curriculum, kept):
        yield Problem(
            ("schedule", "adaptive", "floor"),
            f"every trained domain has its least share in every round, and the shortest of {spec.rounds} rounds draws "
            f"{_drawn_apart(curriculum, kept)} prompts or batches for {len(kept)} domains",
            spec.floor,
            "Write fewer rounds, more steps, or a floor of 0: then a round may pass a domain over.",
        )


def starves(curriculum: Curriculum, kept: Sequence[str]) -> bool:
    """Whether rounds are too short for every domain to be drawn from in each, where a floor promises that."""
    if not kept or not curriculum.schedule.adaptive.floor:
        return False
    least = _drawn_apart(curriculum, kept)
    return not least or round(drawing_share(least) * len(kept), 9) > 1


def _drawn_apart(curriculum: Curriculum, kept: Sequence[str]) -> int:
    """Prompts of the shortest round, or, in batches of one domain each, its steps."""
    whole = whole_together(curriculum, kept)
    shortest = max(1, whole.steps // curriculum.schedule.adaptive.rounds)
    return whole.model_copy(update={"steps": shortest}).drawn_apart


def mixing_notes(curriculum: Curriculum) -> tuple[str, ...]:
    """What is allowed, and more often a slip than meant."""
    return (RESTARTS,) if curriculum.mixing_rules and curriculum.schedule.rate == "per_stage" else ()


def _methods(curriculum: Curriculum, kept: list[str]) -> Iterator[Problem]:
    found = {name: curriculum.stage_training(name).method for name in kept}
    if len(set(found.values())) < 2:
        return
    keys: KeyPath = ("schedule", "composition") if curriculum.main_rule else ("baselines", "adaptive")
    told = ", ".join(f"{name} by {method}" for name, method in found.items())
    yield Problem(keys, f"a round of adaptive mixing trains all domains by one method, and these are {told}")
