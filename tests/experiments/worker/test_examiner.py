"""A node that is measured on its way: by the items, the noise and the marks that it is measured by afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.guards import Guards, SweetSpot
from curricula.stage import Stage, Training
from experiments.measures.suite import suite_of
from tests.experiments.worker.test_node import line, run
from tests.support.models import stored

pytestmark = pytest.mark.slow

SPOT = SweetSpot(points=2, items=5)


def stage(**changes: object) -> Stage:
    guards = Guards(sweet_spot=SPOT.model_copy(update=changes))
    return Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=4, prompts=4, guards=guards))


@pytest.mark.parametrize("keep", ["last", "best"])
def test_what_is_kept_scores_what_it_scored_on_its_way(tmp_path: Path, keep: str) -> None:
    store, setup = stored(str(tmp_path))
    base, node = line(setup, stage(keep=keep, loss=100.0))
    run(store, setup, base, node)
    record = store.record(node, suite_of(setup).id)
    assert record.guarded is not None
    course = record.guarded.course
    assert course is not None
    assert [point.step for point in course.points] == [0, 2, 4]
    assert set(course.points[0].domains) == set(setup.domains)
    kept = next(point for point in course.points if point.step == course.kept)
    for name, score in record.scores["validation"].items():
        assert kept.domains[name].scores == pytest.approx(score.items[:5], abs=1e-5), name
    assert all(len(one.nats) == 5 for one in kept.domains.values())
    assert record.cost.tokens > course.tokens > 0


def test_the_validation_items_of_every_domain_are_part_of_what_weights_follow_from(tmp_path: Path) -> None:
    _, setup = stored(str(tmp_path))
    other = next(name for name in setup.domains if name != "copy")

    def moved(split: str) -> object:
        domain = setup.domains[other]
        changed = domain.model_copy(update={"data": {**domain.data, split: "changed"}})
        return setup.model_copy(update={"domains": {**setup.domains, other: changed}})

    plain = Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=4, prompts=4))
    assert moved("validation").stage_id("p", plain, 0) == setup.stage_id("p", plain, 0)
    assert moved("validation").stage_id("p", stage(), 0) != setup.stage_id("p", stage(), 0)
    assert moved("test").stage_id("p", stage(), 0) == setup.stage_id("p", stage(), 0)
