"""Entropy as a prior: nothing where transfer is decided, everything where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.orderings import MEASURED, ORDERINGS, OrderingInput
from scheduler.orderings.bwt_entropy import bwt_entropy, posterior_margins
from tests.support.properties import examples

NAMES = ("a", "b", "c", "d")


def data(seed, variance):
    rng = np.random.default_rng(seed)
    return OrderingInput(
        domains=NAMES,
        kinds=("structured", "structured", "creative", "structured"),
        weights=np.full(4, 0.25),
        base=np.full(4, 0.5),
        transfer=rng.normal(0, 0.1, (4, 4)),
        margin_variance=np.full((4, 4), variance),
        delta_entropy=tuple(rng.normal(size=4).tolist()),
    )


@given(st.integers(0, 500))
@examples(25)
def test_precise_transfer_decides_alone(seed):
    given_data = data(seed, 0.0)
    assert bwt_entropy(given_data) == ORDERINGS["bwt"](given_data)
    margins = posterior_margins(given_data)
    assert margins == pytest.approx(-margins.T)


@given(st.integers(0, 500))
@examples(25)
def test_without_usable_transfer_entropy_decides(seed):
    given_data = data(seed, 1e6)
    assert bwt_entropy(given_data) == ORDERINGS["entropy"](given_data)


@given(st.integers(0, 200), st.permutations(range(4)))
@examples(25)
def test_the_order_in_which_domains_are_written_does_not_count(seed, turn):
    one = data(seed, 0.0004)
    at = list(turn)
    other = replace(
        one,
        domains=tuple(NAMES[index] for index in at),
        kinds=tuple(one.kinds[index] for index in at),
        transfer=one.transfer[np.ix_(at, at)],
        delta_entropy=tuple(one.delta_entropy[index] for index in at),
    )
    assert bwt_entropy(other) == bwt_entropy(one)


def test_without_variances_it_is_bwt():
    given_data = replace(data(3, 0.0), margin_variance=np.zeros((0, 0)))
    assert bwt_entropy(given_data) == ORDERINGS["bwt"](given_data)


def test_it_needs_probes():
    assert "bwt_entropy" in MEASURED
