"""experiments/run/estimating: estimate.py, pace.py and timed_trial.py: what a run will cost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from curricula.guards import Guards
from curricula.loader import load_curriculum
from curricula.stage import Stage, Training
from domains.endpoints import EndpointSpec
from domains.errors import StageError, StoreError
from domains.rewards.judge import JudgeReward
from experiments.measures.suite import suite_of
from experiments.nodes.record import Cost, DomainScore, Record
from experiments.nodes.tree import StageNode, grow
from experiments.run.estimating.estimate import estimate
from experiments.run.estimating.pace import Pace, at_once, pace_of
from experiments.run.estimating.peak import peak_of
from experiments.run.estimating.questions import of_node
from experiments.run.estimating.timed_trial import MOST, timed_kinds, trial
from experiments.run.job import Job, Prepared, job_at, prepare_data
from experiments.run.remaining import Range
from experiments.store import Store
from scheduler.probing.probes import probe_schedules
from tests.support.commands import variant
from tests.support.nodes import leave
from tests.support.records import PROVENANCE
from tests.support.tiny import tiny

pytestmark = pytest.mark.slow
MIX = Stage(mixture={"sorting": 1.0, "stories": 1.0}, training=Training(steps=4, prompts=4, rollouts=4))
ALONE = "joint: false, joint_tuned: false, joint_probes: false, joint_weighted: false, joint_budgets: []"


def record(path: tuple[str, ...], **cost: float) -> Record:
    return Record(
        node="",
        parent=None,
        seed=0,
        label="",
        path=path,
        scores={"test": {"a": DomainScore(items=(1.0,))}},
        cost=Cost(**cost),
        provenance=PROVENANCE,
    )


def test_pace_is_seconds_over_steps() -> None:
    done = [
        record((), steps=10, train_seconds=5.0, eval_seconds=9.0),
        record(("a",), steps=4, train_seconds=4.0, eval_seconds=2.0),
        record(("a", "b"), steps=6, train_seconds=16.0, eval_seconds=4.0),
    ]
    assert pace_of(done, "x") == Pace(step=2.0, warmup_step=0.5, evaluation=3.0, source="x")
    assert pace_of(done[:1], "x") is None
    # What is only a step on the way is not evaluated.
    way = record(("a",), steps=4, train_seconds=8.0).model_copy(update={"scores": {}})
    assert pace_of([*done, way], "x").evaluation == 3.0


def test_worker_seconds_add_up() -> None:
    prepared = tiny()
    tree = grow(prepared.setup, probe_schedules(prepared.curriculum), (0,))
    pace = Pace(step=2.0, warmup_step=0.5, evaluation=3.0, source="")
    assert pace.worker_seconds(tree.nodes, len(tree.nodes), prepared) == pytest.approx(
        120 * 0.5 + 2 * 4 * 2.0 + 3 * 3.0
    )


def test_what_follows_one_another_bounds_the_time_on_many_workers() -> None:
    """A 64th of all work was promised on 64 workers, however long the chain."""
    prepared = tiny()
    tree = grow(prepared.setup, probe_schedules(prepared.curriculum), (0,))
    pace = Pace(step=2.0, warmup_step=0.5, evaluation=3.0, source="")
    everything = pace.worker_seconds(tree.nodes, len(tree.nodes), prepared)
    path = pace.path_seconds(tree.nodes, tree.nodes, prepared)
    # The base, then one of two probes, which is then measured.
    assert path == pytest.approx(120 * 0.5 + 4 * 2.0 + 3.0)
    assert at_once(everything, path, 1) == Range(everything, everything)
    many = at_once(everything, path, 64)
    assert many.low == path
    assert path < many.high < everything
    # Of what is trained already only the measuring is left.
    assert pace.path_seconds(tree.nodes, (), prepared) == pytest.approx(3.0)


def test_counts_hold_for_every_plan_and_finished_nodes_set_the_pace(tmp_path: Path) -> None:
    prepared = tiny()
    store = Store.open(str(tmp_path / "store"))
    job = job_at(prepared, store)
    tree = grow(job.setup, probe_schedules(job.curriculum), (0,))
    folder = tmp_path / "weights"
    folder.mkdir()
    for node in tree.nodes:
        done = record(node.path, steps=4, train_seconds=8.0, eval_seconds=1.0)
        leave(store, node, job.setup, done.model_copy(update={"node": node.id}), folder)
    found = estimate(prepared, store)
    assert found.probe_stage_runs == 4
    low, high = found.stage_runs
    assert 4 <= low <= high < found.stage_runs_unshared[1]
    assert found.finished == 3
    assert found.pace is not None
    assert found.pace.step == 2.0
    assert "3 finished nodes" in found.pace.source


def test_a_trial_times_real_steps_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pace = trial(tiny(), stages=[MIX])
    assert pace is not None
    assert pace.step > 0
    assert pace.evaluation > 0
    # Torch makes a cache of its own where it is loaded first.
    assert [one.name for one in tmp_path.iterdir() if not one.name.startswith("torchinductor")] == []


def on(*names: str, method: str = "grpo", steps: int = 1) -> Stage:
    return Stage(mixture=dict.fromkeys(names, 1.0), training=Training(method=method, steps=steps))  # type: ignore[arg-type]


def test_what_is_timed_is_what_the_run_trains() -> None:
    """One of its kinds of stages each, the widest of a method, by the steps that these stand for."""
    sorting, stories = on("sorting", steps=2), on("stories", steps=6)
    assert timed_kinds([sorting, stories, sorting], tiny()) == [(sorting, 4), (stories, 6)]
    both, taught = on("sorting", "stories", steps=3), on("stories", method="sft", steps=5)
    assert timed_kinds([both, sorting, stories], tiny()) == [(both, 11)]
    assert timed_kinds([both, sorting, taught], tiny()) == [(both, 5), (taught, 5)]


def test_of_many_kinds_those_with_the_longest_completions_are_timed() -> None:
    spec = tiny().curriculum.domains["sorting"]
    domains = {f"d{size}": spec.model_copy(update={"max_tokens": size}) for size in (5, 9, 3, 8, 2, 7)}
    many = replace(tiny(), curriculum=tiny().curriculum.model_copy(update={"domains": domains}))
    found = [stage.label for stage, _ in timed_kinds([on(name) for name in domains], many)]
    assert found == ["d5", "d7", "d8", "d9"]
    assert len(found) == MOST


def test_a_step_is_the_mean_over_all_steps_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds_of = {("sorting",): 1.0, ("stories",): 4.0}

    def cost(_: object, node: StageNode, parent: StageNode | None) -> Cost:
        return Cost(eval_seconds=1.0, step_seconds=seconds_of.get(node.path, 0.0))

    monkeypatch.setattr("experiments.run.estimating.timed_trial._cost", cost)
    pace = trial(tiny(), stages=[on("sorting", steps=2), on("stories", steps=1)])
    assert pace is not None
    assert pace.step == pytest.approx(2.0)


def test_no_mixture_is_tried_that_the_run_does_not_train(tmp_path: Path) -> None:
    """The longest completion of one domain fits behind its own prompts, and not behind the other's."""
    file = variant(
        tmp_path,
        ("context: 96", "context: 64"),
        ("max_tokens: 16", "max_tokens: 45"),
        ("baselines: {random_orders: 1}", f"baselines: {{random_orders: 0, {ALONE}, compositions: []}}"),
        ("training:", "schedule: {composition: sequential}\ntraining:"),
    )
    prepared = prepare_data(load_curriculum(file), file)
    with pytest.raises(StageError, match="an item needs"):
        trial(prepared, stages=[Stage(mixture=MIX.mixture, training=prepared.curriculum.training)])
    found = estimate(prepared, None)
    assert found.untimed is None
    assert found.pace is not None
    assert found.pace.step > 0


