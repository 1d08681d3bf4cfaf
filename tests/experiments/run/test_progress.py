"""experiments/run/progress.py: what is shown on a terminal and elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from experiments.nodes.record import Cost, Failure
from experiments.nodes.tree import StageTree, grow
from experiments.run.experience import cost_kind
from experiments.run.job import Job, open_job
from experiments.run.progress import LiveProgress, _which
from experiments.store import Progress, Store
from scheduler.probing.probes import probe_schedules
from tests.experiments.analysis.notes.test_cut_notes import base as cut_base
from tests.support.recorded_runs import DEMO, nodes_of
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


def test_an_attempt_that_was_lost_is_not_taken_for_what_a_stage_takes(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("experiments.run.progress.time.monotonic", lambda: now[0])
    tree = tree_of(job)
    base = tree.nodes[0]
    learnt: list[float] = []
    with LiveProgress(Console(file=io.StringIO(), width=100), job.view, tree, "Probes", slots=1) as view:
        monkeypatch.setattr(view, "_learn", lambda _, seconds: learnt.append(seconds))
        for seconds, state in ((0, "running"), (600, "waiting"), (600, "running"), (612, "done")):
            now[0] = float(seconds)
            view(base, state)
    assert learnt == [12.0]


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
    (said,) = view.said
    assert said.startswith("sorting: 67 %")
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


def test_a_finished_nodes_record_tells_measuring_from_training(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tree_of(job)
    node = tree.nodes[1]
    clock = Clock(monkeypatch)
    monkeypatch.setattr(
        job.view, "record", lambda node: SimpleNamespace(cost=Cost(train_seconds=5.0, eval_seconds=4.0))
    )
    with LiveProgress(Console(file=io.StringIO()), job.view, tree, "Probes", slots=1) as view:
        view(node, "running")
        clock.now += 10.0
        view(node, "done")
    seen = view.known.seen
    assert (seen.training[cost_kind(node)].amount, seen.measuring.mean, view.known.starts.mean) == (5.0, 4.0, 1.0)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


def beaten(job: Job, seconds: int, clock: Clock, console: Console) -> list[str]:
    """What a log says of a stage of so many seconds that is asked every half second."""
    tree = tree_of(job)
    node = tree.nodes[1]
    with LiveProgress(console, job.view, tree, "Probes", slots=2) as view:
        view(node, "running")
        for half in range(2 * seconds):
            job.store.beat(node, Progress(step=half + 1, steps=2 * seconds + 1, reward=0.25, seconds=half / 2))
            clock.now += 0.5
            view(node, "running")
    return text_of(console).splitlines()[1:]


def test_a_log_hears_once_a_minute_that_a_stage_goes_on(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = beaten(job, 190, Clock(monkeypatch), Console(file=io.StringIO(), width=60))
    assert len(lines) == 3
    assert lines[0] == "  … running: seed 0  sorting, step 120/381, reward 0.250; 0 of 5 ended"


@pytest.mark.slow
def test_a_log_is_not_flooded(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "beat", lambda *_: None)
    assert 25 <= len(beaten(job, 6 * 3600, Clock(monkeypatch), Console(file=io.StringIO(), width=60))) <= 90


def test_a_terminal_has_its_live_view_and_no_such_lines(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    clock = Clock(monkeypatch)
    tree = tree_of(job)
    with LiveProgress(console, job.view, tree, "Probes", slots=2) as view:
        view(tree.nodes[1], "running")
        clock.now += 1000.0
        view(tree.nodes[1], "running")
    assert "… running" not in text_of(console)


def test_a_log_hears_of_the_base_that_is_measured_only(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pretrained base takes no steps: what is known is for how long it runs."""
    console, clock, tree = Console(file=io.StringIO(), width=100), Clock(monkeypatch), tree_of(job)
    with LiveProgress(console, job.view, tree, "Probes", slots=2) as view:
        view(tree.nodes[0], "running")
        clock.now += 125.0
        view(tree.nodes[0], "running")
    assert text_of(console).splitlines()[1] == "  … running: base model, for 2 min; 0 of 5 ended"


def test_what_the_store_holds_tells_how_long_the_rest_takes(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that goes on says it from its first line on."""
    tree = tree_of(job)
    monkeypatch.setattr(job.view, "finished", lambda nodes: {node.id for node in tree.nodes[:3]})
    cost = Cost(train_seconds=8.0, eval_seconds=3.0)
    monkeypatch.setattr(job.view, "record", lambda node: SimpleNamespace(cost=cost))
    with LiveProgress(Console(file=io.StringIO()), job.view, tree, "Probes", slots=1) as view:
        picture = shown(view)
    # Two stages of 11 s.
    assert "left of this part" in picture
    assert view.known.stored.measuring.mean == pytest.approx(3.0)


def test_a_merge_is_named_by_its_sources() -> None:
    first = next(node for node in nodes_of(DEMO) if node.merge and len(node.sources) > 1)
    assert _which(first) == "seed 0  linear merge of gcd and sorting and stories"
    alone = next(node for node in nodes_of(DEMO) if node.merge and len(node.sources) == 1)
    assert _which(alone).endswith("of the way from the base of gcd+sorting+stories")
