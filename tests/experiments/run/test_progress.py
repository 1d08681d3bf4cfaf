"""experiments/progress.py: what is shown on a terminal and elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from experiments.nodes.record import Cost, Failure
from experiments.nodes.tree import StageTree, grow
from experiments.run.job import Job, open_job
from experiments.run.progress import LiveProgress, Rates, rough_duration
from experiments.store import Progress, Store
from scheduler.probing.probes import probe_schedules
from tests.experiments.analysis.notes.test_cut_notes import base as cut_base
from tests.support.tiny import tiny


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return open_job(tiny(), Store.open(str(tmp_path / "store")))


def tree_of(job: Job) -> StageTree:
    return grow(job.setup, probe_schedules(job.curriculum), job.curriculum.seeds)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(view: LiveProgress, **size: int) -> str:
    console = Console(file=io.StringIO(), **({"width": 100, "height": 30} | size))
    view.console = console
    console.print(view.render())
    return text_of(console)


def test_elsewhere_one_line_per_finished_node(job: Job) -> None:
    console = Console(file=io.StringIO(), width=100)
    tree = tree_of(job)
    base, probe = tree.nodes[0], tree.nodes[1]
    with LiveProgress(console, job.view, tree, "Probes", slots=2) as view:
        for node in (base, probe):
            view(node, "running")
            view(node, "done")
    lines = text_of(console).splitlines()
    assert lines[0] == "Probes: the base model and 4 stages to run"
    assert lines[1].startswith("  [1/5] base model  done")
    assert lines[2].startswith("  [2/5] seed 0  sorting  done")
    assert "left" in lines[2]


@pytest.mark.parametrize("terminal", [True, False])
def test_why_a_stage_failed_is_said_when_it_fails(job: Job, terminal: bool) -> None:
    """Also where the disk is full, so that the store could not note it, and where an earlier attempt left its cause."""
    tree = tree_of(job)
    node = tree.nodes[1]
    cause = "domain sorting: rewards.py:12:\nKeyError: [bold]no[/]"
    console = Console(file=io.StringIO(), width=100, force_terminal=terminal, color_system=None)
    job.store.fail(node, job.setup, job.view.suite, Failure(node=node.id, boundary="worker", cause="out of memory"))
    with LiveProgress(console, job.view, tree, "Probes", slots=1) as view:
        view(node, "running")
        job.view.fail(node, Failure(node=node.id, boundary="reward", cause=cause))
        view(node, "failed")
        assert "seed 0  sorting  failed  0 s: reward: domain sorting: rewards.py:12: KeyError: [bold]no[/]" in text_of(
            console
        )
        assert "out of memory" not in text_of(console)


def test_a_cause_that_the_store_could_not_note_is_known_here(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tree_of(job).nodes[1]
    monkeypatch.setattr(Store, "fail", lambda *_: None)
    job.view.fail(node, Failure(node=node.id, boundary="reward", cause="no"))
    assert job.view.failure(node).cause == "no"
    assert job.store.failure(node, job.view.suite) is None


@pytest.mark.parametrize("terminal", [True, False])
def test_a_base_whose_answers_are_cut_off_is_told_of_at_once(
    job: Job, terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tree_of(job).nodes[0]
    found = cut_base([True, True, False])
    monkeypatch.setattr(job.view, "record", lambda node: found)
    console = Console(file=io.StringIO(), width=200, force_terminal=terminal, color_system=None)
    with LiveProgress(console, job.view, tree_of(job), "Probes", slots=1) as view:
        view(base, "running")
        view(base, "done")
    assert "Note: sorting: 67 % of the base model's answers were cut at max_tokens 12; raise" in text_of(console)


def test_a_running_node_shows_step_and_reward(job: Job) -> None:
    tree = tree_of(job)
    node = tree.nodes[1]
    with LiveProgress(Console(file=io.StringIO()), job.view, tree, "Probes", slots=1) as view:
        job.store.beat(node, Progress(step=3, steps=4, reward=0.25, seconds=1.0))
        view(node, "running")
        picture = shown(view)
    assert "seed 0  sorting" in picture
    assert "step 3/4" in picture
    assert "reward 0.250" in picture
    assert "1 running, 4 waiting" in picture


def test_what_does_not_fit_is_counted_and_running_nodes_stay(job: Job) -> None:
    tree = grow(job.setup, probe_schedules(job.curriculum), range(20))
    last = tree.nodes[-1]
    with LiveProgress(Console(file=io.StringIO()), job.view, tree, "Probes", slots=1) as view:
        view(last, "running")
        picture = shown(view, height=12)
    assert len(picture.splitlines()) <= 12
    assert "◐ seed 19" in picture
    assert "more" in picture


def test_what_is_left_counts_steps_and_measurements_over_the_slots(job: Job) -> None:
    rates, nodes = Rates(), list(tree_of(job).nodes)
    base, *stages = nodes
    nothing: set[str] = set()
    assert rates.left(nodes, nothing, 1) is None
    rates.learn(base, 30.0, 3.0, trained=False)
    assert rates.left([base], nothing, 1) == pytest.approx(3.0)
    assert rates.left(stages, nothing, 1) is None
    rates.learn(stages[0], 11.0, 3.0, trained=False)
    # Four stages of as many steps, each of them measured.
    assert rates.left(stages, nothing, 1) == pytest.approx(4 * (8.0 + 3.0))
    assert rates.left(stages, nothing, 2) == pytest.approx(2 * (8.0 + 3.0))
    # Those that are trained are still to be measured; those that nobody measures are only trained.
    assert rates.left(stages, {stages[0].id, stages[1].id}, 1) == pytest.approx(2 * 8.0 + 4 * 3.0)
    silent = [node.model_copy(update={"measured": False}) for node in stages]
    assert rates.left(silent, nothing, 1) == pytest.approx(4 * 8.0)
    rates.learn(stages[1], 5.0, 5.0, trained=True)
    assert rates.left(stages[:1], {stages[0].id}, 1) == pytest.approx((3.0 + 3.0 + 5.0) / 3)


def test_a_finished_nodes_record_tells_measuring_from_training(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tree_of(job)
    node = tree.nodes[1]
    clock = iter([0.0, 10.0, 10.0, 10.0])
    monkeypatch.setattr("experiments.run.progress.time.monotonic", lambda: next(clock))
    monkeypatch.setattr(job.view, "record", lambda node: SimpleNamespace(cost=Cost(eval_seconds=4.0)))
    with LiveProgress(Console(file=io.StringIO()), job.view, tree, "Probes", slots=1) as view:
        view(node, "running")
        view(node, "done")
        assert (view.rates.training, view.rates.measuring) == (6.0, 4.0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (12000, "3 h 20 min")]
)
def test_duration(seconds: float, words: str) -> None:
    assert rough_duration(seconds) == words
