"""domains/preparation/splits.py"""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import DataError
from domains.example import Example
from domains.preparation.items import by_prompt, by_text, items_of
from domains.preparation.splits import (
    Sizes,
    lane,
    region_order,
    rows_to_make,
)
from tests.support.splits import cut, distinct, hashed_order, identity

ITEMS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz")), min_size=1, max_size=60)


def examples(pairs):
    return [Example(prompt=f"say {a}", answer=b) for a, b in pairs]


@given(ITEMS, st.integers(0, 3))
def test_no_prompt_is_in_two_splits(pairs, seed):
    pool = distinct(examples(pairs))
    try:
        splits = cut(hashed_order(pool, by_prompt, seed), by_prompt, Sizes(2, 2, None), seed, test=None)
    except DataError:
        assert len({by_prompt(item) for item in pool}) < 5
        return
    prompts = [{item.prompt for item in items} for items in splits.values()]
    assert sum(map(len, prompts)) == len(set().union(*prompts))
    assert [len(splits[name]) for name in ("validation", "test")] == [2, 2]
    assert len({item.prompt for item in splits["test"]}) == 2
    assert sum(map(len, splits.values())) <= len(pool)


@given(ITEMS, st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_order_of_the_rows_does_not_matter(pairs, rng, seed):
    pool = distinct(examples(pairs))
    mixed = list(pool)
    rng.shuffle(mixed)
    assert hashed_order(mixed, by_prompt, seed) == hashed_order(pool, by_prompt, seed)


def test_an_item_keeps_its_split_when_others_come():
    def test_of(count):
        pool = [Example(prompt=f"item {i}", answer="a") for i in range(count)]
        return cut(hashed_order(pool, by_prompt, 0), by_prompt, Sizes(5, 40, None), 0, test=None)["test"]

    small, large = {e.prompt for e in test_of(100)}, {e.prompt for e in test_of(110)}
    assert len(small & large) >= 30


def test_too_few_items_are_counted():
    pool = [Example(prompt=f"item {i}", answer="a") for i in range(120)]
    with pytest.raises(DataError, match=r"needs 150 validation \+ 150 test \+ at least 1 train.*got 120"):
        cut(pool, by_prompt, Sizes(150, 150, None), 0, test=None)


def test_too_few_given_test_items_are_counted():
    pool = [Example(prompt=f"item {i}", answer="a") for i in range(20)]
    with pytest.raises(DataError, match="needs 10 distinct test items, got 3"):
        cut(pool[3:], by_prompt, Sizes(5, 10, None), 0, test=pool[:3])


def test_a_creative_domain_with_one_prompt_is_split_by_text():
    pool = [Example(prompt="Write a poem", answer=f"line {i}") for i in range(30)]
    key = identity(pool, "creative", Sizes(5, 5, None))
    assert key is by_text
    assert identity(pool, "structured", Sizes(5, 5, None)) is by_prompt
    splits = cut(hashed_order(pool, key, 0), key, Sizes(5, 5, None), 0, test=None)
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [20, 5, 5]
    assert len({item.id for items in splits.values() for item in items}) == 30


def test_near_duplicates_of_test_items_leave_train():
    rng = random.Random(0)
    texts = [" ".join("".join(rng.choices("abcdefgh", k=6)) for _ in range(12)) for _ in range(12)]
    pool = [Example(prompt=f"{text} end", answer="a") for text in texts]
    doubles = [Example(prompt=f"{text} and so on", answer="a") for text in texts]
    splits = cut([*pool, *doubles], by_prompt, Sizes(2, 3, None), 0)
    words = {name: {item.prompt[:60] for item in items} for name, items in splits.items()}
    assert not (words["train"] & (words["validation"] | words["test"]) or words["validation"] & words["test"])
    assert len(splits["train"]) == 24 - sum(2 * len(words[name]) for name in ("validation", "test"))


ROWS = [Example(prompt=f"item {i}", answer=str(i)) for i in range(600)]


@pytest.mark.parametrize(("layout", "count"), [("rows", 600), ("made", 600), ("regions", 600)])
def test_more_test_items_leave_training_and_validation_as_they_are(layout, count):
    def at(test, rows):
        return cut(ROWS[:rows], by_prompt, Sizes(20, test, 100), 0, layout)

    small, large = at(30, count), at(60, count)
    assert large["validation"] == small["validation"]
    assert large["test"][:30] == small["test"]
    if layout != "regions":
        assert large["train"] == small["train"]
    # Made rows go on where they stopped.
    if layout == "made":
        grown = at(30, 400)
        assert [grown[name] == small[name] for name in ("train", "validation", "test")] == [True] * 3


def test_without_a_limit_training_gives_up_what_is_tested_and_nothing_else():
    small, large = (cut(ROWS, by_prompt, Sizes(20, test, None), 0) for test in (30, 60))
    small, large = ({name: {item.id for item in items} for name, items in one.items()} for one in (small, large))
    assert small["train"] - large["train"] == large["test"] - small["test"]
    assert large["train"] <= small["train"]


def test_lanes_are_as_wide_as_is_asked_for():
    sizes = Sizes(150, 150, 2000)
    made = [Example(prompt=f"item {i}", answer="a") for i in range(rows_to_make(sizes, 2000))]
    splits = cut(made, by_prompt, sizes, 0, "made")
    assert all(lane(item, by_prompt, "made") == name for name, items in splits.items() for item in items_of(items, 0))


def test_running_text_is_cut_into_whole_regions():
    pool = [Example(prompt=f"piece {i}", answer=str(i)) for i in range(50)]
    splits = cut(pool, by_prompt, Sizes(8, 8, None), 3, "regions")
    for name, step in (("validation", 1), ("test", 49)):
        numbers = [int(item.answer) for item in splits[name]]
        assert all((b - a) % 50 == step for a, b in pairwise(numbers))
    assert region_order(pool, 3) != region_order(pool, 4)
