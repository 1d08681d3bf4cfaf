"""Claim 7 on runs whose truth is known: what a calculator makes of a fall, and where nothing can be said of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.claims.rows import claims
from benchmarks.claims.tools import NO_FALL, dissolving
from experiments.analysis.cliffs.calculated import NO_CALLS, NOT_ASKED, NOT_SOLVABLE
from experiments.analysis.scores import RunScores
from experiments.nodes.inquired import Calculated
from tests.support.claims import FIRST, planted, row
from tests.support.findings import generator

ASKED = 60
BEFORE = (0.8, 0.8)
"""Of the base model, the chance of a right answer without the calculator and with it."""


def calculated(seed: str, without: float, score: float, called: float, solvable: int) -> Calculated:
    """An item that is right without it is right with it; the same draw for all models."""
    luck = generator("calculated").random(ASKED) + generator("calculated", seed).normal(0, 0.03, ASKED)
    calls = generator("called", seed).random(ASKED) < called
    return Calculated(
        solvable=(True,) * solvable + (False,) * (ASKED - solvable),
        without=tuple((luck < without).astype(float).tolist()),
        score=tuple((luck < score).astype(float).tolist()),
        calls=tuple(calls.astype(int).tolist()),
        vain=(0,) * ASKED,
    )


def with_calculator(
    scores: RunScores, after: tuple[float, float], *, called: float = 1.0, solvable: int = ASKED
) -> RunScores:
    """`after`: without and with it, of the stage on the first domain, asked on that domain."""
    ends = {nodes[-1] for (name, _), nodes in scores.inputs.readings.items() if name == "probe-sums"}
    records = {}
    for node, record in scores.inputs.records.items():
        test = record.scores["test"]
        asked = calculated(node, *(after if node in ends else BEFORE), called, solvable)
        kept = test[FIRST].details.model_copy(update={"calculated": asked})
        changed = {**test, FIRST: test[FIRST].model_copy(update={"details": kept})}
        records[node] = record.model_copy(update={"scores": {**record.scores, "test": changed}})
    return RunScores(replace(scores.inputs, records=records))


@pytest.mark.parametrize(
    ("after", "outcome", "smaller"),
    [
        ((0.3, 0.8), "shown", "as expected"),
        ((0.3, 0.3), "not shown", "undecided"),
        ((0.5, 0.1), "not shown", "contrary"),
    ],
)
def test_a_fall_that_is_surely_smaller_with_the_calculator_is_dissolved(after, outcome, smaller):
    found = dissolving([with_calculator(planted({}), after)])
    assert found.outcome == outcome, found.why
    fall, less = row(found, "probe-sums (all weights) on sums: score without"), row(found, "sums: less of the fall")
    assert (fall.finding, less.finding) == ("as expected", smaller)
    assert fall.change.value == pytest.approx(after[0] - 0.8, abs=0.1)
    assert less.change.value == pytest.approx(after[1] - after[0], abs=0.1)
    assert less.items == ASKED and "60 solvable items, without it 0." in found.why
    assert "called in 100% and 100% of the answers" in found.why


def test_without_a_fall_there_is_nothing_to_dissolve():
    found = dissolving([with_calculator(planted({}), (0.8, 1.0))])
    assert found.outcome == "not testable" and found.why.startswith(NO_FALL)
    # A gain by it alone shows in the comparisons.
    assert row(found, "less of the fall").finding == "as expected"


def test_what_was_not_asked_not_called_or_not_solvable_is_not_testable():
    asked = dissolving([planted({})])
    assert (asked.outcome, asked.why) == ("not testable", NOT_ASKED)
    silent = dissolving([with_calculator(planted({}), (0.3, 0.3), called=0.0)])
    assert silent.outcome == "not testable" and NO_CALLS in silent.why
    hard = dissolving([with_calculator(planted({}), (0.3, 0.8), solvable=0)])
    assert hard.outcome == "not testable" and NOT_SOLVABLE in hard.why
    few = dissolving([with_calculator(planted({}, seeds=(0, 1)), (0.3, 0.8))])
    assert few.outcome == "not testable" and all(one.p is None for one in few.comparisons)


def test_only_solvable_items_count():
    found = dissolving([with_calculator(planted({}), (0.3, 0.8), solvable=40)])
    assert row(found, "probe-sums (all weights) on sums: score without").items == 40


def test_both_runs_are_one_family():
    one = with_calculator(planted({}), (0.3, 0.8))
    alone, both = dissolving([one]), claims(one, one)[6]
    assert len(both.comparisons) == 2 * len(alone.comparisons)
    first = row(both, "probe-sums (all weights) on sums: score without")
    assert first.p_adjusted == pytest.approx(
        2 * row(alone, "probe-sums (all weights) on sums: score without").p_adjusted
    )
