"""What a search goes through in place of explicit stages has their domains and their budget."""

from __future__ import annotations

from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from curricula.searchable import searchable
from scheduler.composing.compose import compose, written_out
from scheduler.composing.joint import budget

DOMAIN = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}


def explicit(*stages: dict[str, object], **more: object) -> Curriculum:
    return Curriculum.model_validate(
        {
            "name": "explicit",
            "model": {"type": "scratch"},
            "domains": dict.fromkeys("abcd", DOMAIN),
            "training": {"steps": 10, "prompts": 4, "rollouts": 4},
            "schedule": {"composition": "explicit", "stages": list(stages)},
            **more,
        }
    )


def test_the_order_is_that_of_the_stages_and_the_budget_theirs():
    spec = explicit(
        {"mixture": {"c": 1}},
        {"mixture": {"a": 0.25, "b": 0.75}, "training": {"steps": 8}, "repeat": 2},
        {"mixture": {"c": 0.5, "a": 0.5}, "training": {"method": "sft"}},
    )
    found = searchable(spec)
    assert found.schedule.composition == "sequential"
    assert searched_domains(found) == ("a", "b", "c")
    assert found.schedule.given == ("c", "b", "a")
    own = written_out(spec, name="own", role="main")
    every = compose(found.schedule.given, "sequential", found, name="like", role="main")
    # Whole steps of each domain's own stage.
    assert abs(budget(every) - budget(own)) <= 3 * spec.training.completions / 2
    assert found.stage_training("b").steps == round(2 * 8 * 4 * 0.75 * 4 / 16)


def test_other_compositions_stand_as_they_are():
    for way in ("sequential", "cumulative", "adaptive"):
        spec = explicit({"mixture": {"a": 1}})
        changed = spec.schedule.model_copy(update={"composition": way, "stages": ()})
        spec = spec.model_copy(update={"schedule": changed})
        assert searchable(spec) is spec
