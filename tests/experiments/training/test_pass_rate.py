"""Prompts outside of the pass-rate band are not drawn, what that changed is told, and an empty band is one error."""

from __future__ import annotations

import pytest
import torch

from curricula.guards import Guards, PassRate
from curricula.stage import Training
from domains.errors import StageError
from domains.example import Example
from domains.rewards import Mark
from experiments.nodes.guarded import Guarded
from experiments.nodes.record import Cost
from experiments.training.draw import draw, upcoming
from experiments.training.pass_rate import Banded, Sampling, banded, queue
from experiments.training.stage import Trained
from tests.support.models import subject, words

ITEMS = words(12)
HOPELESS, MASTERED = frozenset(each.id for each in ITEMS[:4]), frozenset(each.id for each in ITEMS[4:7])
BAND = PassRate(samples=4)


def planted(group: object, item: Example) -> list[Mark]:
    """Some prompts are never right, some always, the others half of the time."""
    scores = [0.0] * 4 if item.id in HOPELESS else [1.0] * 4 if item.id in MASTERED else [1.0, 0.0, 0.0, 1.0]
    return [Mark(score, None, stopped=item.id in HOPELESS) for score in scores]


def sampling(seed: str = "0") -> Sampling:
    return Sampling({"copy": planted}, {"copy": ()}, max_tokens=4, temperature=1.0, seed=seed)


def test_planted_hopeless_and_mastered_prompts_are_left_out_and_counted() -> None:
    found = banded(subject(), BAND, {"copy": ITEMS}, sampling())
    assert found.kept["copy"] == {each.id for each in ITEMS} - HOPELESS - MASTERED
    pool = found.pools["copy"]
    assert (pool.below, pool.above, pool.kept, pool.measured) == (4, 3, 5, 12)
    assert pool.histogram == (4, 0, 5, 0, 3)
    assert (found.cost.rollouts, found.cost.stopped) == (48, 16)
    assert found.cost.tokens > 48


def test_the_ends_of_the_band_are_within_it() -> None:
    tenths = PassRate(low=0.2, high=0.8, samples=10)

    def graded(group: object, item: Example) -> list[Mark]:
        right = ITEMS.index(item)
        return [Mark(0.1 if right == 11 else float(at < right), None) for at in range(10)]

    found = banded(subject(), tenths, {"copy": ITEMS}, Sampling({"copy": graded}, {"copy": ()}, 2, 1.0, "0"))
    assert found.kept["copy"] == {ITEMS[right].id for right in range(2, 9)}
    assert found.pools["copy"].histogram == (1, 2, *[1] * 9)


@pytest.mark.slow
def test_what_is_said_depends_on_item_seed_and_model_and_on_no_batch() -> None:
    seen: list[list[str]] = []

    def noting(group: list[str], item: Example) -> list[Mark]:
        seen[-1] += [item.id, *group]
        return [Mark(0.5, None)] * 4

    def said(batch: int, seed: str = "0", model: int = 0, items: tuple[Example, ...] = ITEMS) -> list[str]:
        seen.append([])
        banded(subject(model, batch), BAND, {"copy": items}, Sampling({"copy": noting}, {"copy": ()}, 4, 1.0, seed))
        return seen[-1]

    whole = said(4)
    assert said(3) == whole == said(4)
    assert said(4, items=ITEMS[5:8]) == whole[25:40]
    assert said(4, seed="1") != whole
    assert said(4, model=1) != whole


def test_an_empty_band_is_an_error_with_the_histogram() -> None:
    never = [each for each in ITEMS if each.id in HOPELESS]
    with pytest.raises(StageError) as raised:
        banded(subject(), BAND, {"copy": never}, sampling())
    assert str(raised.value).startswith("training: guards.pass_rate: no prompt of copy has a pass rate from 0.1 to 0.9")
    assert "4 are below and 0 above (prompts by pass rate: 0/4: 4)" in str(raised.value)
    assert "train it by SFT first" in str(raised.value)
    always = [each for each in ITEMS if each.id in MASTERED]
    with pytest.raises(StageError, match=r"4/4: 3.*make it harder"):
        banded(subject(), BAND, {"copy": always}, sampling())


def test_where_too_few_are_left_a_domain_is_drawn_from_whole() -> None:
    for least, left in ((5, {"copy"}), (6, set())):
        found = banded(subject(), BAND.model_copy(update={"least": least}), {"copy": ITEMS}, sampling())
        pool = found.pools["copy"]
        assert set(found.kept) == left
        assert (pool.lifted, pool.kept) == (not left, 5 if left else 12)
        assert (pool.below, pool.above, pool.within) == (4, 3, 5)
    never = [each for each in ITEMS if each.id in HOPELESS]
    empty = banded(subject(), PassRate(samples=4, least=1), {"copy": never}, sampling())
    assert (empty.kept, empty.pools["copy"].kept) == ({}, 4)


def test_only_what_is_kept_is_drawn_in_the_order_of_the_whole_draw() -> None:
    kept = frozenset(each.id for each in ITEMS) - HOPELESS
    whole = [each.example for each in draw({"copy": 24}, {"copy": ITEMS}, "7", {"copy": 5})]
    some = [each.example for each in draw({"copy": 16}, {"copy": ITEMS}, "7", {"copy": 5}, among={"copy": kept})]
    assert some[:14] == [example for example in whole if example.id in kept][:14]
    assert {example.id for example in some} <= kept
    every = frozenset(each.id for each in ITEMS)
    assert [
        each.example for each in draw({"copy": 24}, {"copy": ITEMS}, "7", {"copy": 5}, among={"copy": every})
    ] == whole


def test_the_prompts_that_come_first_are_measured_each_once() -> None:
    ahead = upcoming(ITEMS, "copy", "7", 10)
    first = [next(ahead) for _ in range(4)]
    measured = queue(ITEMS, "copy", "7", 10, 3)
    assert [each.id for each in measured] == list(dict.fromkeys(each.id for each in first))[:3]
    assert sorted(each.id for each in queue(ITEMS, "copy", "7", 10, None)) == sorted(each.id for each in ITEMS)


def test_measuring_is_counted_in_the_stage_s_cost() -> None:
    found = banded(subject(), BAND, {"copy": ITEMS}, sampling())
    stage = Trained((), Cost(steps=2, rollouts=100, tokens=1000, stopped=1), guarded=Guarded(planned=2, done=2))
    both = found.added_to(stage)
    assert (both.cost.steps, both.cost.rollouts, both.cost.stopped) == (2, 148, 17)
    assert both.cost.tokens == 1000 + found.cost.tokens
    assert both.guarded is not None
    assert (both.guarded.low, both.guarded.high, both.guarded.rollouts) == (0.1, 0.9, 48)
    assert both.guarded.pools == found.pools
    assert Banded().added_to(stage) == stage


def test_measuring_leaves_weights_and_random_numbers_as_they_are() -> None:
    model = subject()
    before, numbers = [each.clone() for each in model.network.parameters()], torch.get_rng_state()
    banded(model, BAND, {"copy": ITEMS}, sampling())
    assert all(torch.equal(one, other) for one, other in zip(before, model.network.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), numbers)


def test_imitation_has_no_band() -> None:
    training = Training(method="sft", guards=Guards(pass_rate=PassRate()))
    assert training.guarded_by.pass_rate is None
