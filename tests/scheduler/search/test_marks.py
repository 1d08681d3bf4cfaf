"""Schedules that train as much of every domain, but on another path of the rate or in mixtures chosen on the way."""

from __future__ import annotations

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.measurements import Measurements
from scheduler.search.beliefs import believe
from scheduler.search.layout import Layout
from scheduler.search.orders import places
from scheduler.search.points import Lineages
from scheduler.search.standings import standings, winner
from scheduler.search.trial_history import MIXTURES, RUNG, histories, tell_measured, tell_scores
from scheduler.search.units import draw
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
PLAIN = {"lengths": [1], "opening": [0], "refresh": [0]}
OPEN = {
    "compositions": ["sequential", "pairs", "cumulative", "joint", "adaptive"],
    "lengths": [1, 2],
    "rate": ["per_stage", "whole", "trunk"],
    "lr_scale": [1, 3],
    "lr_decay": [0.9, 1],
}
ROUNDS = {"adaptive": {"rounds": 4}}
ANY = Layout(make_curriculum(FOUR, schedule=ROUNDS, search=OPEN))
UNEVEN = tuple({name: 0.8 if name == main else 0.2 / 3 for name in FOUR} for main in FOUR)


def asked(study, layout, params, rung=0, **attrs):
    """A trial of these parameters, with the seed of that rung."""
    study.enqueue_trial({**places(FOUR), **params}, user_attrs={RUNG: rung, **attrs})
    return study.ask(layout.space)


def found(layout, *levels):
    """How these stand, each (parameters, score in the end), with three seeds of little luck."""
    study, rng = optuna.create_study(direction="maximize"), np.random.default_rng(0)
    for params, level in levels:
        for rung in range(3):
            trial = asked(study, layout, params, rung)
            stages = len(layout.stages(trial.params))
            for stage in range(1, stages + 1):
                now = 0.2 + (level - 0.2) * stage / stages
                scores = {name: now + rng.normal(0, 0.005) for name in layout.curriculum.domains}
                tell_scores(trial, stage, scores)
                trial.report(float(np.mean(list(scores.values()))), stage)
            study.tell(trial, float(np.mean(list(scores.values()))))
    return standings(study, layout)


@pytest.mark.parametrize("composition", ["sequential", "joint"])
@pytest.mark.parametrize("rate", ["whole", "trunk"])
def test_the_better_path_of_the_rate_wins(composition, rate):
    layout = Layout(make_curriculum(FOUR, search={**PLAIN, "compositions": [composition], "rate": ["per_stage", rate]}))
    best, worst = stood = found(layout, ({"rate": "per_stage"}, 0.4), ({"rate": rate}, 0.6))
    assert [best.mean, worst.mean] == pytest.approx([0.6, 0.4], abs=0.02)
    assert winner(stood, 3).params["rate"] == rate


def test_adaptive_mixing_is_told_from_joint_training_in_as_many_stages():
    search = {**PLAIN, "compositions": ["joint", "adaptive"], "lr_decay": [0.9, 1]}
    layout = Layout(make_curriculum(FOUR, schedule=ROUNDS, search=search))
    joint, adaptive = ({"composition": name, "lr_decay": 0.9} for name in ("joint", "adaptive"))
    best, worst = found(layout, (joint, 0.4), (adaptive, 0.6))
    assert best.params["composition"] == "adaptive"
    assert [best.mean, worst.mean] == pytest.approx([0.6, 0.4], abs=0.02)


@pytest.mark.parametrize("composition", ["sequential", "joint"])
def test_the_better_learning_rate_wins(composition):
    """Joint training renews all that it trains at any rate: the amounts of 1 and of 3 are the same."""
    layout = Layout(make_curriculum(FOUR, search={**PLAIN, "compositions": [composition], "lr_scale": [1, 3]}))
    best, worst = found(layout, ({"lr_scale": 1.0}, 0.4), ({"lr_scale": 3.0}, 0.6))
    assert [best.mean, worst.mean] == pytest.approx([0.6, 0.4], abs=0.02)
    assert best.params["lr_scale"] == 3


