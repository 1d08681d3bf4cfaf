"""What is read from the store for people to read: of the right models, and whole or not at all."""

from __future__ import annotations

import pytest

from curricula.stage import Schedule, Stage
from experiments.measures.suite import suite_of
from experiments.nodes.outputs import Marked, Output, write_rows
from experiments.nodes.record import Measurement
from experiments.nodes.tree import base_node, reading_chains
from experiments.run.job import job_at
from experiments.run.reading.said import completions
from experiments.store import Store
from scheduler.arms import main_arm
from tests.support.records import PROVENANCE
from tests.support.tiny import tiny


@pytest.fixture
def job(tmp_path):
    return job_at(tiny(), Store.open(str(tmp_path / "store")))


def arms(job):
    stage = Stage(mixture={"sorting": 1.0}, training=job.curriculum.training)
    mixed = Stage(mixture={"sorting": 0.5, "stories": 0.5}, training=job.curriculum.training)
    main = Schedule(name=main_arm(job.curriculum), role="main", stages=(stage,), order=("sorting",))
    return main, Schedule(name="joint", role="joint", stages=(mixed,), composition="joint")


def end(job, arm, seed):
    return reading_chains(job.setup, arm, seed)[-1][-1]


def leave(job, node, folder, score, parsed="3"):
    """What a worker would have left of one node."""
    folder.mkdir(exist_ok=True)
    files = {}
    for task in suite_of(job.setup).tasks:
        if (task.split, task.kind) == ("test", "answers"):
            items = [
                (item, sample) for item in job.prepared.data[task.domain]["test"] for sample in range(task.samples or 1)
            ]
            rows = [Output(item=item.id, sample=at, text=f"by {node.label}", count=1) for item, at in items]
            marks = [Marked(item=item.id, sample=at, score=score, parsed=parsed) for item, at in items]
            for key, found in ((task.key, rows), (f"{task.domain}-test-marks", marks)):
                files[key] = f"{key}.jsonl.gz"
                write_rows(folder / files[key], found)
    suite = suite_of(job.setup).id
    job.store.keep(
        node,
        Measurement(node=node.id, suite=suite, scores={}, outputs=files, seconds=0.0, provenance=PROVENANCE),
        folder,
    )


def test_the_first_seed_with_all_three_models_is_shown(job, tmp_path):
    main, joint = arms(job)
    nodes = [base_node(job.setup), end(job, main, 0), end(job, main, 1), end(job, joint, 1)]
    for at, node in enumerate(nodes):
        leave(job, node, tmp_path / str(at), float(at != 0), None)
    found = completions(job, (main, joint), dict.fromkeys((node.id for node in nodes), None))
    assert list(found) == ["sorting", "stories"]
    assert {one.seed for one in found.values()} == {1}
    won = next(one for one in found["sorting"].groups if (one.name, one.against) == ("won", "base"))
    assert won.count == 24
    said = {one.model: one.answers[0].text for one in won.shown[0].answered}
    assert said == {"base": "by base", "joint": "by sorting+stories", main.name: "by sorting"}
    assert won.shown[0].prompt == job.prepared.data["sorting"]["test"][0].prompt


def test_without_joint_training_the_base_is_compared_with(job, tmp_path):
    main, joint = arms(job)
    nodes = [base_node(job.setup), end(job, main, 0)]
    for at, node in enumerate(nodes):
        leave(job, node, tmp_path / str(at), 1.0)
    found = completions(job, (main, joint), dict.fromkeys((node.id for node in nodes), None))
    assert [(one.name, one.against) for one in found["sorting"].groups if one.against] == [
        ("lost", "base"),
        ("won", "base"),
    ]


def test_nothing_is_shown_before_the_main_arm_has_finished(job):
    assert completions(job, arms(job), {base_node(job.setup).id: None}) == {}
    assert completions(job, (), {}) == {}


def test_what_is_damaged_is_said_and_costs_the_report_nothing(job, tmp_path):
    main, joint = arms(job)
    nodes = [base_node(job.setup), end(job, main, 0)]
    for at, node in enumerate(nodes):
        leave(job, node, tmp_path / str(at), 1.0)
    (file,) = (tmp_path / "store").glob(f"nodes/{nodes[1].slug}/*/sorting-test-marks.jsonl.gz")
    file.write_bytes(file.read_bytes()[:-20])
    found = completions(job, (main, joint), dict.fromkeys((node.id for node in nodes), None))
    assert found["sorting"].missing == f"what {main.name} said cannot be read from the store"
    assert found["stories"].missing is None
