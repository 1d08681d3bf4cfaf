"""experiments/run/reading/gather.py, on a store of synthetic records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from curricula.schema.schedule import Probing
from curricula.stage import Schedule
from experiments.nodes.health import Health, RolloutGroups
from experiments.nodes.record import DomainScore, Failure, Record
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.run.job import Job, open_job
from experiments.run.reading.gather import NOT_PROBED, load_failures, load_records, measurements, profiles
from experiments.store import Store
from scheduler.composing.compose import compose
from scheduler.path_text import order_text
from scheduler.planning.planner import make_plan
from scheduler.probing.probes import first_probes, probe_schedules
from tests.support.nodes import leave
from tests.support.records import recorded
from tests.support.tiny import tiny

ITEMS = 24


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return open_job(tiny(), Store.open(str(tmp_path / "store")))


def everything(job: Job) -> StageTree:
    both = [sequence(job, order) for order in (("sorting", "stories"), ("stories", "sorting"))]
    return grow(job.setup, [*probe_schedules(job.curriculum), *both], job.curriculum.seeds)


def sequence(job: Job, order: tuple[str, ...]) -> Schedule:
    return compose(order, "sequential", job.curriculum, name=order_text(order), role="order")


def score(node: StageNode, domain: str) -> DomainScore:
    """Items differ a lot, nodes a little: only pairing can see it."""
    items = np.random.default_rng(len(domain)).uniform(0.2, 0.7, ITEMS)
    step = 0.01 * node.depth + 0.1 * (domain in node.path)
    entropy = 10 * items - (0.5 if domain == "sorting" else -0.5) * (domain in node.path)
    return DomainScore(items=tuple(items + step), nll=1.0, reference_entropy=1.0, entropy=tuple(entropy[:8] + 5))


def record(job: Job, node: StageNode) -> Record:
    scores = {domain: score(node, domain) for domain in job.curriculum.domains}
    return recorded(node, {"validation": scores, "test": scores})


def commit(job: Job, tmp_path: Path, nodes: Mapping[str, StageNode]) -> None:
    folder = tmp_path / "weights"
    folder.mkdir(exist_ok=True)
    (folder / "w").write_text("w", "utf-8")
    for node in nodes.values():
        leave(job.store, node, job.setup, record(job, node), folder)
        job.view.learn(node, measured=True)


def test_measurements_hold_all_paths_paired(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    commit(job, tmp_path, tree.by_id)
    orders = [sequence(job, ("sorting", "stories")), sequence(job, ("stories", "sorting"))]
    found = measurements(job, orders, load_records(job, tree))
    assert found is not None
    assert set(found.scores) == {
        (), ("sorting",), ("stories",), ("sorting", "stories"), ("stories", "sorting"),
    }  # fmt: skip
    assert found.scores[()][0].shape == (2, ITEMS)
    assert found.weights.tolist() == [0.5, 0.5]
    gain = found.scores[("sorting",)][0] - found.scores[()][0]
    assert gain == pytest.approx(0.11)


def test_a_seed_without_a_probe_does_not_count(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    lost = next(node for node in tree.nodes if node.seed == 1 and node.path == ("stories",))
    commit(job, tmp_path, {key: node for key, node in tree.by_id.items() if key != lost.id})
    found = measurements(job, [], load_records(job, tree))
    assert found is not None
    assert found.scores[()][0].shape == (1, ITEMS)


def test_without_any_complete_seed_there_are_no_measurements(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    commit(job, tmp_path, {node.id: node for node in tree.nodes if not node.path})
    records = load_records(job, tree)
    assert measurements(job, [], records) is None
    assert profiles(job, records)["stories"].delta_entropy == NOT_PROBED


def test_a_member_waits_for_the_probe_of_its_group(tmp_path: Path) -> None:
    plain = open_job(tiny(), Store.open(str(tmp_path / "store")))
    probing = Probing(groups={"both": ("sorting", "stories")})
    schedule = plain.curriculum.schedule.model_copy(update={"probing": probing})
    curriculum = plain.curriculum.model_copy(update={"schedule": schedule})
    job = open_job(replace(tiny(), curriculum=curriculum), plain.store)
    (base, *_) = grow(job.setup, probe_schedules(curriculum), job.curriculum.seeds).nodes
    found = profiles(job, {base.id: record(job, base)})
    assert {one.delta_entropy.missing for one in found.values()} == {"no seed finished the probe of the domain's group"}


def test_profiles_pair_entropy_by_item(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    commit(job, tmp_path, tree.by_id)
    found = profiles(job, load_records(job, tree))
    assert found["sorting"].delta_entropy.estimate == pytest.approx(-0.5)
    assert found["sorting"].delta_entropy.low == pytest.approx(-0.5)
    assert (found["sorting"].measured, found["stories"].measured) == ("structured", "creative")


def test_entropy_is_measured_beside_scores_on_the_base_and_the_probes(job: Job, tmp_path: Path) -> None:
    commit(job, tmp_path, everything(job).by_id)
    found = measurements(job, (), load_records(job, everything(job)))
    assert found is not None
    assert found.entropy is not None
    assert set(found.entropy.scores) == {(), ("sorting",), ("stories",)}
    assert found.entropy.scores[()][0].shape == (found.seeds, 8)
    changes = found.entropy.mean(("sorting",)) - found.entropy.mean(())
    assert changes == pytest.approx([-0.5, 0.0])


def test_failures_of_unfinished_nodes_only(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    done, lost = tree.nodes[0], tree.nodes[1]
    commit(job, tmp_path, {done.id: done})
    for node in (done, lost):
        job.store.fail(node, job.setup, job.view.suite, Failure(node=node.id, boundary="training", cause="NaN"))
    records = load_records(job, tree)
    assert list(records) == [done.id]
    assert set(load_failures(job, tree, records)) == {lost.id}


def flat(job: Job, node: StageNode) -> Record:
    """A stage whose rewards never varied and moved nothing, and whose model scores otherwise by chance alone."""
    groups = RolloutGroups(count=100, wrong=97, right=3, alike=0)
    health = Health(groups={"stories": groups}, completion_tokens=3.0, truncated=0.0)
    return record(job, node).model_copy(update={"health": health, "moved": False})


def test_a_probe_that_taught_nothing_has_no_effect_and_says_why(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    commit(job, tmp_path, tree.by_id)
    records = load_records(job, tree)
    idle = [node for node in tree.nodes if node.path[-1:] == ("stories",)]
    records |= {node.id: flat(job, node) for node in idle}
    found = measurements(job, [sequence(job, ("sorting", "stories"))], records)
    assert found is not None
    assert found.idle == {"stories": "no group had variance (all wrong 97 %, all right 3 %)"}
    for path in ((), ("sorting",)):
        for before, after in zip(found.scores[path], found.scores[(*path, "stories")], strict=True):
            assert np.array_equal(before, after)
    assert not np.array_equal(found.scores[()][0], found.scores[("sorting",)][0])


def test_a_stage_that_something_else_moved_is_another_model_and_claims_nothing(job: Job, tmp_path: Path) -> None:
    """A penalty, a carried optimizer or rounding: it scored what the model before it scored, and was not that model."""
    tree = everything(job)
    commit(job, tmp_path, tree.by_id)
    records = load_records(job, tree)
    adrift = [node for node in tree.nodes if node.path[-1:] == ("stories",)]
    records |= {node.id: flat(job, node).model_copy(update={"moved": True}) for node in adrift}
    found = measurements(job, [sequence(job, ("sorting", "stories"))], records)
    assert found is not None
    assert found.idle["stories"].startswith("no group had variance (all wrong 97 %, all right 3 %); yet something else")
    for path in ((), ("sorting",)):
        gain = found.scores[(*path, "stories")][1] - found.scores[path][1]
        assert gain == pytest.approx(0.11)
    plan = make_plan(found, job.curriculum, {})
    told = {gain.domain: gain for gain in plan.own_gains}["stories"]
    assert told.gain.value == pytest.approx(0.11)
    assert not told.raised
    assert not plan.identified


def test_a_probe_that_taught_something_with_one_seed_is_credited_with_that(job: Job, tmp_path: Path) -> None:
    tree = everything(job)
    commit(job, tmp_path, tree.by_id)
    records = load_records(job, tree)
    (stuck,) = [node for node in tree.nodes if node.path == ("stories",) and node.seed == 1]
    records[stuck.id] = records[stuck.id].model_copy(update={"moved": False})
    found = measurements(job, [], records)
    assert found is not None
    assert not found.idle
    gain = found.scores[("stories",)][1] - found.scores[()][1]
    assert gain[0] == pytest.approx(0.11)
    assert not gain[1].any()


def test_the_joint_probe_is_read_where_it_was_asked_for_and_all_seeds_have_it(tmp_path: Path) -> None:
    plain = open_job(tiny(), Store.open(str(tmp_path / "store")))
    schedule = plain.curriculum.schedule.model_copy(update={"probing": Probing(joint=True)})
    curriculum = plain.curriculum.model_copy(update={"schedule": schedule})
    asked = open_job(replace(tiny(), curriculum=curriculum), plain.store)
    tree = grow(asked.setup, first_probes(asked.curriculum), asked.curriculum.seeds)
    mixed = [node for node in tree.nodes if node.stage and len(node.stage.mixture) > 1]
    commit(asked, tmp_path, {node.id: node for node in tree.nodes if node not in mixed[1:]})
    incomplete = measurements(asked, [], load_records(asked, tree))
    assert incomplete is not None
    assert incomplete.mixed is None
    commit(asked, tmp_path, {node.id: node for node in mixed})
    found = measurements(asked, [], load_records(asked, tree))
    assert found is not None
    assert found.mixed is not None
    assert [block.shape for block in found.mixed] == [(2, ITEMS), (2, ITEMS)]
    without = measurements(plain, [], load_records(asked, tree))
    assert without is not None
    assert without.mixed is None
