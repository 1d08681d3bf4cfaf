"""Who is tried again, and who wins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import optuna
import pytest

from scheduler.measurements import Measurements
from scheduler.search.layout import Layout
from scheduler.search.orders import places
from scheduler.search.space import space
from scheduler.search.standings import Standing, reserved, standings, to_repeat, winner
from scheduler.search.trial_history import RUNG, tell_measured, tell_scores
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]


def standing(first, mean, seeds=1, deviation=0.01):
    return Standing(first, {}, mean, deviation, tuple(range(first, first + seeds)), frozenset(range(seeds)))


def test_the_winner_has_three_seeds_where_one_has_them():
    lucky, sure = standing(3, 0.9), standing(7, 0.8, seeds=3)
    assert winner([lucky, sure], 3) is sure
    assert winner([lucky, sure], 1) is lucky
    assert winner([lucky], 3) is lucky
    assert winner([], 3) is None


def test_one_trial_in_four_tries_again_what_leads():
    found = [standing(0, 0.9), standing(1, 0.8)]
    assert [to_repeat(found, 3, begun, 100) is found[0] for begun in range(8)] == [False, False, False, True] * 2
    assert to_repeat([standing(0, 0.9, seeds=3), standing(1, 0.895)], 3, 3, 100).first == 1
    assert to_repeat([standing(0, 0.9, seeds=3), standing(1, 0.8)], 3, 3, 100) is None
    assert to_repeat(found, 1, 3, 100) is None


def test_what_breaks_limits_is_not_tried_again_while_something_breaks_them_less():
    kept, broken = standing(1, 0.7, seeds=3), replace(standing(0, 0.9), excess=0.1)
    assert to_repeat([kept, broken], 3, 3, 100) is None
    assert to_repeat([broken], 3, 3, 100) is broken


def test_the_last_trials_give_the_winner_its_seeds():
    assert [reserved(trials, 3) for trials in (2, 3, 6, 12, 100)] == [0, 1, 2, 4, 4]
    assert reserved(100, 1) == 0
    lead, second = standing(0, 0.9), standing(1, 0.899, seeds=2)
    assert to_repeat([lead, second], 3, 98, 100) is lead
    # One trial is left: only who lacks no more can be brought to three.
    assert to_repeat([lead, second], 3, 99, 100) is second


def test_a_schedule_is_one_whatever_its_seed_and_its_luck_is_shrunk():
    curriculum = make_curriculum(FOUR, search={"compositions": ["sequential"], "lengths": [1]})
    study = optuna.create_study(direction="maximize")
    fixed = {"opening": 0.0, "refresh": 0.0}
    orders = {FOUR: (0.60, 0.62, 0.61), FOUR[::-1]: (0.66,), (*FOUR[2:], *FOUR[:2]): (0.5,)}
    for order, values in orders.items():
        for rung, value in enumerate(values):
            study.enqueue_trial({**places(order), **fixed}, user_attrs={RUNG: rung})
            study.tell(study.ask(dict(space(curriculum))), value)
    found = {one.first: one for one in standings(study, Layout(curriculum))}
    assert set(found) == {0, 3, 4}
    assert found[0].finished == (0, 1, 2)
    assert found[0].tried == {0, 1, 2}
    assert found[0].mean == pytest.approx(0.61, abs=0.01)
    assert found[3].mean < 0.66
    assert found[3].deviation > found[0].deviation
    assert winner(tuple(found.values()), 3).first == 0


@pytest.mark.parametrize("domains", [4, 12])
def test_what_three_seeds_say_of_joint_training_outweighs_what_probes_foretell(domains):
    """Probes say that each domain gains and harms none; three seeds of joint training gain half of that."""
    names, rng = tuple(f"d{at}" for at in range(domains)), np.random.default_rng(0)
    curriculum = make_curriculum(names, search={"compositions": ["joint", "sequential"], "lengths": [1]})
    study = optuna.create_study(direction="maximize")
    blocks = {(): np.zeros(domains), **{(name,): 0.2 * np.eye(domains)[at] for at, name in enumerate(names)}}

    def seen(score):
        return tuple(np.full((1, 1), one) for one in score + rng.normal(0, 0.01, domains))

    weights = np.full(domains, 1 / domains)
    tell_measured(
        study, *(Measurements(names, weights, {path: seen(one) for path, one in blocks.items()}) for _ in range(3))
    )
    fixed = {"opening": 0.0, "refresh": 0.0, **places(names)}
    for rung in range(3):
        study.enqueue_trial({**fixed, "composition": "joint"}, user_attrs={RUNG: rung})
        trial = study.ask(dict(space(curriculum)))
        scores = 0.1 + rng.normal(0, 0.01, domains)
        tell_scores(trial, 1, dict(zip(names, scores.tolist(), strict=True)))
        trial.report(float(scores.mean()), 1)
        study.tell(trial, float(scores.mean()))
    (joint,) = standings(study, Layout(curriculum))
    assert joint.mean == pytest.approx(0.1, abs=0.01)


def test_what_breaks_limits_stands_last_however_much_it_scores():
    curriculum = make_curriculum(FOUR, search={"compositions": ["sequential"], "lengths": [1]})
    study = optuna.create_study(direction="maximize")
    fixed = {"opening": 0.0, "refresh": 0.0}
    for order, value, over in (
        (FOUR, 0.9, (0.2, -0.1)),
        (FOUR[::-1], 0.6, (0.1, -0.3)),
        (FOUR[2:] + FOUR[:2], 0.5, ()),
    ):
        for rung, each in enumerate(over or (-0.1,)):
            study.enqueue_trial({**places(order), **fixed}, user_attrs={RUNG: rung})
            trial = study.ask(dict(space(curriculum)))
            trial.set_constraint("loss of sums", each)
            study.tell(trial, value)
    found = standings(study, Layout(curriculum))
    # Means over seeds: 0.05, −0.1 and −0.1.
    assert [one.excess for one in found] == [0, 0, pytest.approx(0.05)]
    assert [one.first for one in found] == [2, 4, 0]
    assert winner(found, 1).first == 2