@pytest.mark.parametrize("error", [StageError("training", "it broke"), StoreError("it broke"), OSError("it broke")])
def test_a_trial_that_fails_leaves_the_estimate(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Cost:
        raise error

    monkeypatch.setattr("experiments.run.estimating.timed_trial._cost", fails)
    found = estimate(tiny(), None)
    assert found.pace is found.worker_seconds is None
    assert found.untimed is not None
    assert found.untimed.startswith("a trial of a few steps failed, as a stage of the run may: ")
    assert "it broke" in found.untimed


def test_a_reward_that_fails_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Cost:
        raise StageError("reward", "it broke")

    monkeypatch.setattr("experiments.run.estimating.timed_trial._cost", fails)
    with pytest.raises(StageError, match="it broke"):
        estimate(tiny(), None)


def test_measuring_is_timed_on_a_stage_and_not_on_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base is not compared with itself, and what runs first pays for what is loaded."""

    def cost(_: object, node: StageNode, parent: StageNode | None) -> Cost:
        return Cost(eval_seconds=1.0 if parent is None else 5.0, step_seconds=2.0)

    monkeypatch.setattr("experiments.run.estimating.timed_trial._cost", cost)
    pace = trial(tiny(), stages=[MIX])
    assert pace is not None
    assert (pace.step, pace.warmup_step) == (2.0, 2.0)
    # Two domains with two splits: of each item four answers and a reference, of eight a sample and a divergence.
    assert pace.evaluation == pytest.approx(5.0 * (5 * 24 + 16) / (5 * 10 + 16))
    assert pace.question == pytest.approx(5.0 / (4 * (5 * 10 + 16)))


def guarded(**guards: object) -> Training:
    training = tiny().curriculum.training
    return training.model_copy(update={"guards": Guards.model_validate(guards)})


def seconds(training: Training) -> float:
    prepared = tiny()
    curriculum = prepared.curriculum.model_copy(update={"training": training})
    tree = grow(prepared.setup, probe_schedules(curriculum), (0,))
    return Pace(step=2.0, warmup_step=0.5, evaluation=3.0, question=0.1, source="").worker_seconds(
        tree.nodes, len(tree.nodes), replace(prepared, curriculum=curriculum)
    )


def test_what_guards_measure_is_counted() -> None:
    """Two probes of four steps: at the start and at each step, eight items of two domains, four answers and a
    reference."""
    plain, spot = seconds(guarded()), seconds(guarded(sweet_spot={"points": 10, "items": 8}))
    assert spot - plain == pytest.approx(0.1 * 2 * 5 * 2 * 8 * 5)
    band = seconds(guarded(pass_rate={"samples": 4, "items": 50}))
    assert band - plain == pytest.approx(0.1 * 2 * 4 * 50)


def test_what_is_asked_about_answers_is_counted() -> None:
    setup, sizes = tiny().setup, tiny().sizes
    asked = setup.model_copy(
        update={"evaluation": setup.evaluation.model_copy(update={"inquiries": ("confidence",), "inquiry_items": 7})}
    )
    assert of_node(asked, sizes, {}) == of_node(setup, sizes, {}) + 2 * 7


OPTIONS = """
name: chosen
model: {type: scratch, context: 256}
domains:
  metals:
    kind: structured
    source: {type: file, path: metals.jsonl}
    prompt: "{question}"
    options: choices
    rewards: [{type: exact}]
  other: {kind: creative, source: {type: stories}, rewards: [{type: creative}]}
training: {method: sft, steps: 2}
evaluation: {test: 10, validation: 10}
"""


def chosen(folder: Path, sizes: tuple[int, int], *, options: bool = True) -> Prepared:
    """Test items have as many options as `sizes` say, in turns, all of which but the right one are long."""
    rows = [
        {
            "question": f"{at}?",
            "choices": ["iron", *(f"{'w' * 200}{n}" for n in range(sizes[at % 2] - 1))],
            "answer": "iron",
        }
        for at in range(60)
    ]
    (folder / "metals.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    file = folder / "chosen.yaml"
    file.write_text(OPTIONS if options else OPTIONS.replace("    options: choices\n", ""), "utf-8")
    return prepare_data(load_curriculum(file), file)


def test_of_multiple_choice_every_option_is_counted_and_the_longest_is_read(tmp_path: Path) -> None:
    plain, four = chosen(tmp_path, (4, 4), options=False), chosen(tmp_path, (4, 4))
    assert (plain.options, four.options) == ({}, {"metals": 40})
    asked = of_node(plain.setup, plain.sizes, plain.options)
    assert of_node(four.setup, four.sizes, four.options) == asked + 40
    both = [peak_of(one, grow(one.setup, probe_schedules(one.curriculum), (0,)).nodes) for one in (plain, four)]
    assert both[0] is not None and both[1] is not None
    assert both[1].evaluation > both[0].evaluation, "the right option is short, and the others are read too"


def test_a_trial_is_not_stopped_by_a_guard() -> None:
    """An untrained model solves no prompt, which would end the stage with an error."""
    prepared = tiny()
    curriculum = prepared.curriculum.model_copy(update={"training": guarded(pass_rate={"low": 0.5, "high": 0.9})})
    mix = MIX.model_copy(update={"training": curriculum.training})
    assert trial(replace(prepared, curriculum=curriculum), stages=[mix]) is not None


def test_a_judge_is_not_paid_for_a_trial() -> None:
    prepared = tiny()
    judge = JudgeReward(type="judge", url="http://localhost:1/v1", model="m", rubric="x")
    spec = prepared.curriculum.domains["sorting"].model_copy(update={"rewards": (judge,)})
    domains = {**prepared.curriculum.domains, "sorting": spec}
    judged = replace(prepared, curriculum=prepared.curriculum.model_copy(update={"domains": domains}))
    assert trial(judged, stages=[MIX]) is None


def test_a_paraphraser_is_not_paid_for_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else is asked about answers is."""
    prepared, asked = tiny(), []
    who = EndpointSpec(url="http://localhost:1/v1", model="m", patience=0.0)
    changes = {"inquiries": ("confidence", "paraphrase"), "inquiry_items": 4, "paraphraser": who}
    evaluation = prepared.curriculum.evaluation.model_copy(update=changes)
    spec = prepared.curriculum.domains["sorting"].model_copy(update={"final": "So "})
    domains = {**prepared.curriculum.domains, "sorting": spec}
    curriculum = prepared.curriculum.model_copy(update={"evaluation": evaluation, "domains": domains})

    def cost(job: Job, *_: object) -> Cost:
        asked.extend(task.kind for task in suite_of(job.setup).tasks)
        return Cost(train_seconds=1.0, eval_seconds=1.0, step_seconds=1.0)

    monkeypatch.setattr("experiments.run.estimating.timed_trial._cost", cost)
    assert trial(replace(prepared, curriculum=curriculum), stages=[MIX]) is not None
    assert "confidence" in asked
    assert "paraphrase" not in asked
