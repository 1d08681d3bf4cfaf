"""What a search believes about schedules that it has not trained."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.orders.transfer_model.path_kernel import marks
from scheduler.measurements import Measurements
from scheduler.search.acquisition import log_expected_improvement
from scheduler.search.beliefs import believe
from scheduler.search.candidates import evened
from scheduler.search.exposure import after_each_stage, at_the_end
from scheduler.search.layout import Layout
from scheduler.search.orders import places
from scheduler.search.points import Lineages, Points, common_luck, own_luck, stacked
from scheduler.search.space import space
from scheduler.search.surrogate import Aspect, Scales, fit, parts
from scheduler.search.trial_history import RUNG, histories, tell_measured, tell_scores
from scheduler.search.units import draw
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
ORDERS = tuple(permutations(FOUR))
PLAIN = {"lengths": [1], "opening": [0], "refresh": [0]}
ANY = {"search": {**PLAIN, "compositions": ["sequential"]}}
RICH = {
    "search": {
        "compositions": ["sequential", "pairs", "cumulative", "joint", "adaptive"],
        "lengths": [1, 2],
        "replay": [0, 0.25],
        "repair": [0, 0.1],
        "drop": [0, 0.2],
        "rate": ["per_stage", "whole"],
    }
}


def params(order, **changes):
    return {**places(order), **changes}


def unlike(count):
    """Schedules of one stage that have nothing in common."""
    return Points(np.eye(count), np.arange(count)[:, None], np.ones((count, 1, 1)), np.ones((count, 1, 2)))


def test_one_domain_a_stage_has_the_marks_of_its_path():
    points = Layout(make_curriculum(FOUR, **ANY)).encode([params(order) for order in ORDERS], Lineages())
    for order, begun in zip(ORDERS, points, strict=True):
        paths = [order[:depth] for depth in range(5)]
        # Marks also count the effect of a domain on itself, which is how far it was learnt.
        assert begun.features[:, :16] == pytest.approx(marks(paths, FOUR))
        assert not begun.features[:, 16:].any()


def test_a_shared_beginning_has_one_number_and_nothing_else_has_it():
    points = Layout(make_curriculum(FOUR, **ANY)).encode([params(order) for order in ORDERS], Lineages())
    numbers = {order[:depth]: int(begun.number[depth]) for order, begun in zip(ORDERS, points, strict=True)
               for depth in range(5)}  # fmt: skip
    assert len(set(numbers.values())) == len(numbers) == 65
    assert numbers[()] == -1


def test_choices_that_are_trained_alike_are_one_point():
    layout = Layout(make_curriculum(FOUR, **RICH))
    joint = [params(order, composition="joint", **{"length.sort": 2.0}) for order in ORDERS]
    ends = stacked([begun[-1:] for begun in layout.encode(joint, Lineages())])
    assert len(set(ends.number.tolist())) == 1
    assert np.ptp(ends.features, axis=0).max() == 0


def test_more_of_a_domain_is_further_from_none_and_sft_shows():
    curriculum = make_curriculum(FOUR, search={**PLAIN, "methods": {"sort": ["grpo", "sft"]}})
    one, other = (
        points[-1]
        for points in (
            begun.features
            for begun in Layout(curriculum).encode(
                [params(FOUR, composition="sequential", **{"method.sort": way}) for way in ("grpo", "sft")], Lineages()
            )
        )
    )
    assert (one[:16] == other[:16]).all()
    assert other[16:20].tolist() == [0, 1, 0, 0]


def test_luck_is_felt_until_its_object_is_trained_again():
    (begun,) = Layout(make_curriculum(FOUR[:2], **ANY)).encode([params(FOUR[:2])], Lineages())
    # Rows: base, after sums, after sort; of each stage, in sums and in sort.
    assert begun.luck[1].tolist() == [[1, 1], [0, 0]]
    assert begun.luck[2].tolist() == [[1, 0], [1, 1]]
    assert own_luck(begun, 0).tolist() == [0, 1, 2]
    assert own_luck(begun, 1).tolist() == [0, 1, 1]
    assert common_luck(begun, begun, 0).tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 2]]


def test_a_long_stage_or_a_high_rate_has_no_more_luck_than_a_stage():
    """Else seeds of joint training count as next to nothing beside what the probes foretell of it."""
    curriculum = make_curriculum(
        FOUR, search={**PLAIN, "compositions": ["joint", "sequential"], "lr_scale": [1.0, 3.0]}
    )
    tried = [params(FOUR, composition=way, **{"lr_scale": by}) for way in ("joint", "sequential") for by in (1.0, 3.0)]
    for one in Layout(curriculum).encode(tried, Lineages()):
        for depth, point in enumerate(one.luck):
            assert (point[depth - 1] == 1).all() if depth else not point.any()


@given(st.floats(0.01, 4), st.floats(0.01, 4))
def test_the_luck_of_a_short_stage_varies_as_it_renews_its_domain(one, other):
    whole = np.array([[[one, 0.0]], [[other, 0.0]]])
    features, luck = after_each_stage(whole, np.zeros_like(whole))
    assert luck[:, 1, 0] ** 2 == pytest.approx(np.repeat(features[:, 1, :1], 2, axis=1))
    assert (luck[0, 1, 0, 0] <= luck[1, 1, 0, 0]) == (min(one, 1) <= min(other, 1))
    assert at_the_end(whole, np.zeros_like(whole))[1] == pytest.approx(luck[:, 1])


def test_covariance_is_positive_definite_over_all_kinds_of_schedules():
    layout, rng = Layout(make_curriculum(FOUR, **RICH)), np.random.default_rng(0)
    trials = [evened(one, FOUR) for one in draw(layout.space, rng, 40)]
    points = stacked(layout.encode(trials, Lineages()))
    _, first = np.unique(points.number, return_index=True)
    for output in layout.outputs:
        aspect = Aspect(output.direct, output.place)
        covariance = parts(points[first], points[first], aspect).scaled(Scales())
        assert np.linalg.eigvalsh(covariance).min() > -1e-8


def test_additive_effects_are_learnt_from_few_orders():
    layout, rng = Layout(make_curriculum(FOUR, **ANY)), np.random.default_rng(1)
    begun = layout.encode([params(order) for order in ORDERS], Lineages())
    ends = stacked([points[-1:] for points in begun])
    truth = ends.features[:, :16] @ rng.normal(0, 0.05, 16) + 0.6
    some = rng.permutation(24)[:14]
    model = fit(ends[some], truth[some], Aspect(np.arange(ends.features.shape[1])))
    mean, deviation = model.at(ends)
    assert np.abs(mean - truth).max() < 0.2 * np.ptp(truth)
    assert np.abs(mean - truth)[some].max() < 0.02 * np.ptp(truth)
    assert deviation[some].max() < np.delete(deviation, some).min()


def test_how_bad_the_hopeless_are_says_nothing_about_the_rest():
    points = unlike(9)
    values = np.array([0.5, 0.52, 0.54, 0.56, 0.58, 0.6, 0.62, 0.0])
    one, other = (
        fit(points[:8], np.append(values[:-1], worst), Aspect(np.arange(9))).at(points) for worst in (0.0, -1e9)
    )
    assert one[0] == pytest.approx(other[0])
    assert one[0][7] < 0.5


def test_constant_values_and_one_value_are_no_trouble():
    points = unlike(3)
    for count in (1, 3):
        mean, deviation = fit(points[:count], np.full(count, 0.4), Aspect(np.arange(3))).at(points)
        assert mean == pytest.approx(0.4)
        assert np.isfinite(deviation).all()


def test_believing_narrows_and_moves_nothing():
    points = unlike(4)
    model = fit(points[:2], np.array([0.2, 0.8]), Aspect(np.arange(4)))
    before, after = model.at(points), model.believing(points[2:3]).at(points)
    assert after[0] == pytest.approx(before[0])
    assert after[1][2] < 0.5 * before[1][2]


def test_surprise_is_that_of_leaving_each_value_out_by_hand():
    rng = np.random.default_rng(0)
    points = replace(unlike(6), features=rng.normal(size=(6, 4)))
    model = fit(points, rng.normal(size=6), Aspect(np.arange(4)))
    total = parts(points, points, model.aspect).scaled(model.scales) + model.scales.noise * np.eye(6)
    errors = []
    for k in range(6):
        rest = [j for j in range(6) if j != k]
        gain = np.linalg.solve(total[np.ix_(rest, rest)], total[rest, k])
        variance = total[k, k] - gain @ total[rest, k]
        errors.append((model.values[k] - gain @ model.values[rest]) / variance**0.5)
    assert model.surprise == pytest.approx(max(1.0, np.mean(np.square(errors)) ** 0.5), rel=1e-3)


def test_expected_improvement_is_that_of_draws_and_stays_ordered_far_below():
    rng = np.random.default_rng(0)
    mean, deviation = np.array([0.5, 0.7, 0.4]), np.array([0.1, 0.02, 0.3])
    drawn = np.maximum(mean + deviation * rng.standard_normal((400_000, 3)) - 0.6, 0).mean(axis=0)
    assert np.exp(log_expected_improvement(mean, deviation, 0.6)) == pytest.approx(drawn, rel=0.03)
    far = log_expected_improvement(np.linspace(-50, 0.59, 200), np.full(200, 0.01), 0.6)
    assert np.isfinite(far).all()
    assert (np.diff(far) > 0).all()


def test_what_was_measured_before_is_known_and_paid_for():
    curriculum = make_curriculum(FOUR, **ANY)
    layout, study, lineages = Layout(curriculum), optuna.create_study(direction="maximize"), Lineages()
    paths = [(), *((name,) for name in FOUR)]
    blocks = {path: tuple(np.full((2, 3), 0.1 * len(path)) for _ in FOUR) for path in paths}
    tell_measured(study, Measurements(FOUR, np.full(4, 0.25), blocks))
    beliefs = believe(study, histories(study, study.trials, layout.space), layout, lineages)
    (begun,) = layout.encode([params(FOUR)], lineages)
    assert len(beliefs.trained) == 4
    assert int(begun.number[1]) in beliefs.trained
    assert int(begun.number[2]) not in beliefs.trained
    assert beliefs.model is not None
    assert len(beliefs.model.scores) == 4
    assert beliefs.model.at(begun[:2])[0] == pytest.approx([0.0, 0.1], abs=0.01)


def test_scores_are_used_only_where_all_trials_have_them():
    curriculum = make_curriculum(FOUR, **ANY)
    layout, study = Layout(curriculum), optuna.create_study(direction="maximize")
    for scored, models in ((True, 4), (False, 1)):
        trial = study.ask(dict(space(curriculum)))
        if scored:
            tell_scores(trial, 1, dict.fromkeys(FOUR, 0.5))
        trial.report(0.5, 1)
        found = believe(study, histories(study, study.trials, layout.space), layout, Lineages()).model
        assert found is not None
        assert len(found.scores) == models


def test_the_last_points_alone_are_those_of_all():
    layout, rng = Layout(make_curriculum(FOUR, **RICH)), np.random.default_rng(3)
    trials = [evened(one, FOUR) for one in draw(layout.space, rng, 30)]
    lineages = Lineages()
    whole, ends = stacked([begun[-1:] for begun in layout.encode(trials, lineages)]), layout.ends(trials, lineages)
    assert ends.features == pytest.approx(whole.features)
    assert ends.luck == pytest.approx(whole.luck)
    assert (ends.lineage == whole.lineage).all()
    assert (ends.cost == whole.cost).all()


def test_another_seed_shares_no_luck_and_another_rate_no_stage():
    layout, lineages = Layout(make_curriculum(FOUR, **RICH)), Lineages()
    tried = [params(FOUR, composition="sequential", rate=rate) for rate in ("per_stage", "per_stage", "whole")]
    first, again, other = (begun[-1:] for begun in layout.encode(tried, lineages, [0, 1, 0]))
    assert (first.features == again.features).all()
    assert not set(first.lineage.ravel()) & set(again.lineage.ravel())
    assert not set(first.lineage.ravel()) & set(other.lineage.ravel())
    assert common_luck(first, again, 0) == 0


def test_luck_is_no_merit():
    """One run far above what its neighbours say is expected to score less with another seed; twice as much counts."""
    curriculum = make_curriculum(FOUR, **ANY)
    layout, rng = Layout(curriculum), np.random.default_rng(0)
    expected = []
    for seeds in (1, 3):
        study = optuna.create_study(direction="maximize")
        for at, order in enumerate(ORDERS):
            lucky = at == 5
            for rung in range(seeds if lucky else 1):
                study.enqueue_trial(places(order), user_attrs={RUNG: rung})
                trial = study.ask(dict(space(curriculum)))
                study.tell(trial, 0.6 + 0.1 * lucky + 0.01 * rng.normal())
        beliefs = believe(study, histories(study, study.trials, layout.space), layout, Lineages())
        expected.append(beliefs.best)
        assert beliefs.best < max(beliefs.finals)
    assert 0.6 < expected[0] < expected[1] < 0.71
