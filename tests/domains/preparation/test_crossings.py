"""Held-out items of one domain are not trained on by another."""

from __future__ import annotations

from functools import partial

import pytest

from domains.errors import DataError
from domains.example import SPLITS, Example
from domains.preparation.crossings import known_by, twins_of, uncrossed
from domains.preparation.items import items_of


def item(word, template="{} ="):
    return Example(prompt=template.format(word), answer=word[::-1], fields={"word": word})


def splits(train, validation, test, template="{} ="):
    parts = {"train": train, "validation": validation, "test": test}
    return {split: tuple(item(word, template) for word in words.split()) for split, words in parts.items()}


def split_twins(splits, prompts, answers):
    def contents(example):
        return tuple([example.fields[name] for name in names if name in example.fields] for names in (prompts, answers))

    known = partial(known_by, contents)
    return {split: twins_of(items_of(examples, 0, known)) for split, examples in splits.items()}


def apart(data, prompts=("word",), answers=("word",)):
    return uncrossed(data, {name: split_twins(splits, prompts, answers) for name, splits in data.items()})


def words(found):
    return {split: " ".join(example.fields["word"] for example in items) for split, items in found.items()}


def test_twins_in_another_template_leave_the_training_data():
    data = {
        "spell": splits("abc def ghi", "jkl", "mno"),
        "turn": splits("jkl mno pqr abc", "def", "stu", template="turn {} around: "),
    }
    found = apart(data)
    assert words(found["spell"]) == {"train": "abc ghi", "validation": "jkl", "test": "mno"}
    assert words(found["turn"]) == {"train": "pqr abc", "validation": "def", "test": "stu"}


def test_the_same_text_is_a_twin_whatever_it_was_made_from():
    twin = item("abc").model_copy(update={"fields": {"made": "by hand"}})
    data = {"a": splits("abc xyz", "def", "ghi"), "b": {**splits("jkl", "mno", "pqr"), "test": (twin,)}}
    assert words(apart(data)["a"])["train"] == "xyz"


def test_within_a_domain_nothing_is_dropped_here():
    data = {"a": splits("abc abc", "def", "ghi"), "b": splits("jkl", "mno", "pqr")}
    assert apart(data) == data


QUESTION = "A train leaves the station of {} at noon; when does it reach the sea?"
TOWNS = ("Lyon Turin Ghent Porto Varna Split", "Bergen", "Kaunas")


def asked(field, template, answer, *more):
    """Splits about towns, under another field's name, in another template and perhaps with other columns."""

    def one(town):
        question = QUESTION.format(town)
        fields = {field: question, "a": answer(town), **dict.fromkeys(more, town)}
        return Example(prompt=template.format(question), answer=answer(town), fields=fields)

    def splits(*parts):
        return {split: tuple(map(one, part.split())) for split, part in zip(SPLITS, parts, strict=True)}

    return splits


def test_the_same_question_is_a_twin_under_another_name_template_case_and_answer():
    mine = asked("question", "Q: {}\nA:", str.upper)
    theirs = asked("prompt", "please answer. {}", lambda town: f"at {town}", "id")
    data = {"a": mine(*TOWNS), "b": theirs("Bergen Riga KAUNAS Oslo", "turin", "Porto")}
    twins = {
        "a": split_twins(data["a"], ["question"], ["a"]),
        "b": split_twins(data["b"], ["prompt"], ["a"]),
    }
    found = uncrossed(data, twins)
    assert [item.answer for item in found["a"]["train"]] == ["LYON", "GHENT", "VARNA", "SPLIT"]
    assert [item.answer for item in found["b"]["train"]] == ["at Riga", "at Oslo"]


def test_a_short_question_is_a_twin_only_with_its_answer():
    """Adding and multiplying ask of the same two numbers."""

    def task(name, numbers, answers):
        items = [
            Example(prompt=f"{name} {n}", answer=a, fields={"n": n, name: a})
            for n, a in zip(numbers.split(), answers.split(), strict=True)
        ]
        return {"train": tuple(items[2:]), "validation": tuple(items[:1]), "test": tuple(items[1:2])}

    add, times = task("add", "2,2 3,4 5,6 1,1", "4 7 11 2"), task("times", "5,6 1,1 2,2 3,4", "30 1 4 12")
    found = uncrossed(
        {"add": add, "times": times},
        {"add": split_twins(add, ["n"], ["add"]), "times": split_twins(times, ["n"], ["times"])},
    )
    assert found["add"] == add
    # 2,2 → 4 is asked by both and held out by one.
    assert [item.fields["n"] for item in found["times"]["train"]] == ["3,4"]


def test_nothing_left_to_train_on_is_refused():
    with pytest.raises(DataError, match=r"domains\.a\.source: all 1 training items are held out by another domain"):
        apart({"a": splits("abc", "def", "ghi"), "b": splits("jkl", "abc", "mno")})
