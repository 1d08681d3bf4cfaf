"""Effects drawn to their mean: how far, and that what is predicted of the chosen order is right on average."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.statistics.shrinkage import LUCK, shrink

NAMES = tuple("abcd")
OFF = ~np.eye(4, dtype=bool)


def effects(rng, size=0.05, own=0.2):
    found = rng.normal(0, size, (4, 4))
    np.fill_diagonal(found, own)
    return found


def test_what_was_measured_without_error_stays():
    b = effects(np.random.default_rng(0))
    found = shrink(NAMES, b, np.zeros((4, 4)), 3)
    assert np.array_equal(found.mean, b)
    assert not found.deviation.any()
    assert np.array_equal(found.sample(5), np.repeat(b[None], 5, axis=0))


def test_noise_as_large_as_the_differences_takes_all_of_them():
    b = effects(np.random.default_rng(0), own=0.0)
    found = shrink(NAMES, b, np.full((4, 4), 1.0), 3)
    assert found.mean[OFF] == pytest.approx(b[OFF].mean())
    assert (found.deviation > 0).all()


def test_the_share_that_is_lost_is_james_and_stein_s():
    b, noise = effects(np.random.default_rng(1)), 0.0004
    found = shrink(NAMES, b, np.full((4, 4), noise), 3)
    lost = 9 / 11 * noise / b[OFF].var(ddof=1)
    assert found.mean[OFF] == pytest.approx(b[OFF].mean() + (1 - lost) * (b[OFF] - b[OFF].mean()))


def test_three_effects_or_fewer_stay():
    b = np.random.default_rng(0).normal(size=(2, 2))
    found = shrink(NAMES[:2], b, np.full((2, 2), 0.01), 3)
    assert np.array_equal(found.mean, b)
    assert found.deviation == pytest.approx(0.1)


def test_one_seed_takes_half_of_what_items_leave_for_luck():
    b = effects(np.random.default_rng(1))
    one, several = (shrink(NAMES, b, np.full((4, 4), 1e-9), seeds) for seeds in (1, 3))
    assert several.mean == pytest.approx(b, abs=1e-6)
    assert one.mean[OFF].std() == pytest.approx((1 - 9 / 11 * LUCK) * b[OFF].std(), rel=1e-3)


def test_draws_depend_on_names_not_on_places():
    b = effects(np.random.default_rng(2))
    places = [2, 0, 3, 1]
    plain = shrink(NAMES, b, np.full((4, 4), 0.001), 3)
    turned = shrink([NAMES[at] for at in places], b[np.ix_(places, places)], np.full((4, 4), 0.001), 3)
    assert turned.sample(50) == pytest.approx(plain.sample(50)[:, places][:, :, places])


def test_draws_have_mean_and_deviation():
    found = shrink(NAMES, effects(np.random.default_rng(2)), np.full((4, 4), 0.001), 3)
    draws = found.sample(20_000)
    assert draws.mean(axis=0) == pytest.approx(found.mean, abs=0.002)
    assert draws.std(axis=0) == pytest.approx(found.deviation, rel=0.05)


@pytest.mark.parametrize("noise", [0.03, 0.055])
def test_the_largest_of_many_is_right_on_average(noise):
    """Raw, the chosen one is too high; shrunk, it is not."""
    rng, raw, drawn = np.random.default_rng(3), [], []
    for _ in range(1500):
        truth = effects(rng)
        b = truth + rng.normal(0, noise, (4, 4))
        found = shrink(NAMES, b, np.full((4, 4), noise**2), 3)
        best = int(b[OFF].argmax())
        raw.append(b[OFF][best] - truth[OFF][best])
        drawn.append(found.mean[OFF][best] - truth[OFF][best])
    assert np.mean(raw) > 0.02
    assert abs(np.mean(drawn)) < 0.2 * np.mean(raw)


def test_stages_that_taught_nothing_are_no_draw_from_what_stages_do():
    """Their zeros drew the others' effects to 0, and were themselves given an error."""
    b = effects(np.random.default_rng(5), size=0.1) + 0.1
    variance = np.full((4, 4), 0.002)
    b[1], variance[1] = 0.0, 0.0
    found = shrink(NAMES, b, variance, 3, idle={"b"})
    assert not found.mean[1].any()
    assert not found.deviation[1].any()
    taught = np.array([True, False, True, True])
    others = OFF & taught[:, None]
    assert found.mean[others].mean() == pytest.approx(b[others].mean())
    lost = 6 / 8 * 0.002 / b[others].var(ddof=1)
    assert found.mean[others] == pytest.approx(b[others].mean() + (1 - lost) * (b[others] - b[others].mean()))


def test_a_stage_that_was_moved_by_something_else_keeps_what_was_measured():
    b = effects(np.random.default_rng(6))
    b[1] -= 0.3
    found = shrink(NAMES, b, np.full((4, 4), 0.001), 3, idle=("b",))
    assert np.array_equal(found.mean[1], b[1])
    assert found.deviation[1] == pytest.approx(np.sqrt(0.001))


def test_effects_of_taught_stages_are_right_beside_idle_ones():
    """What is expected of them is off by as much as is said."""
    rng, off = np.random.default_rng(7), []
    idle = np.arange(6) < 4
    for _ in range(300):
        truth = rng.normal(0.05, 0.03, (6, 6))
        truth[idle] = 0.0
        variance = np.where(idle[:, None], 0.0, 0.02**2) * np.ones((6, 6))
        found = shrink("abcdef", truth + np.sqrt(variance) * rng.normal(size=(6, 6)), variance, 3, idle="abcd")
        counted = ~idle[:, None] & ~np.eye(6, dtype=bool)
        off += list(((found.mean - truth) / np.where(found.deviation > 0, found.deviation, 1))[counted])
    assert np.std(off) == pytest.approx(1.0, abs=0.1)
