"""Constraints on an order: what they say, and what cannot be held."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from curricula.checks import check
from curricula.constraint_checks import MOST_LIMITED
from curricula.limits import limits_of
from curricula.schema import Constraints, ScheduleSpec
from scheduler.linear_ordering.exact import MOST_DOMAINS
from tests.support.scheduler import NAMES, make_curriculum


def curriculum(constraints, names=NAMES[:4], metrics=("entropy",), **schedule):
    return make_curriculum(
        names, schedule={"constraints": constraints, **schedule}, evaluation={"metrics": list(metrics)}
    )


def problems(*args, **more):
    found = check(curriculum(*args, **more))
    return [
        (".".join(map(str, one.keys)), one.rule)
        for one in found
        if "constraints" in one.rule or "constraints" in one.keys
    ]


def test_a_number_is_for_every_trained_domain_or_every_creative_one():
    found = limits_of(curriculum({"loss": 0.1, "entropy": 0.8}, leave_out=["sort"]))
    assert [tuple(one) for one in found] == [
        ("loss", "sums", 0.1),
        ("loss", "spell", 0.1),
        ("loss", "stories", 0.1),
        ("entropy", "stories", 0.8),
    ]


def test_a_mapping_is_for_the_domains_that_it_names():
    found = limits_of(curriculum({"loss": {"stories": 0.1, "sums": 0}, "entropy": {"sums": 0.8}}))
    assert [tuple(one) for one in found] == [("loss", "sums", 0.0), ("loss", "stories", 0.1), ("entropy", "sums", 0.8)]
    assert not problems({"loss": {"stories": 0.1}, "entropy": {"sums": 0.8}})


def test_a_schedule_without_constraints_is_known_by_what_it_was():
    assert "constraints" not in ScheduleSpec().model_dump(mode="json")
    assert Constraints(loss=0.1).model_dump(mode="json") == {"loss": 0.1}


@pytest.mark.parametrize(
    "value", [{"loss": -0.1}, {"loss": 1.5}, {"entropy": {"stories": -1}}, {"kl": 1}, {"loss": 0.1, "sure": 0.4}]
)
def test_values_out_of_range_are_refused(value):
    with pytest.raises(ValidationError):
        curriculum(value)


@pytest.mark.parametrize(
    ("constraints", "schedule", "place", "rule"),
    [
        ({"loss": {"tales": 0.1}}, {}, "schedule.constraints.loss.tales", "no domain of this name is defined"),
        ({"loss": {"sort": 0.1}}, {"leave_out": ["sort"]}, "schedule.constraints.loss.sort", "left out"),
        ({"sure": 0.9}, {}, "schedule.constraints.sure", "there is none"),
        ({"loss": 0.1}, {"order": "greedy"}, "schedule.constraints", "the order is greedy"),
        ({"loss": 0.1}, {"composition": "cumulative"}, "schedule.constraints", "the composition is cumulative"),
        ({"loss": 0.1}, {"composition": "adaptive"}, "schedule.constraints", "the composition is adaptive"),
        (
            {"loss": 0.1},
            {"composition": "explicit", "stages": [{"mixture": {"sums": 1}}]},
            "schedule.constraints",
            "the composition is explicit",
        ),
        (
            {"entropy": 0.8},
            {"leave_out": ["stories"]},
            "schedule.constraints.entropy",
            "none that is trained is creative",
        ),
    ],
)
def test_what_cannot_be_held_is_refused_in_one_line(constraints, schedule, place, rule):
    ((found, told),) = problems(constraints, **schedule)
    assert found == place
    assert rule in told


def test_entropy_has_to_be_measured():
    assert problems({"entropy": 0.8}, metrics=["nll"]) == [
        ("evaluation.metrics", "`schedule.constraints.entropy` needs `entropy` among the metrics")
    ]
    assert not problems({"loss": 0.8}, metrics=["nll"])


def test_more_domains_than_can_be_ordered_within_limits_are_refused():
    assert MOST_LIMITED == MOST_DOMAINS
    names = tuple(f"d{at}" for at in range(MOST_LIMITED + 1))
    ((place, rule),) = problems({"loss": 0.1}, names)
    assert (place, rule) == (
        "schedule.constraints",
        "the best order within limits is found for at most 16 trained domains",
    )
    assert not problems({"loss": 0.1}, names, leave_out=[names[0]])
