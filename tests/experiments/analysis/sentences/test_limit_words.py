"""Limits in words: what will be held, and what it costs."""

from __future__ import annotations

import pytest

from domains.interval import Interval
from experiments.analysis.sentences.limit_words import cost_words, limit_lines, limits_told
from scheduler.plan_limits import Forecast, LimitForecast
from tests.support.findings import NAMES, make_plan
from tests.support.report import make_curriculum
from tests.support.scheduler import make_curriculum as small

PLAN = make_plan(make_curriculum(NAMES[:4], (0, 1, 2)))
OTHER = PLAN.order[::-1]
SMALL = Interval.of(0.02, 0.01, 0.03, 3)


def held(free=OTHER, count=1):
    one = LimitForecast(measure="loss", domain="sums", bound=0.05, predicted=SMALL, kept=0.9, excess=0.0)
    cost = Interval.of(0.012, -0.001, 0.02, 3)
    forecast = Forecast(limits=(one,) * count, sure=0.8, kept=0.85, free=free, cost=cost)
    return PLAN.model_copy(update={"constraints": forecast})


def test_before_anything_is_trained_all_limits_are_listed():
    spec = small(schedule={"constraints": {"loss": {"sums": 0.1}, "entropy": 0.8}})
    assert limits_told(spec) == (
        "Limits on the order: loss of sums at most 0.100, entropy of stories at least 0.800 nats a token."
    )
    assert limits_told(small()) == ""


@pytest.mark.parametrize(
    ("count", "head"),
    [
        (1, "Limits: the only one is predicted to be kept (85 % that it is)."),
        (2, "Limits: both are predicted to be kept (85 % that they are)."),
        (3, "Limits: all 3 are predicted to be kept (85 % that they are)."),
    ],
)
def test_each_limit_has_its_line_and_all_have_one(count, head):
    first, *lines = limit_lines(held(count=count))
    assert first == head
    assert lines[0] == "  loss of sums +0.020 (+0.010 to +0.030) of at most 0.050, kept with 90 %"
    assert len(lines) == count + 1


def test_what_limits_cost_is_told_with_the_order_that_is_free_of_them():
    cost, order = "The limits cost 0.012 (−0.001 to +0.020) of the predicted total", " → ".join(OTHER)
    assert cost_words(held()) == f"{cost}: without them the order would be {order}."
    assert cost_words(held(PLAN.order)) == "The limits cost nothing: without them the order would be the same."
    assert (cost_words(PLAN), limit_lines(PLAN)) == ("", ())
