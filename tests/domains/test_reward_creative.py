"""domains/rewards/creative.py: good endings pay, cheats do not."""

from pathlib import Path
from random import Random

import pytest

from domains.preparation.prepare import prepare
from domains.rewards.creative import CreativeReward, build, novelties
from domains.spec import DomainSpec

SPEC = DomainSpec(kind="creative", source={"type": "stories", "zipf": 0}, rewards=[{"type": "creative"}])


@pytest.fixture(scope="module")
def splits():
    return prepare("stories", SPEC, validation=50, test=50, seed=0, base=Path())


@pytest.fixture(scope="module")
def reward(splits):
    return build(CreativeReward(type="creative"), splits["train"])


def scores_of(reward, group, example):
    return [mark.score for mark in reward(group, example)]


def mean(values):
    return sum(values) / len(values)


def endings(splits, count=8):
    return [item.answer for item in splits["test"][:count]]


def salad(splits, count=8):
    rng = Random(0)
    words = sorted({word for item in splits["train"] for word in item.answer.rstrip(".").split()})
    return [" ".join(rng.sample(words, 5)) + "." for _ in range(count)]


def test_good_endings_that_were_never_seen_score_high(splits, reward):
    assert mean(scores_of(reward, endings(splits), splits["test"][0])) > 0.8


CHEATS = {
    "empty": lambda splits, prompt: [""] * 8,
    "blank": lambda splits, prompt: [" "] * 8,
    "only a full stop": lambda splits, prompt: ["."] * 8,
    "the prompt again": lambda splits, prompt: [prompt] * 8,
    "the prompt as a sentence": lambda splits, prompt: [prompt.strip() + "."] * 8,
    "one word again and again": lambda splits, prompt: [
        f"{word} {word} {word}." for word in ["boat", "cup", "hat", "map", "oar", "pan", "pen", "pot"]
    ],
    "two words in turn": lambda splits, prompt: [
        f"a {w} a {w} a {w}." for w in ["boat", "cup", "hat", "map", "oar", "pan", "pen", "pot"]
    ],
    "all the same": lambda splits, prompt: ["a red boat at dawn."] * 8,
    "all the same but for marks": lambda splits, prompt: ["a red boat" + mark for mark in ".!?"] * 3,
    "invented words": lambda splits, prompt: [f"zu{a}k ve{a}m qo{a}p." for a in "abcdefgh"],
    "no end": lambda splits, prompt: [text.rstrip(".") for text in endings(splits)],
    "words in any order": lambda splits, prompt: salad(splits),
}


@pytest.mark.parametrize("name", CHEATS)
def test_every_cheat_scores_lower_than_good_endings(name, splits, reward):
    example = splits["test"][0]
    good = mean(scores_of(reward, endings(splits), example))
    cheat = mean(scores_of(reward, CHEATS[name](splits, example.prompt), example))
    assert cheat < (0.65 if name == "words in any order" else 0.4) * good


def test_a_new_ending_beats_the_ones_that_repeat(splits, reward):
    group = ["a red boat at dawn."] * 7 + ["the old king's ring in town.", "an owl in the fog."]
    scores = scores_of(reward, group, splits["test"][0])
    assert min(scores[7:]) > 2 * max(scores[:7])


def test_more_distinct_groups_score_higher(splits, reward):
    example, texts = splits["test"][0], endings(splits)
    totals = [mean(scores_of(reward, (texts[:kinds] * 8)[:8], example)) for kinds in (1, 2, 4, 8)]
    assert totals == sorted(totals)
    assert totals[0] < 0.05


def test_novelty_is_an_unbiased_estimate_of_raos_entropy():
    kinds, shares = ["aaaa", "bbbb", "cccc"], [0.5, 0.3, 0.2]
    rng = Random(0)
    drawn = [mean(novelties(rng.choices(kinds, shares, k=4))) for _ in range(4000)]
    assert mean(drawn) == pytest.approx(1 - sum(share**2 for share in shares), abs=0.01)


def test_a_group_of_one_counts_form_and_fluency_only(splits, reward):
    assert scores_of(reward, [splits["train"][0].answer], splits["train"][0]) == [1.0]
    assert reward([], splits["train"][0]) == []


def test_without_vocabulary_any_words_will_do(splits):
    free = build(CreativeReward(type="creative", vocabulary="any"), splits["train"])
    assert scores_of(free, ["zuk vem qop.", "tam."], splits["test"][0])[0] > 0.9


def test_the_form_is_the_users(splits):
    shouting = build(CreativeReward(type="creative", form=r".*!!", vocabulary="any"), splits["train"])
    assert [score > 0 for score in scores_of(shouting, ["a red boat!!", "the sea is blue."], splits["test"][0])] == [
        True,
        False,
    ]


def test_the_whole_grammar_is_known_whatever_the_training_answers_hold(splits):
    few, all_of_it = (
        build(CreativeReward(type="creative", vocabulary=words), splits["train"][:3])
        for words in ("answers", "stories")
    )
    text = [splits["test"][0].answer]
    assert scores_of(all_of_it, text, splits["train"][0])[0] >= 0.75
    assert scores_of(few, text, splits["train"][0])[0] < 0.5


def test_enough_is_full_and_novelty_counts_between_its_bounds(splits):
    plain, shaped = (
        build(CreativeReward(type="creative", vocabulary="any", **more), ())
        for more in ({}, {"enough": 0.5, "novelty": (0.4, 0.9)})
    )
    example = splits["test"][0]
    group = ["a red boat at dawn.", "a red boat at night.", "the old king sleeps."]
    new = novelties(group)
    for before, after, novelty in zip(
        scores_of(plain, group, example), scores_of(shaped, group, example), new, strict=True
    ):
        good = before / novelty
        assert after == pytest.approx(min(1, good / 0.5) * min(1, max(0, (novelty - 0.4) / 0.5)))
    assert scores_of(shaped, ["a red boat at dawn."] * 3, example) == [0, 0, 0]
