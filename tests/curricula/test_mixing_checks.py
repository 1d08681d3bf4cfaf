"""curricula/mixing_checks.py: what adaptive mixing needs of its curriculum."""

from __future__ import annotations

import pytest

from curricula.checks import check
from curricula.problem import dotted
from curricula.schema import Curriculum, SearchSpec
from curricula.search_checks import search_problems
from curricula.sense_checks import sense_notes
from scheduler.composing.compositions.table import offered
from scheduler.mixing.rounds import adaptive_choice, even_rounds

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


def short(**training):
    """Twelve steps in twelve rounds."""
    spec = curriculum("a b c", adaptive={"rounds": 12, "floor": 0.01})
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


def found(spec):
    return {dotted(problem.keys): problem.rule for problem in check(spec)}


def test_a_sound_one():
    assert found(curriculum()) == {}
    assert found(short()) == {}


def test_without_a_floor_a_round_may_pass_a_domain_over():
    spec = short(prompts=2)
    adaptive = spec.schedule.adaptive.model_copy(update={"floor": 0.0})
    assert found(spec.model_copy(update={"schedule": spec.schedule.model_copy(update={"adaptive": adaptive})})) == {}


@pytest.mark.parametrize(
    ("spec", "key", "rule"),
    [
        (curriculum("a b c", adaptive={"floor": 0.34}), "schedule.adaptive.floor", "sum to more than 1"),
        (curriculum(adaptive={"rounds": 9}), "schedule.adaptive.rounds", "only 8 steps"),
        (short(prompts=2), "schedule.adaptive.floor", "draws 2 prompts or batches for 3 domains"),
        (short(batches="single"), "schedule.adaptive.floor", "draws 1 prompts or batches for 3 domains"),
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


def test_what_mixes_adaptively_may_be_searched_too():
    assert search_problems(curriculum()) == []


def test_a_search_leaves_rounds_out_that_would_starve_a_domain():
    spec = short(prompts=2).model_copy(update={"search": SearchSpec(compositions=("adaptive",))})
    assert "too short" in search_problems(spec)[0].rule
    assert offered(spec.model_copy(update={"search": SearchSpec()})) == (
        "joint",
        "sequential",
        "pairs",
        "cumulative",
    )


def imitated(rounds, **own):
    """Both domains train by SFT, where the curriculum's own training is by GRPO, of 64 completions a step."""
    stages = {name: {"method": "sft", **own} for name in "ab"}
    return curriculum(stages=stages, adaptive={"rounds": rounds, "floor": 0})


def test_rounds_are_counted_by_the_training_that_they_have():
    """Where the domains train by another method than the curriculum's own, so do the rounds."""
    many, few = {"prompts": 16, "steps": 4}, {"prompts": 256, "steps": 1}
    assert check(imitated(8, **many)) == []
    for own, steps in ((many, 8), (few, 2)):
        spec = imitated(steps + 1, **own)
        (found,) = check(spec)
        assert dotted(found.keys) == "schedule.adaptive.rounds"
        assert f"only {steps} steps" in found.rule
        with pytest.raises(ValueError, match=f"{steps} steps cannot be divided into {steps + 1} rounds"):
            even_rounds(spec, adaptive_choice(spec, ("a", "b")))
