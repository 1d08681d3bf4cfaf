"""How much is asked of models: the unit in which the time of measuring is known before anything is measured.

A question is one completion, or one text that is read; they cost unequal seconds, but the same ones in every node.
"""

from __future__ import annotations

from collections.abc import Mapping

from curricula.guards import PassRate, SweetSpot
from curricula.stage import Stage
from domains.decoding import Decoding
from domains.example import Split
from experiments.measures.inquiries import INQUIRIES
from experiments.measures.suite import suite_of
from experiments.nodes.formats import FORMATS
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Task

Sizes = Mapping[str, Mapping[Split, int]]
"""Domain → split → examples."""


def of_node(setup: Setup, sizes: Sizes, options: Mapping[str, int]) -> int:
    """That measuring a node asks, what is asked about answers included. `options`: of each domain that has some those
    of all test items, each of which is a text that is read."""
    return sum(
        options[task.domain]
        if task.kind == "options"
        else _least(task.items, sizes[task.domain][task.split]) * _each(task)
        for task in suite_of(setup).tasks
    )


def of_guards(stage: Stage, setup: Setup, sizes: Sizes) -> int:
    """That a stage's guards ask before it and on its way, beside its steps."""
    guards = stage.training.guarded_by
    return _band(guards.pass_rate, stage, sizes) + _way(guards.sweet_spot, stage, setup, sizes)


def _band(guard: PassRate | None, stage: Stage, sizes: Sizes) -> int:
    """Completions of the prompts whose pass rate is measured."""
    if guard is None:
        return 0
    names = [name for name, count in stage.examples.items() if count and name in (guard.domains or stage.mixture)]
    return guard.samples * sum(_least(guard.items, sizes[name]["train"]) for name in names)


def _way(guard: SweetSpot | None, stage: Stage, setup: Setup, sizes: Sizes) -> int:
    """Answers and references of validation items of every domain, at the start and at every point after it."""
    if guard is None:
        return 0
    points = 1 + min(guard.points, stage.training.steps)
    each = (
        _least(guard.items, sizes[name]["validation"]) * (_answers(domain.decoding) + 1)
        for name, domain in setup.domains.items()
    )
    return points * sum(each)


def _each(task: Task) -> int:
    """Of an item; what is asked about answers is about the first."""
    forms = len(FORMATS) if task.kind == "formats" else 1
    return 1 if task.kind in INQUIRIES else forms * (task.samples or 1)


def _answers(decoding: Decoding) -> int:
    """An item."""
    return 1 if decoding == "greedy" else decoding.samples


def _least(asked: int | None, there: int) -> int:
    return there if asked is None else min(asked, there)
