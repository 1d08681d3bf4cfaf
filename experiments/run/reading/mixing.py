"""Adaptive mixing on a store: which rounds were chosen, as far as the rounds before them are finished."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from experiments.executors.base import Outcome
from experiments.nodes.tree import StageTree, grow, reading_chains
from experiments.run.job import Job
from experiments.run.reading.gather import load_records, validation_blocks
from scheduler.measurements import Measurements
from scheduler.mixing.rounds import Blocks, Rounds, advance, schedule_of


def follow_rounds(job: Job, start: Sequence[Rounds], measured: Measurements | None) -> tuple[Rounds, ...]:
    """Decide again and again, as long as what was wanted is finished by all seeds.

    Only an arm's own rounds and the probes count, so the same curriculum always decides the same.
    """
    return tuple(_follow(job, one, measured) for one in start)


def train_rounds(
    job: Job, start: Sequence[Rounds], measured: Measurements | None, train: Callable[[str, StageTree], Outcome]
) -> tuple[tuple[Rounds, ...], tuple[Outcome, ...]]:
    """Train what is wanted, look, choose again, until all rounds are done or a stage fails.

    `train` is told a title and what to train.
    """
    now, outcomes = tuple(start), list[Outcome]()
    while any(one.waits for one in now):
        at = max(len(one.proposals) for one in now if one.waits)
        title = f"Adaptive mixing: round {at} of {job.curriculum.schedule.adaptive.rounds}"
        outcomes.append(train(title, _wanted(job, now)))
        if not outcomes[-1].complete:
            break
        now = follow_rounds(job, now, measured)
    return now, tuple(outcomes)


def _wanted(job: Job, found: Sequence[Rounds]) -> StageTree:
    """The rounds of all arms that are wanted next, for all seeds, with those before them."""
    schedules = [schedule_of(job.curriculum, one) for one in found if one.waits]
    return grow(job.setup, schedules, job.curriculum.seeds)


def _follow(job: Job, start: Rounds, measured: Measurements | None) -> Rounds:
    now = start
    while now.waits:
        blocks = _blocks(job, now)
        if blocks is None:
            return now
        now = advance(job.curriculum, now, blocks, measured)
    return now


def _blocks(job: Job, rounds: Rounds) -> list[Blocks] | None:
    """Validation scores of the base and after each round; None unless all seeds have finished them all."""
    schedule, seeds = schedule_of(job.curriculum, rounds), job.curriculum.seeds
    records = load_records(job, grow(job.setup, [schedule], seeds))
    chains = [[nodes[-1].id for nodes in reading_chains(job.setup, schedule, seed)] for seed in seeds]
    if not all(node in records for chain in chains for node in chain):
        return None
    names = tuple(job.curriculum.domains)
    return [validation_blocks([records[node] for node in depth], names) for depth in zip(*chains, strict=True)]
