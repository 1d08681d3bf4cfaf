"""Decisions of a curriculum's rounds: what of the probes and of the rounds' scores reaches the rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from curricula.schema import Curriculum
from scheduler.evidence.transfer import shrunk_transfer
from scheduler.measurements import Measurements
from scheduler.mixing.rounds import _seen, advance, begin, kept_domains, schedule_of
from tests.scheduler.mixing.test_rounds import DOMAIN
from tests.support.findings import make_plan

NAMES = ("a", "b", "c")
SEEDS, ITEMS = 2, 20
PLACES = pytest.mark.parametrize("at", range(3))


def curriculum(order="bwt", heavy=None, **adaptive):
    given = {"given": list(NAMES)} if order == "given" else {}
    return Curriculum.model_validate(
        {
            "name": "mixed",
            "model": {"type": "scratch"},
            "domains": {name: {**DOMAIN, "weight": 4.0 if name == heavy else 1.0} for name in NAMES},
            "training": {"steps": 8, "prompts": 8},
            "baselines": {"orders": []},
            "schedule": {
                "composition": "adaptive",
                "order": order,
                **given,
                "rate": "whole",
                "adaptive": {"rounds": 4, **adaptive},
            },
        }
    )


def blocks(means, spread=0.0):
    """(seeds, items) of each domain, every other item as much above the mean as the next is below."""
    return tuple(np.full((SEEDS, ITEMS), mean) + spread * (-1.0) ** np.arange(ITEMS) for mean in means)


BASE = blocks([0.3] * 3)


def probes(own=(0.2, 0.2, 0.2), mixed=None, spread=0.0):
    """What the base and one stage a domain scored, which raised that domain alone."""
    own_scores = {(name,): blocks(0.3 + np.eye(3)[at] * own[at], spread) for at, name in enumerate(NAMES)}
    return Measurements(NAMES, np.ones(3) / 3, {(): BASE, **own_scores}, mixed=mixed)


def first(spec, measured, scores=(BASE,)):
    """The next proposal."""
    (now,) = begin(spec, make_plan(spec))
    while len(now.proposals) < len(scores):
        now = advance(spec, now, scores[: len(now.proposals) + 1], measured)
    return now.proposals[-1]


@PLACES
def test_probes_that_show_a_domain_to_be_hopeless_give_it_least(at):
    own = [0.0 if place == at else 0.3 for place in range(3)]
    found = first(curriculum(), probes(own))
    assert np.argmin(found.shares) == at
    assert found.predicted[at] == pytest.approx(0.3, abs=0.02)


def test_probes_decide_nothing_where_none_are_asked_for():
    spec = curriculum("given")
    found, without = (first(spec, some) for some in (probes([0.0, 0.3, 0.3]), None))
    np.testing.assert_array_equal(found.shares, without.shares)


@PLACES
def test_the_joint_probe_is_believed(at):
    """Mixed with the others, one domain learns and two do not, whatever each did alone."""
    mixed = blocks([0.5 if place == at else 0.3 for place in range(3)])
    told, untold = (first(curriculum(), probes(mixed=some)).predicted for some in (mixed, None))
    assert np.argmax(told) == at
    others = np.arange(3) != at
    assert (told[others] < untold[others] - 0.02).all()


@PLACES
def test_a_curriculums_weights_count(at):
    """All learn alike, so whoever weighs more gets most."""
    assert np.argmax(first(curriculum(heavy=NAMES[at], floor=0.01), probes()).shares) == at


def test_what_items_contradict_is_believed_less():
    """The same mean after a round, where every item rose by as much, or half of them rose and half fell."""
    spec = curriculum("given")
    sure, unsure = (first(spec, None, (BASE, blocks([0.6, 0.3, 0.3], spread))).predicted[0] for spread in (0.0, 0.39))
    assert sure > unsure + 0.02


def test_a_rule_is_told_amounts_in_own_stages_and_variances():
    """Eight steps a domain are an own stage each; four rounds share out three of them, at a rate that falls to zero.
    Their probes went a third of that way, and from two thirds of the rate to zero in two steps more."""
    spec, scores = curriculum(), (BASE, blocks([0.5, 0.3, 0.3], 0.2))
    measured = probes(mixed=blocks([0.4] * 3, 0.1), spread=0.1)
    (now,) = begin(spec, make_plan(spec))
    done = replace(advance(spec, now, scores[:1], measured), measured=(np.full(3, 0.3), np.array([0.5, 0.3, 0.3])))
    told = _seen(spec, done, scores, measured)
    probe_rate, mixed_rate = 5 / 6 + (2 / 3 / 2) * 2 / 8, 1 / 2
    falling = np.array([7, 5, 3, 1])[:, None] / 8
    np.testing.assert_allclose(told.pace, 3 / 4 * np.tile(falling, 3) / probe_rate)
    branches = np.array([3, 2, 1, 0])[:, None] / 4 / 2 * 2 / 6  # Of six steps a round two more, whose rate falls to 0.
    np.testing.assert_allclose(told.reading, 3 / 4 * np.tile(falling + branches, 3) / probe_rate)
    np.testing.assert_allclose(told.probe.amounts, 1 / 3 * mixed_rate / probe_rate, atol=0.05)
    np.testing.assert_allclose(told.noise[0], 0)
    np.testing.assert_allclose(told.noise[1], 0.2**2 / (ITEMS - 1))
    np.testing.assert_allclose(told.probe.noise, 0.1**2 / (ITEMS - 1))
    np.testing.assert_allclose(told.probe.scores, 0.4)
    expected = shrunk_transfer(measured)
    np.testing.assert_allclose(told.effects.mean(axis=0), expected.mean, atol=0.01)
    np.testing.assert_allclose(told.effects.std(axis=0), expected.deviation, rtol=0.25)


@pytest.mark.parametrize("rate", ["per_stage", "whole", "trunk"])
def test_rounds_are_counted_by_the_rates_that_a_search_s_trial_trains_at(rate):
    spec, scores = curriculum("given"), (BASE,)
    (run,) = begin(spec, None)
    trial = replace(run, choice=run.choice.model_copy(update={"lr_scale": 3.0, "lr_decay": 0.5, "rate": rate}))
    plain = replace(run, choice=run.choice.model_copy(update={"rate": rate}))
    now, before = (_seen(spec, replace(one, measured=(np.full(3, 0.3),)), scores, None) for one in (trial, plain))
    factors = 3.0 * 0.5 ** np.arange(4)[:, None]
    np.testing.assert_allclose(now.pace, before.pace * factors)
    np.testing.assert_allclose(now.reading, before.reading * factors)


def test_on_a_trunk_a_round_that_another_follows_stays_at_the_peak():
    spec = curriculum("given")
    (run,) = begin(spec, None)
    trunk = replace(run, choice=run.choice.model_copy(update={"rate": "trunk"}))
    told = _seen(spec, replace(trunk, measured=(np.full(3, 0.3),)), (BASE,), None)
    # Of six steps a round, a quarter of all so far fall to zero where it is read off, and are half as much.
    fall = np.array([2, 3, 4, 6])[:, None] / 6 / 2
    np.testing.assert_allclose(told.reading / told.pace[0], np.tile(1 - fall, 3))
    np.testing.assert_allclose(told.pace[:-1], told.pace[0, 0])
    np.testing.assert_allclose(told.pace[-1], told.reading[-1])


def test_what_the_plan_leaves_out_is_not_trained_where_it_may_choose():
    spec = curriculum()
    plan = make_plan(spec).model_copy(update={"left_out": ("b",)})
    free = spec.model_copy(update={"schedule": spec.schedule.model_copy(update={"leave_out": "auto"})})
    assert kept_domains(free, plan) == ("a", "c")
    assert kept_domains(spec, plan) == NAMES


@pytest.mark.parametrize(("rule", "owed"), [("transfer", "first"), ("slope", "none"), ("learnability", "none")])
def test_an_arm_owes_the_probes_that_its_rule_begins_with(rule, owed):
    spec = curriculum(rule=rule)
    (now,) = begin(spec, make_plan(spec))
    made = schedule_of(spec, advance(spec, now, [BASE], probes()))
    assert (made.probes, made.role) == (owed, "main")


def test_the_floor_that_is_asked_for_is_kept():
    shares = first(curriculum(floor=0.2), probes([0.0, 0.3, 0.3])).shares
    assert shares.min() == pytest.approx(0.2)


def test_scores_must_be_of_the_base_and_every_round():
    spec = curriculum()
    (now,) = begin(spec, make_plan(spec))
    with pytest.raises(ValueError, match="0 rounds were proposed, and 2 scores are there"):
        advance(spec, now, [BASE, BASE], probes())


def test_the_last_round_is_taken_as_measured_and_nothing_follows():
    spec = curriculum("given", rule="uniform")
    (now,) = begin(spec, None)
    while now.waits:
        now = advance(spec, now, [blocks([0.3 + at / 10] * 3) for at in range(len(now.proposals) + 1)], None)
    assert len(now.proposals) == 4
    np.testing.assert_allclose(np.array(now.measured)[:, 0], [0.3, 0.4, 0.5, 0.6, 0.7])
    again = advance(spec, replace(now, measured=()), [BASE] * 5, None)
    assert len(again.proposals) == 4
