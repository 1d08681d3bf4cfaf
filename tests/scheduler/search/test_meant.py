"""What people are told of a trial's parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.search.layout import Layout
from scheduler.search.meant import meant
from scheduler.search.orders import readable
from scheduler.search.units import draw
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
OPEN = {
    "lengths": [1, 2],
    "opening": [0, 0.25],
    "leave_out": [FOUR[0]],
    "replay": [0, 0.2],
    "refresh": [0, 0.25],
    "repair": [0, 0.2],
    "drop": [0, 0.4],
    "rate": ["per_stage", "whole"],
    "repeats": [1, 2],
}
ANY = Layout(make_curriculum(FOUR, schedule={"adaptive": {"rounds": 4}}, search=OPEN))
MENDED = {"rate": "whole", "repair": 0.2, "repaired": "sums", "drop": 0.4, "dropped": "sort"}


@given(st.integers(0, 10**6))
def test_what_is_told_alike_is_trained_alike(seed):
    params, other = draw(ANY.space, np.random.default_rng(seed), 2)
    for name in params:
        changed = {**params, name: other[name]}
        if meant(readable(changed)) == meant(readable(params)):
            assert ANY.schedule(changed) == ANY.schedule(params)


@pytest.mark.parametrize(
    ("composition", "told"),
    [
        ("adaptive", {}),
        ("sequential", {"order": "sums > sort", "repair": "0.2 of sums"}),
        ("joint", {"repair": "0.2 of sums", "drop": "0.4 of sort"}),
    ],
)
def test_only_what_the_composition_heeds_is_told(composition, told):
    params = {"order": "sums > sort", "composition": composition, **MENDED}
    assert meant(params) == {"composition": composition, "rate": "whole", **told}


def test_without_other_compositions_all_that_was_chosen_is_told():
    assert meant(MENDED) == {"rate": "whole", "repair": "0.2 of sums", "drop": "0.4 of sort"}


def test_neither_a_share_of_0_nor_one_of_a_domain_that_is_left_out_has_a_domain():
    assert meant({**MENDED, "repair": 0.0})["repair"] == 0
    assert meant({**MENDED, "leave_out.sums": True})["repair"] == 0
