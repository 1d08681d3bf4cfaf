"""Which examples a stage sees."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.stage import Stage, Training
from domains.errors import DataError
from domains.example import Example
from experiments.models.tokens.lengths import Lengths, byte_lengths, check_fit
from experiments.nodes.tree import chain
from experiments.training.draw import Drawn, draw
from tests.support.models import words
from tests.support.nodes import SETUP

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)


def ids(drawn: list[Drawn], domain: str) -> list[str]:
    return [each.example.id for each in drawn if each.domain == domain]


@given(COUNTS, st.integers(0, 9))
def test_draw_gives_the_counts_and_repeats_nothing_within_a_pass(counts: dict[str, int], seed: int) -> None:
    pools = {name: words(7, 10 * place) for place, name in enumerate(counts)}
    drawn = draw(counts, pools, str(seed), {})
    assert Counter(each.domain for each in drawn) == +Counter(counts)
    for name in counts:
        mine = ids(drawn, name)
        passes = [mine[start : start + 7] for start in range(0, len(mine), 7)]
        assert all(len(set(one)) == len(one) for one in passes)


@given(COUNTS, COUNTS, st.integers(0, 9))
def test_a_later_stage_goes_on_where_the_earlier_one_stopped(
    first: dict[str, int], second: dict[str, int], seed: int
) -> None:
    pools = {name: words(7, 10 * place) for place, name in enumerate("abcdef")}
    one, two = draw(first, pools, str(seed), {}), draw(second, pools, str(seed), first)
    together = draw(Counter(first) + Counter(second), pools, str(seed), {})
    for name in "abcdef":
        assert ids(one, name) + ids(two, name) == ids(together, name)


def test_the_seed_decides_what_is_drawn() -> None:
    counts, pools = {"a": 15, "b": 15}, {"a": words(20), "b": words(20, 30)}
    assert draw(counts, pools, "1", {}) == draw(counts, pools, "1", {})
    assert draw(counts, pools, "1", {}) != draw(counts, pools, "2", {})


def test_neither_the_rate_nor_the_stages_before_change_what_a_domain_draws() -> None:
    """With `lr_decay` a domain's stage in second place once drew other examples than its probe: 460 of 960 shared."""
    pools = {"a": words(2000), "b": words(2000, 3000)}

    def stage(name: str, rate: float) -> Stage:
        return Stage(mixture={name: 1.0}, training=Training(steps=120, prompts=8, learning_rate=rate))

    probe = chain(SETUP, [stage("b", 3e-4)], 5)[-1]
    second = chain(SETUP, [stage("a", 3e-4), stage("b", 1.5e-4)], 5)[-1]
    drawn = [draw(node.stage.examples, pools, str(node.seed), node.drawn) for node in (probe, second)]
    assert len(set(ids(drawn[0], "b"))) == 960
    assert ids(drawn[0], "b") == ids(drawn[1], "b")


def test_what_does_not_fit_is_refused_with_its_domain() -> None:
    example = Example(prompt="12345678", answer="abc")
    check_fit("sums", [example], byte_lengths(16), 8)
    with pytest.raises(DataError, match=r"domains\.sums: an item needs 17 tokens and the model takes 16"):
        check_fit("sums", [example], byte_lengths(16), 9)
    unbounded = Lengths(lambda item: (len(item.prompt), len(item.answer)), None)
    check_fit("sums", [example], unbounded, 10**9)
    with pytest.raises(DataError, match="must have at least one token"):
        check_fit("sums", [Example(prompt="", answer="a")], unbounded, 1)


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), min_size=1), st.integers(0, 9))
def test_batches_of_one_domain_each(batches: dict[str, int], seed: int) -> None:
    counts = {name: 4 * count for name, count in batches.items()}
    drawn = draw(counts, {name: words(9) for name in counts}, str(seed), {}, together=4)
    assert Counter(each.domain for each in drawn) == +Counter(counts)
    assert all(len({each.domain for each in drawn[at : at + 4]}) == 1 for at in range(0, len(drawn), 4))
