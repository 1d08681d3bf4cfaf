"""Gain against loss, the best point, the knee, the first violation."""

from __future__ import annotations

from math import log

import pytest

from experiments.measures.sweet_spot import balances, mark, of_course, summary
from experiments.nodes.course import Course, Point, PointScores

GAINS = (0.0, 0.2, 0.35, 0.38, 0.4, 0.3)
LOSSES = (0.0, 0.02, 0.05, 0.2, 0.5, 0.6)


def course(gains=GAINS, losses=LOSSES, most=0.3) -> Course:
    points = tuple(
        Point(
            step=10 * at,
            domains={
                "own": PointScores(scores=(0.2 + gain, 0.4 + gain), nats=(1.0 + at, 1.0)),
                "far": PointScores(scores=(0.5, 0.5), nats=(1.0 + 8 * loss * log(2), 2.0)),
                "near": PointScores(scores=(0.5, 0.5), nats=(1.0, 1.0)),
                "mute": PointScores(scores=(0.9, 0.9)),
            },
        )
        for at, (gain, loss) in enumerate(zip(gains, losses, strict=True))
    )
    return Course(points=points, trained={"own": 1.0}, sizes={"own": 2, "far": 8, "near": 8}, most=most, kept=50)


def test_gain_is_of_the_stage_s_domains_and_loss_of_the_worst_other_one():
    found = of_course(course())
    assert [one.gain for one in found] == pytest.approx(list(GAINS))
    assert [one.loss for one in found] == pytest.approx(list(LOSSES))
    assert {one.worst for one in found[1:]} == {"far"}


def test_gains_are_weighed_by_shares():
    points = course().points
    (_, second, *_) = balances(points, {"own": 0.25, "near": 0.75}, {"own": 2, "far": 8, "near": 8})
    assert second.gain == pytest.approx(0.05)


def test_the_best_is_allowed_and_the_first_of_equals():
    assert summary(of_course(course()), 0.3).best == 30
    assert summary(of_course(course()), 1.0).best == 40
    assert summary(of_course(course(gains=(0, 0.2, 0.2, 0.2, 0.2, 0.2))), 1.0).best == 10
    # The start is always allowed.
    assert summary(of_course(course()), 0.001).best == 0


def test_where_nothing_is_gained_in_score_the_model_that_learnt_most_is_left():
    """A stage that begins at a score of 0 was undone, though it had begun to learn."""
    learning = [
        point.model_copy(
            update={"domains": {**point.domains, "own": PointScores(scores=(0.0, 0.0), nats=(9.0 - at, 1.0))}}
        )
        for at, point in enumerate(course().points)
    ]
    assert summary(balances(learning, {"own": 1.0}, {"own": 2, "far": 8, "near": 8}), 0.3).best == 30


def test_knee_and_first_violation():
    found = summary(of_course(course()), 0.3)
    assert (found.knee, found.violated) == (20, 40)
    assert summary(of_course(course()), 1.0).violated is None
    assert summary(of_course(course(gains=(0.0,) * 6)), 0.3).knee is None
    assert summary(of_course(course(losses=(0.0,) * 6)), 0.3).knee is None


def test_marks():
    found = of_course(course())
    assert [mark(one, found, 0.3) for one in found] == ["under", "under", "", "", "over", "over"]


def test_without_another_domain_only_the_gain_counts():
    points = [point.model_copy(update={"domains": {"own": point.domains["own"]}}) for point in course().points]
    found = balances(points, {"own": 1.0}, {"own": 2})
    assert {one.loss for one in found} == {None}
    assert summary(found, 0.001).best == 40
