"""How large a run may be: far beyond reason, but small enough to be counted before anything goes over it.

Single numbers have their bounds in the schema; these are products and sums. Whatever exceeds one is a slip of the
keyboard, and would otherwise hang without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from curricula.problem import Problem
from curricula.schema import Curriculum, ScratchModel
from curricula.stage import Method, RateName
from curricula.trainings import trainings
from domains.sources import kind_of

MOST_STAGES = 1000
"""In one schedule."""
MOST_STAGE_RUNS = 50_000
"""Of all arms and seeds, before sharing."""
MOST_EXAMPLES = 100_000_000
"""That one stage draws: steps × prompts."""
MOST_AT_ONCE = 1_000_000
"""Completions of one optimizer step: prompts × rollouts."""
METHODS = len(get_args(Method))
PIECES: dict[RateName, int] = {"per_stage": 1, "whole": 2, "trunk": 3}
"""Stage runs that one stage takes at most: with a branch to read it off, or as body, rest and tail."""
MOST_MADE = 1_000_000
"""Training items that a procedural source makes."""
MOST_PARAMETERS = 10_000_000_000
"""Of a model made from its config: about 12 × layers × hidden_size²."""


def size_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """All that is too large. Nothing here goes over more than what is written."""
    for rule in (_stages, _stage_runs, _budgets, _made, _model):
        yield from rule(curriculum)


def _stages(curriculum: Curriculum) -> Iterator[Problem]:
    count = sum(stage.repeat for stage in curriculum.schedule.stages)
    if count > MOST_STAGES:
        yield Problem(("schedule", "stages"), f"a schedule has at most {MOST_STAGES:,} stages, repeats counted", count)


def _stage_runs(curriculum: Curriculum) -> Iterator[Problem]:
    each, seeds = stage_runs(curriculum), len(curriculum.seeds)
    if each * seeds <= MOST_STAGE_RUNS:
        return
    most = MOST_STAGE_RUNS // each
    fits = f"at most {most} seed{'s' * (most != 1)}" if most else "not even one seed"
    yield Problem(
        ("seeds",),
        f"the arms take up to {each:,} stage runs a seed, and a run has at most {MOST_STAGE_RUNS:,}: {fits}",
        seeds,
        "Take fewer seeds, random orders, probes or stages.",
    )


def stage_runs(curriculum: Curriculum) -> int:
    """The most stage runs of one seed, all arms and probes, without sharing."""
    schedule, baselines, size = curriculum.schedule, curriculum.baselines, len(curriculum.domains)
    pieces = PIECES[schedule.rate]
    # Joint training takes a stage a method: plain, weighted, with the probes' budget, and at the other budgets.
    joint = METHODS * (3 + len(baselines.joint_budgets))
    if schedule.composition == "explicit":
        return pieces * (2 * sum(stage.repeat for stage in schedule.stages) + joint)
    arms = 1 + len(set(baselines.compositions)) + len(set(baselines.orders)) + baselines.random_orders
    # Tuned joint training has as many rounds as the schedule. It and the probes else have a stage a domain.
    rounds = schedule.adaptive.rounds * (len(curriculum.mixing_rules) + (curriculum.main_rule is not None))
    return pieces * (size * (arms + 2) + rounds + joint)


def _budgets(curriculum: Curriculum) -> Iterator[Problem]:
    for keys, training in trainings(curriculum):
        if training.completions > MOST_AT_ONCE:
            yield Problem(
                (*keys, "rollouts"),
                f"an optimizer step sees at most {MOST_AT_ONCE:,} completions, prompts × rollouts",
                training.completions,
            )
        if training.steps * training.prompts > MOST_EXAMPLES:
            yield Problem(
                (*keys, "steps"),
                f"a stage draws at most {MOST_EXAMPLES:,} examples, steps × prompts",
                training.steps * training.prompts,
            )


def _made(curriculum: Curriculum) -> Iterator[Problem]:
    for name, spec in curriculum.domains.items():
        if kind_of(spec.source).makes and (spec.train or 0) > MOST_MADE:
            yield Problem(
                ("domains", name, "train"), f"a source makes at most {MOST_MADE:,} training items", spec.train
            )


def _model(curriculum: Curriculum) -> Iterator[Problem]:
    model = curriculum.model
    if model.warmup and model.warmup.steps * model.warmup.batch > MOST_EXAMPLES:
        yield Problem(
            ("model", "warmup", "steps"),
            f"the warm-up draws at most {MOST_EXAMPLES:,} examples, steps × batch",
            model.warmup.steps * model.warmup.batch,
        )
    if not isinstance(model, ScratchModel):
        return
    size = 12 * model.layers * model.hidden_size**2
    if size > MOST_PARAMETERS:
        yield Problem(
            ("model", "hidden_size"),
            f"a model made from its config has at most {MOST_PARAMETERS:,} parameters, 12 × layers × hidden_size²",
            size,
        )
