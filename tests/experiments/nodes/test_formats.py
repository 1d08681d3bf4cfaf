"""The frozen set of formats."""

from __future__ import annotations

from domains.example import Example
from experiments.measures.suite import suite_of
from experiments.nodes.formats import FORMATS, IDENTITY, formatted
from tests.support.models import stored


def test_the_set_is_frozen() -> None:
    """Whoever changes it changes the measure: then this hash too, and every model is asked again."""
    assert (len(FORMATS), IDENTITY) == (8, "70501d6448d746f2")


def test_formats_differ_and_keep_the_prompt_whole() -> None:
    item = Example(prompt="What is {1} + 2?", answer="3")
    asked = {name: formatted(item, name).prompt for name in FORMATS}
    assert len(set(asked.values())) == len(FORMATS)
    assert all(item.prompt in prompt for prompt in asked.values())
    assert asked["plain"] == item.prompt


def test_of_a_conversation_the_last_thing_that_the_user_says_is_put_in_it() -> None:
    turns = (
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "2 + 2?"},
    )
    item = formatted(Example(prompt="Hello\nHi\n2 + 2?", answer="4", turns=turns), "question")
    assert [turn["content"] for turn in item.turns] == ["Hello", "Hi", "Question: 2 + 2?\nAnswer:"]


def test_they_are_asked_on_test_and_only_where_that_is_written(tmp_path) -> None:
    _, setup = stored(str(tmp_path))
    assert not [task for task in suite_of(setup).tasks if task.kind == "formats"]
    asking = setup.model_copy(update={"evaluation": setup.evaluation.model_copy(update={"formats": 20})})
    tasks = [task for task in suite_of(asking).tasks if task.kind == "formats"]
    assert {(task.split, task.items, task.forms) for task in tasks} == {("test", 20, IDENTITY)}
    assert [task.domain for task in tasks] == list(setup.domains)
    # What was asked before is not asked again.
    assert {task.key for task in suite_of(setup).tasks} < {task.key for task in suite_of(asking).tasks}
