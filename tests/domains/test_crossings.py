"""Held-out items of one domain are not trained on by another."""

from __future__ import annotations

import pytest

from domains.crossings import uncrossed
from domains.errors import DataError
from domains.example import Example


def item(word, template="{} ="):
    return Example(prompt=template.format(word), answer=word[::-1], fields={"word": word})


def splits(train, validation, test, template="{} ="):
    parts = {"train": train, "validation": validation, "test": test}
    return {split: tuple(item(word, template) for word in words.split()) for split, words in parts.items()}


def words(found):
    return {split: " ".join(example.fields["word"] for example in items) for split, items in found.items()}


def test_twins_in_another_template_leave_the_training_data():
    data = {
        "spell": splits("abc def ghi", "jkl", "mno"),
        "turn": splits("jkl mno pqr abc", "def", "stu", template="turn {} around: "),
    }
    found = uncrossed(data)
    assert words(found["spell"]) == {"train": "abc ghi", "validation": "jkl", "test": "mno"}
    assert words(found["turn"]) == {"train": "pqr abc", "validation": "def", "test": "stu"}


def test_the_same_text_is_a_twin_whatever_it_was_made_from():
    twin = item("abc").model_copy(update={"fields": {"made": "by hand"}})
    data = {"a": splits("abc xyz", "def", "ghi"), "b": {**splits("jkl", "mno", "pqr"), "test": (twin,)}}
    assert words(uncrossed(data)["a"])["train"] == "xyz"


def test_within_a_domain_nothing_is_dropped_here():
    data = {"a": splits("abc abc", "def", "ghi"), "b": splits("jkl", "mno", "pqr")}
    assert uncrossed(data) == data


def test_nothing_left_to_train_on_is_refused():
    with pytest.raises(DataError, match=r"domains\.a\.source: all 1 training items are held out by another domain"):
        uncrossed({"a": splits("abc", "def", "ghi"), "b": splits("jkl", "abc", "mno")})
