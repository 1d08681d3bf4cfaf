"""Which examples a stage sees."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.shares import share_out
from domains.errors import StageError
from domains.example import Example
from experiments.models.tokenizer import character_tokenizer
from experiments.training.draw import draw
from experiments.training.lengths import check_fit
from tests.support.models import words

MIXTURES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 10), min_size=1)


@given(MIXTURES, st.integers(1, 200), st.integers(0, 9))
def test_draw_follows_the_shares_and_repeats_nothing_within_a_pass(
    mixture: dict[str, float], total: int, seed: int
) -> None:
    pools = {name: words(7, 10 * place) for place, name in enumerate(mixture)}
    drawn = draw(mixture, pools, total, seed)
    assert Counter(each.domain for each in drawn) == +Counter(share_out(mixture, total))
    for name in mixture:
        mine = [each.example.id for each in drawn if each.domain == name]
        passes = [mine[start : start + 7] for start in range(0, len(mine), 7)]
        assert all(len(set(one)) == len(one) for one in passes)


def test_the_seed_decides_the_order() -> None:
    mixture, pools = {"a": 0.5, "b": 0.5}, {"a": words(20), "b": words(20, 30)}
    assert draw(mixture, pools, 30, 1) == draw(mixture, pools, 30, 1)
    assert draw(mixture, pools, 30, 1) != draw(mixture, pools, 30, 2)


def test_what_does_not_fit_is_refused_with_its_domain() -> None:
    tokenizer = character_tokenizer(16)
    example = Example(prompt="12345678", answer="abc")
    check_fit("sums", [example], tokenizer, max_tokens=8, context=16)
    with pytest.raises(StageError, match="domain sums: an item needs 17 tokens and the model takes 16"):
        check_fit("sums", [example], tokenizer, max_tokens=9, context=16)
    with pytest.raises(StageError, match="empty prompt or answer"):
        check_fit("sums", [Example(prompt="a", answer="")], tokenizer, max_tokens=1, context=None)