@given(
    st.integers(0, 10**6),
    st.sampled_from(["rate", "composition", "lr_scale", "lr_decay"]),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_another_value_is_another_point(seed, name, one, other):
    (params,), values = draw(ANY.space, np.random.default_rng(seed), 1), ANY.space[name].choices
    pair = [{**params, name: values[at % len(values)]} for at in (one, other)]
    first, second = ANY.ends(pair, Lineages()).features
    alike = ANY.schedule(pair[0]) == ANY.schedule(pair[1])
    assert np.allclose(first, second, atol=1e-9) == alike


def test_nothing_is_marked_where_none_is_open():
    for rate in ([], ["whole"]):
        search = {**OPEN, "lr_scale": [3], "lr_decay": [0.9], "compositions": ["sequential", "joint"], "rate": rate}
        layout = Layout(make_curriculum(FOUR, search=search))
        ends = layout.ends(draw(layout.space, np.random.default_rng(0), 5), Lineages())
        assert ends.features.shape[1] == 4 * 4 + 4
        assert [one.direct.max() for one in layout.outputs] == [4 * 4 + 4 - 1] * 4


def test_a_mark_grows_from_the_base_and_all_scores_heed_it():
    layout = Layout(make_curriculum(FOUR, search={**PLAIN, "compositions": ["sequential"], "rate": ["whole", "trunk"]}))
    tried = [{**places(FOUR), "rate": rate} for rate in ("whole", "trunk")]
    first, other = layout.encode(tried, Lineages())
    # Of the curriculum's own path, which only its probes are on, then of the search's second.
    assert not first.features[:, 20:].any()
    assert other.features[:, 20:].tolist() == [[part, 0.0] for part in (0.0, 0.5, 1.0, 1.5, 2.0)]
    assert all({20, 21} <= set(one.direct.tolist()) for one in layout.outputs)


@pytest.mark.parametrize(("rate", "known"), [("per_stage", 1), ("whole", 0), ("trunk", 0)])
def test_probes_are_beginnings_on_the_curriculums_own_path(rate, known):
    """Whichever the search's first value is."""
    search = {**PLAIN, "compositions": ["sequential"], "rate": ["trunk", "whole", "per_stage"]}
    layout, lineages = Layout(make_curriculum(FOUR, search=search)), Lineages()
    study = optuna.create_study(direction="maximize")
    blocks = {path: tuple(np.full((1, 1), 0.5) for _ in FOUR) for path in [(), *((name,) for name in FOUR)]}
    tell_measured(study, Measurements(FOUR, np.full(4, 0.25), blocks))
    beliefs = believe(study, [], layout, lineages)
    (begun,) = layout.encode([{**places(FOUR), "rate": rate}], lineages)
    assert len(beliefs.trained & set(begun.number.tolist())) == known


def test_one_rate_over_the_whole_is_shared_with_the_probes_that_begin_it():
    layout = Layout(make_curriculum(FOUR, schedule={"rate": "whole"}, search={**PLAIN, "compositions": ["sequential"]}))
    lineages = Lineages()
    (probe,), (begun,) = layout.encode_paths([FOUR[:1]], lineages), layout.encode([places(FOUR)], lineages)
    assert probe.number[1] == begun.number[1]
    assert (probe.cost[1, 0] == begun.cost[1, 0]).all()


def test_the_model_is_told_what_an_adaptive_trial_trained():
    search = {**PLAIN, "compositions": ["joint", "adaptive"], "lr_scale": [0.5, 1]}
    layout = Layout(make_curriculum(FOUR, schedule=ROUNDS, search=search))
    study, lineages = optuna.create_study(direction="maximize"), Lineages()
    adaptive = {"composition": "adaptive", "lr_scale": 1.0}
    first = asked(study, layout, adaptive, mixtures=list(UNEVEN))
    study.tell(first, 0.5)
    begun = asked(study, layout, {**adaptive, "lr_scale": 0.5}, mixtures=list(UNEVEN[:1]))
    begun.report(0.4, 1)
    beliefs = believe(study, histories(study, study.trials, layout.space), layout, lineages)
    even, uneven = layout.encode([adaptive] * 2, lineages, mixtures=[(), UNEVEN])
    assert (even.lineage == uneven.lineage).all()
    # One stage of which four fifths were one domain, at half the rate: it is learnt further than the others.
    (seen,) = [one for one in beliefs.seen if one.value == 0.4]
    learnt = np.diag(seen.point.features[0, :16].reshape(4, 4))
    assert learnt[0] > 2 * learnt[1:].max()
    assert np.ptp(even.features[1, :16].reshape(4, 4).diagonal()) == pytest.approx(0)
    # The end that was seen is the one asked for in the standings, and what rounds to come are expected to be like.
    assert beliefs.finished.features == pytest.approx(uneven[-1:].features)
    assert beliefs.mixtures == UNEVEN
    asked_for = layout.ends([{**adaptive, "lr_scale": 0.5}], lineages, [beliefs.mixtures])
    assert beliefs.pending.features == pytest.approx(asked_for.features)
    (stands,) = standings(study, layout)
    assert stands.mean == pytest.approx(float(beliefs.model.at(uneven[-1:].still)[0][0]), abs=1e-9)
    assert study.trials[0].user_attrs[MIXTURES] == list(UNEVEN)
