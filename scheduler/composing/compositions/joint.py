"""One mixture of all domains throughout, in shares by length: as many stages as domains where the learning rate decays,
as far as there are steps, else one, for each method that their own stages use. The method may change on the way, as
people do who imitate first and reinforce then. One domain may be dropped before the end, as mSFT does (arXiv
2603.21606), and one may have a last stage of its own."""

from __future__ import annotations

from curricula.stage import Method
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.mixture import lengthened
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.composing.steps import cut_evenly


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """With equal lengths, no decay, and nothing dropped or repaired these are a run's joint training."""
    whole = sum(base.budget[name] for name in choice.order)
    repaired = _repaired(choice, base, whole)
    rest = whole - (_taken(choice, base, whole) if repaired else 0)
    share = choice.sft_first
    made = _by_own_methods(choice, base, rest) if share is None else _changing(choice, base, rest, share)
    every = enumerate((*made, *repaired))
    return tuple(draft._replace(rate=choice.pace(k, draft.method or base.own(draft).method)) for k, draft in every)


def _by_own_methods(choice: Choice, base: StageBudgets, whole: int) -> list[Draft]:
    """A part a method, each with the budget that it has of the trained domains'."""
    parts = base.parts(choice.trained)
    scale = whole / sum(part.budget for part in parts)
    made: list[Draft] = []
    for part in parts:
        names = tuple(part.examples)
        mixture = lengthened(part.examples, choice.lengths)
        cut = _cut(part.steps(part.budget * scale), len(names) if choice.lr_decay < 1 else 1)
        made += _dropping(choice, [Draft(None, mixture, steps, 1.0, together=names) for steps in cut])
    return made


def _changing(choice: Choice, base: StageBudgets, whole: int, share: float) -> list[Draft]:
    """All domains by SFT for a share of the steps, then by GRPO; domains whose own methods differ by the curriculum's
    training."""
    first, *others = base.parts(choice.trained)
    stages = 1 if choice.lr_decay == 1 else len(choice.trained)
    training = base.curriculum.training if others else first.training
    shares = {name: base.budget[name] for name in choice.trained} if others else first.examples
    total = base.joint_steps(whole) if others else first.steps(whole)
    together = () if others else choice.trained
    mixture = lengthened(shares, choice.lengths)
    made = [
        Draft(None, mixture, steps, 1.0, None if method == training.method else method, together)
        for steps, method in _methods(_cut(total, stages), share)
    ]
    return _dropping(choice, made)


def _methods(steps: list[int], share: float) -> list[tuple[int, Method]]:
    """Steps and method of each stage."""
    if len(steps) > 1:
        return [(each, "sft" if k < round(len(steps) * share) else "grpo") for k, each in enumerate(steps)]
    imitated = round(steps[0] * share)
    both: tuple[tuple[int, Method], ...] = ((imitated, "sft"), (steps[0] - imitated, "grpo"))
    return [(each, method) for each, method in both if each]


def _dropping(choice: Choice, stages: list[Draft]) -> list[Draft]:
    """Stages of one mixture, the last of their steps without the domain that is dropped; with a decaying rate in whole
    stages. What comes before does not depend on who is dropped."""
    others = tuple(one for one in stages[0].mixture if one[0] != choice.dropped)
    if not choice.drop or len(others) in (0, len(stages[0].mixture)):
        return stages
    total = sum(stage.steps for stage in stages)
    if choice.lr_decay < 1:
        left = sum(stage.steps for stage in stages[: len(stages) - _last(choice.drop, len(stages))])
    else:
        left = total - _last(choice.drop, total)
    found: list[Draft] = []
    for stage in stages:
        kept = min(left, stage.steps)
        both = (stage._replace(steps=kept), stage._replace(steps=stage.steps - kept, mixture=others))
        found += [one for one in both if one.steps]
        left -= kept
    return found


def _last(share: float, count: int) -> int:
    """How many of them are this share, at the end: at least one, and not all."""
    return min(max(1, round(share * count)), count - 1)


def _taken(choice: Choice, base: StageBudgets, whole: int) -> int:
    """Completions for the last stage, whoever is repaired: whole steps of the curriculum's own training."""
    training = base.curriculum.training
    return training.steps_nearest(choice.repair * whole) * training.completions


def _repaired(choice: Choice, base: StageBudgets, whole: int) -> list[Draft]:
    """The last stage on one domain, by its own training: as many of its steps as come nearest to the budget."""
    if (name := choice.mended) is None:
        return []
    steps = base.training[name].steps_nearest(_taken(choice, base, whole))
    return [Draft(name, ((name, 1.0),), steps, 1.0)]


def _cut(total: int, parts: int) -> list[int]:
    """Fewer parts where there are not as many steps."""
    return cut_evenly(total, min(parts, total))


KIND = CompositionKind(
    name="joint",
    drafts=_drafts,
    order=None,
    heeds=frozenset({"lengths", "leave_out", "sft_first", "repair", "drop"}),
)
