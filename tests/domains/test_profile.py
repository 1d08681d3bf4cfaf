"""domains/profile.py"""

import math

import pytest

from domains.profile import EntropyProfile, direction, make_profile, surprise

ANSWERS = ["a red boat.", "an owl in the fog."]


def profile(kind, change, half=0.1):
    return make_profile(
        "d", kind, entropy=(1.0, 0.9, 1.1), delta=(change, change - half, change + half), answers=ANSWERS
    )


@pytest.mark.parametrize(
    ("kind", "change", "half", "measured", "contradicts"),
    [
        ("structured", -0.3, 0.1, "structured", False),
        ("creative", 0.3, 0.1, "creative", False),
        ("structured", 0.3, 0.1, "creative", True),
        ("creative", -0.3, 0.1, "structured", True),
        ("creative", 0.05, 0.1, "undecided", False),
    ],
)
def test_the_direction_is_measured(kind, change, half, measured, contradicts):
    found = profile(kind, change, half)
    assert (found.measured, found.contradicts) == (measured, contradicts)
    assert found.delta_low <= found.delta_entropy <= found.delta_high
    assert found.entropy_low <= found.entropy <= found.entropy_high


def test_before_the_probes_nothing_is_decided():
    found = make_profile("d", "creative", entropy=(1.0, 0.9, 1.1), delta=None, answers=ANSWERS)
    assert (found.delta_entropy, found.measured, found.contradicts) == (None, "undecided", False)
    assert EntropyProfile.model_validate_json(found.model_dump_json()) == found


def test_surprise_is_one_where_the_model_knows_its_own_doubt():
    # A model that predicts the true distribution has NLL = entropy, here log 4 nats a token of one byte.
    assert surprise(2.0, math.log(4), 1.0) == pytest.approx(1.0)
    assert surprise(None, 1.0, 1.0) is None
    assert surprise(2.0, 0.0, 1.0) is None


def test_an_interval_that_touches_zero_decides_nothing():
    assert direction(-0.1, 0.0) == direction(0.0, 0.1) == direction(None, None) == "undecided"
