"""curricula/mixing_checks.py: what adaptive mixing needs of its curriculum."""

from __future__ import annotations

import pytest

from curricula.checks import check
from curricula.problem import dotted
from curricula.schema import Curriculum
from curricula.search_checks import search_problems
from curricula.sense_checks import sense_notes

DOMAIN = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}


def curriculum(names="a b", baselines=None, stages=None, **schedule):
    return Curriculum.model_validate(
        {
            "name": "mixes",
            "model": {"type": "scratch"},
            "domains": dict.fromkeys(names.split(), DOMAIN),
            "training": {"steps": 4},
            "stages": stages or {},
            "schedule": {"composition": "adaptive", **schedule},
            "baselines": baselines or {},
        }
    )


def found(spec):
    return {dotted(problem.keys): problem.rule for problem in check(spec)}


def test_a_sound_one():
    assert found(curriculum()) == {}


@pytest.mark.parametrize(
    ("spec", "key", "rule"),
    [
        (curriculum("a b c", adaptive={"floor": 0.34}), "schedule.adaptive.floor", "sum to more than 1"),
        (curriculum(adaptive={"rounds": 9}), "schedule.adaptive.rounds", "only 8 steps"),
        (curriculum(stages={"a": {"method": "sft"}}), "schedule.composition", "a by sft, b by grpo"),
        (
            curriculum(composition="sequential", baselines={"adaptive": ["slope"]}, stages={"a": {"method": "sft"}}),
            "baselines.adaptive",
            "a by sft",
        ),
        (curriculum(composition="sequential", adaptive={"rounds": 3}), "schedule.adaptive", "nothing does"),
        (
            curriculum("a b c", leave_out=["c"], adaptive={"floor": 0.51}),
            "schedule.adaptive.floor",
            "least shares of 2 domains",
        ),
    ],
)
def test_broken_rules(spec, key, rule):
    assert rule in found(spec)[key]


def test_a_rate_that_restarts_every_round_is_said():
    assert any("begins anew" in note for note in sense_notes(curriculum()))
    assert not any("begins anew" in note for note in sense_notes(curriculum(rate="whole")))


def test_a_search_needs_an_order():
    assert "no order" in search_problems(curriculum())[0].rule
