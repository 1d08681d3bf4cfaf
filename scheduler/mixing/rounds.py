"""Adaptive mixing as a row of decisions, each of which rests on the rounds before it, the probes, and nothing else.

So a run that is interrupted and started again trains the same mixtures. A decision rests on the mean over all seeds:
every round waits for all of them, and an arm is one schedule for all, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from curricula.schema import Adaptive, Curriculum, MixingRule
from curricula.shares import drawing_share
from curricula.stage import Schedule, Stage
from scheduler.composing import compose
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.left_out import known_left_out
from scheduler.composing.rate_path import Chain, by_stage, readings
from scheduler.evidence.transfer import shrunk_transfer
from scheduler.measurements import Array, Measurements
from scheduler.mixing import MEANINGS, Probe, Proposal, Seen, propose
from scheduler.plan import Plan
from scheduler.prediction.dynamics import amounts
from scheduler.probing.probes import joint_probe, needs_probes, own_probes
from scheduler.statistics.intervals import standard_error

DRAWS = 120
"""Of the effects that probes measured."""
Blocks = tuple[Array, ...]
"""Validation scores, (seeds, items) for each domain."""


@dataclass(frozen=True, eq=False)
class Rounds:
    """How far one arm of adaptive mixing came."""

    rule: MixingRule
    choice: Choice
    """What decides the rounds' stages but for their mixtures."""
    proposals: tuple[Proposal, ...] = ()
    """One for each round that is done or wanted next; shares as they are trained."""
    measured: tuple[Array, ...] = ()
    """Mean validation scores (domains,) of the base, and after each round that is done."""

    @property
    def kept(self) -> tuple[str, ...]:
        """Domains that are trained."""
        return self.choice.order

    @property
    def waits(self) -> bool:
        """Whether the last proposal is still to be trained, or the first one to be made."""
        return len(self.measured) <= len(self.proposals)


def kept_domains(curriculum: Curriculum, plan: Plan | None) -> tuple[str, ...]:
    """Which domains are trained."""
    automatic = plan is not None and curriculum.schedule.leave_out == "auto"
    left = plan.left_out if plan is not None and automatic else known_left_out(curriculum)
    return tuple(name for name in curriculum.domains if name not in left)


def begin(curriculum: Curriculum, plan: Plan | None) -> tuple[Rounds, ...]:
    """Every arm of adaptive mixing before its first round; none while probes are asked for and there is no plan yet."""
    if needs_probes(curriculum) and plan is None:
        return ()
    choice = adaptive_choice(curriculum, kept_domains(curriculum, plan))
    return tuple(Rounds(rule, choice) for rule in curriculum.mixing_rules)


def adaptive_choice(curriculum: Curriculum, kept: Sequence[str]) -> Choice:
    """A run's own."""
    return own_choice(curriculum, tuple(kept), "adaptive")


def even_rounds(curriculum: Curriculum, choice: Choice) -> tuple[Stage, ...]:
    """All rounds before anything is chosen: joint training's one stage cut into them. ValueError where it has fewer
    steps."""
    return compose.stages_of(choice, curriculum)


def mixing_name(rule: MixingRule) -> str:
    """Of the arm that mixes by this rule."""
    return f"adaptive-{rule}"


def even_schedule(curriculum: Curriculum, choice: Choice) -> Schedule:
    """What has the budget and the stages of adaptive mixing before anything is chosen."""
    even = [stage.mixture for stage in even_rounds(curriculum, choice)]
    made = compose.schedule_of(choice, curriculum, "even", mixtures=even)
    return made.model_copy(update={"role": "composition"})


def schedule_of(curriculum: Curriculum, rounds: Rounds) -> Schedule:
    """These rounds, as the beginning of the whole."""
    count, rule = curriculum.schedule.adaptive.rounds, rounds.rule
    made = compose.schedule_of(
        rounds.choice,
        curriculum,
        mixing_name(rule),
        origin=f"All domains mixed in {count} rounds, each next mixture by {rule}: {MEANINGS[rule]}.",
        mixtures=[dict(zip(curriculum.domains, one.shares.tolist(), strict=True)) for one in rounds.proposals],
    )
    main = rule == curriculum.main_rule
    probed = needs_probes(curriculum) and (rule == "transfer" or curriculum.schedule.leave_out == "auto")
    return made.model_copy(update={"role": "main" if main else "composition", "probes": "first" if probed else "none"})


def complete(curriculum: Curriculum, rounds: Rounds) -> bool:
    """Whether the last round is chosen."""
    return len(rounds.proposals) == curriculum.schedule.adaptive.rounds


def advance(curriculum: Curriculum, rounds: Rounds, blocks: Sequence[Blocks], measured: Measurements | None) -> Rounds:
    """Take what was wanted as measured, and decide the next round, if there is one.

    `blocks` are the base's scores and those after each round so far, `measured` what the probes say; ValueError where
    they are fewer or more than the proposals and the base.
    """
    if len(blocks) != len(rounds.proposals) + 1:
        raise ValueError(f"{len(rounds.proposals)} rounds were proposed, and {len(blocks)} scores are there")
    known = replace(rounds, measured=tuple(np.array([float(block.mean()) for block in one]) for one in blocks))
    if complete(curriculum, rounds):
        return known
    seen = _seen(curriculum, known, blocks, measured if needs_probes(curriculum) else None)
    spec = held(curriculum.schedule.adaptive, even_rounds(curriculum, rounds.choice)[seen.done])
    return replace(known, proposals=(*rounds.proposals, propose(rounds.rule, seen, spec)))


def held(spec: Adaptive, stage: Stage) -> Adaptive:
    """With a floor that draws at least one prompt of every trained domain in this round; 0 promises none."""
    least = drawing_share(stage.training.drawn_apart) if spec.floor else 0.0
    return spec.model_copy(update={"floor": max(spec.floor, least)})


def _seen(curriculum: Curriculum, rounds: Rounds, blocks: Sequence[Blocks], measured: Measurements | None) -> Seen:
    names = tuple(curriculum.domains)
    weights = np.array([spec.weight for spec in curriculum.domains.values()])
    even = even_schedule(curriculum, rounds.choice)
    own, ends = own_probes(curriculum), [by_stage(chain) for chain in readings(even)[1:]]

    def whole(stage: Chain) -> list[float]:
        return [sum(each.amount(piece, 1.0) for piece in stage) for each in own.values()]

    return Seen(
        weights=weights / weights.sum(),
        even=np.array([even.stages[0].mixture.get(name, 0.0) for name in names]),
        pace=np.array([whole(ends[min(at + 1, len(ends) - 1)][at]) for at in range(len(ends))]),
        read_off=np.array([whole(end[-1]) for end in ends]),
        shares=np.array([one.shares for one in rounds.proposals]).reshape(-1, len(names)),
        scores=np.array(rounds.measured),
        noise=np.array(
            [[_variance(block, start) for block, start in zip(one, blocks[0], strict=True)] for one in blocks]
        ),
        effects=None if measured is None else shrunk_transfer(measured).sample(DRAWS, 0),
        probe=_probe(curriculum, measured),
    )


def _probe(curriculum: Curriculum, measured: Measurements | None) -> Probe | None:
    if measured is None or measured.mixed is None:
        return None
    return Probe(
        amounts(joint_probe(curriculum), own_probes(curriculum))[0],
        np.array([float(block.mean()) for block in measured.mixed]),
        np.array([_variance(*pair) for pair in zip(measured.mixed, measured.scores[()], strict=True)]),
    )


def _variance(block: Array, base: Array) -> float:
    """Of the mean change from the base."""
    return standard_error({"": block - base}) ** 2
