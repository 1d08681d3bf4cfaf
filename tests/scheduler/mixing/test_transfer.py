"""The rule `transfer`: what each of its settings does, and what it makes of what it is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.schema import Adaptive
from scheduler.mixing import propose
from scheduler.mixing.belief import believe
from scheduler.mixing.seen import normalised
from scheduler.mixing.transfer import Outlook
from tests.support.mixing import own_effects, seen
from tests.support.properties import examples

BASE = [[0.3, 0.3, 0.3]]
PLACES = pytest.mark.parametrize("at", range(3))


def but(at, value, others):
    """Three numbers, of which one differs."""
    return [value if place == at else others for place in range(3)]


def proposed(now, **settings):
    return propose("transfer", now, Adaptive(rounds=4, **settings))


def unsure(at, rounds):
    """Of one domain hardly anything is known."""
    return seen(BASE, rounds=rounds, effects=own_effects(but(at, 0.05, 0.2), but(at, 0.2, 0.01)))


plans = st.tuples(*[st.lists(st.integers(1, 9), min_size=3, max_size=3)] * 2)


@pytest.mark.parametrize("done", range(4))
@pytest.mark.parametrize("explore", [0.1, 3.0])
@pytest.mark.parametrize("plan", [([1, 1, 1], [1, 1, 1]), ([9, 1, 1], [1, 1, 9]), ([1, 2, 3], [4, 1, 5])])
def test_exploring_adds_what_is_not_known_by_how_much_budget_is_left(plan, explore, done):
    scores = np.linspace(0.3, 0.4, done + 1)
    now = seen([[score] * 3 for score in scores], effects=own_effects([0.2] * 3, [0.1] * 3))
    belief = believe(now)
    halves = tuple(normalised(np.array(half, float), now.even) for half in plan)
    plain, bold = (Outlook(now, Adaptive(rounds=4, explore=some), belief) for some in (0.0, explore))
    joint = plain.objective((now.even, now.even))
    bonus = explore * (plain.objective(halves) - joint).std() * (3 - done) / 4
    assert plain.value(halves) == pytest.approx(plain.objective(halves).mean())
    assert bold.value(halves) - plain.value(halves) == pytest.approx(bonus, abs=1e-12)


@PLACES
def test_exploring_leaves_joint_training_where_least_is_known(at):
    """Further than what is expected alone would; with the last round there is nothing left to explore for."""
    even = 1 / 3
    careful, bold = (proposed(unsure(at, 2), explore=some).shares[at] for some in (0.0, 3.0))
    assert abs(bold - even) > abs(careful - even) + 0.02
    careful, bold = (proposed(unsure(at, 1), explore=some).shares for some in (0.0, 3.0))
    np.testing.assert_array_equal(careful, bold)


@PLACES
def test_weight_counts_where_the_objective_is_weighted(at):
    def share(objective, weight):
        now = seen(BASE, rounds=1, weights=but(at, weight, 1), effects=own_effects([0.3, 0.2, 0.1]))
        return proposed(now, objective=objective).shares[at]

    light, plain, heavy = (share("weighted", weight) for weight in (0.5, 1, 2))
    assert light < plain - 0.05 < plain + 0.05 < heavy
    assert share("mean", 0.5) == share("mean", 1) == share("mean", 2) == plain


@PLACES
@pytest.mark.parametrize("rounds", [1, 4])
def test_what_its_probe_shows_to_be_hopeless_begins_with_the_floor(at, rounds):
    found = proposed(seen(BASE, rounds=rounds, effects=own_effects(but(at, 0, 0.3), [0.02] * 3)), floor=0.02)
    assert found.shares[at] == pytest.approx(0.02)
    assert np.argmin(found.reasons) == at
    assert found.predicted[at] == pytest.approx(0.3, abs=0.01)


@PLACES
def test_the_worst_domain_gets_most_where_it_is_what_counts(at):
    now = seen([but(at, 0.2, 0.5)], rounds=1, effects=own_effects([0.2] * 3))
    assert proposed(now, objective="worst").shares[at] > proposed(now, objective="mean").shares[at] + 0.3


def test_the_worst_is_one_that_is_trained():
    now = seen([[0.2, 0.5, 0.05]], kept=(1, 1, 0), rounds=1, effects=own_effects([0.2] * 3))
    found = proposed(now, objective="worst")
    assert found.shares[0] > 0.7
    assert found.reasons[2] == 0


@PLACES
def test_where_the_worst_cannot_be_helped_the_mean_decides(at):
    learns = (at + 1) % 3
    means = [0.4 if place == learns else 0.0 for place in range(3)]
    now = seen([but(at, 0.1, 0.5)], rounds=1, effects=own_effects(means))
    assert proposed(now, objective="worst").shares[learns] > 0.6


@PLACES
def test_what_harms_another_is_trained_while_that_can_still_be_undone(at):
    effects = own_effects([0.2] * 3)
    effects[:, at, (at + 1) % 3] = -0.25
    early, late = (proposed(seen(BASE, rounds=rounds, effects=effects)).shares[at] for rounds in (4, 1))
    assert late < 0.25
    assert early > 0.6


@pytest.mark.parametrize(
    ("effects", "rounds"),
    [
        ([[0.0, -0.1, 0.1], [0.1, -0.25, -0.25], [0.2, 0.1, 0.2]], 4),
        ([[-0.25, -0.1, 0.3], [-0.25, -0.1, -0.1], [0.0, 0.3, -0.28]], 2),
    ],
)
def test_the_best_of_several_climbs_is_taken(effects, rounds):
    """The one from joint training ends lower, with 0.72 of the last domain and with none: it is better to begin at one
    domain first in the one case, and at one domain last in the other."""
    now = seen(BASE, rounds=rounds, effects=np.array([effects]))
    assert proposed(now, explore=0.0, floor=0.0).shares[2] > 0.9


@given(plan=plans)
@examples(10)
def test_plans_are_judged_with_the_floor_that_will_be_kept(plan):
    """Where it leaves nothing to choose, all come to the same."""
    now = seen(BASE, effects=own_effects([0.3, 0.1, 0.0]))
    outlook = Outlook(now, Adaptive(rounds=4, floor=1 / 3), believe(now))
    halves = tuple(normalised(np.array(half, float), now.even) for half in plan)
    np.testing.assert_allclose(outlook.objective(halves), outlook.objective((now.even, now.even)))


@PLACES
def test_what_is_nearly_solved_gets_least(at):
    assert np.argmin(proposed(seen([but(at, 0.99, 0.3)], rounds=1)).shares) == at


@PLACES
def test_what_two_rounds_did_not_move_gets_least(at):
    rose = but(at, 0.3, 0.5), but(at, 0.3, 0.6)
    assert np.argmin(proposed(seen([*BASE, *rose], rounds=3)).shares) == at


@pytest.mark.parametrize("rounds", [2, 4])
def test_what_is_predicted_is_of_the_mixture_that_is_trained(rounds):
    now = seen([*BASE, [0.4, 0.3, 0.5]], rounds=rounds, effects=own_effects([0.2, 0, 0.3], [0.05] * 3))
    found = proposed(now, floor=0.2)
    expected = believe(now).after((found.shares * now.pace[1])[None]).mean(axis=0)
    np.testing.assert_allclose(found.predicted, expected, atol=5e-4)
