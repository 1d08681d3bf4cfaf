"""domains/profile.py"""

import math

import pytest

from domains.interval import Interval
from domains.profile import EntropyProfile, direction, make_profile, surprise

ANSWERS = ["a red boat.", "an owl in the fog."]
ENTROPY = Interval.of(1.0, 0.9, 1.1, 3)


def profile(kind, change, half=0.1):
    delta = Interval.of(change, change - half, change + half, 3)
    return make_profile("d", kind, entropy=ENTROPY, delta=delta, answers=ANSWERS)


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
    assert (found.entropy, found.delta_entropy.estimate) == (ENTROPY, change)


def test_before_the_probes_nothing_is_decided():
    found = make_profile("d", "creative", entropy=ENTROPY, delta=Interval.unknown("no probe"), answers=ANSWERS)
    assert (found.delta_entropy.missing, found.measured, found.contradicts) == ("no probe", "undecided", False)
    assert EntropyProfile.model_validate_json(found.model_dump_json()) == found


def test_surprise_is_one_where_the_model_knows_its_own_doubt():
    # A model that predicts the true distribution has NLL = entropy, here log 4 nats a token of one byte.
    assert surprise(2.0, math.log(4), 1.0) == pytest.approx(1.0)
    assert surprise(None, 1.0, 1.0) is None
    assert surprise(2.0, 0.0, 1.0) is None


def test_an_interval_that_touches_zero_decides_nothing():
    touching = (Interval.of(-0.05, -0.1, 0.0, 3), Interval.of(0.05, 0.0, 0.1, 3), Interval.unknown("no probe"))
    assert {direction(one) for one in touching} == {"undecided"}
