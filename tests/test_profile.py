"""domains/profile.py"""

import math

import numpy as np
import pytest

from domains.profile import EntropyProfile, direction, interval, make_profile, surprise

ANSWERS = ["a red boat.", "an owl in the fog."]


def base(seeds=3, items=40):
    return np.random.default_rng(0).normal(1.0, 0.2, (seeds, items))


def profile(kind, shift, noise=0.05):
    entropy = base()
    after = entropy + np.random.default_rng(1).normal(shift, noise, entropy.shape)
    return make_profile("d", kind, entropy=entropy, probe_entropy=after, answers=ANSWERS)


@pytest.mark.parametrize(
    ("kind", "shift", "noise", "measured", "contradicts"),
    [
        ("structured", -0.3, 0.05, "structured", False),
        ("creative", 0.3, 0.05, "creative", False),
        ("structured", 0.3, 0.05, "creative", True),
        ("creative", -0.3, 0.05, "structured", True),
        ("creative", 0.0, 1.0, "undecided", False),
    ],
)
def test_the_direction_is_measured(kind, shift, noise, measured, contradicts):
    found = profile(kind, shift, noise)
    assert (found.measured, found.contradicts) == (measured, contradicts)
    assert found.delta_low <= found.delta_entropy <= found.delta_high
    assert found.entropy_low <= found.entropy <= found.entropy_high


def test_before_the_probes_nothing_is_decided():
    found = make_profile("d", "creative", entropy=base(), probe_entropy=None, answers=ANSWERS)
    assert (found.delta_entropy, found.measured, found.contradicts) == (None, "undecided", False)
    assert EntropyProfile.model_validate_json(found.model_dump_json()) == found


def test_the_difference_is_paired():
    # Items differ by far more than the shift; only pairing can see it.
    entropy = np.random.default_rng(0).normal(3.0, 2.0, (2, 30))
    found = make_profile("d", "creative", entropy=entropy, probe_entropy=entropy + 0.1, answers=ANSWERS)
    assert found.delta_low == pytest.approx(0.1)
    assert found.measured == "creative"


def test_entropies_that_are_not_paired_are_refused():
    with pytest.raises(ValueError, match="must be paired"):
        make_profile("d", "creative", entropy=base(3), probe_entropy=base(2), answers=ANSWERS)
    with pytest.raises(ValueError, match="shape"):
        interval(np.zeros((0, 4)), 100, 0)


def test_the_interval_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        low, high = interval(rng.normal(0.0, 1.0, (1, 60)), 400, trial)
        covered += low <= 0 <= high
    assert 178 <= covered <= 200


def test_the_interval_is_the_same_for_the_same_seed():
    assert interval(base(), 500, 1) == interval(base(), 500, 1) != interval(base(), 500, 2)


def test_one_seed_still_has_an_interval_over_items():
    low, high = interval(base(seeds=1), 500, 0)
    assert low < high


def test_surprise_is_one_where_the_model_knows_its_own_doubt():
    # A model that predicts the true distribution has NLL = entropy, here log 4 nats a token of one byte.
    assert surprise(2.0, math.log(4), 1.0) == pytest.approx(1.0)
    assert surprise(None, 1.0, 1.0) is None
    assert surprise(2.0, 0.0, 1.0) is None


def test_an_interval_that_touches_zero_decides_nothing():
    assert direction(-0.1, 0.0) == direction(0.0, 0.1) == direction(None, None) == "undecided"
