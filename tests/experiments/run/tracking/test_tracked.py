"""Trackers are told of every stage of every schedule once, and nothing hangs on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.executors.inline import InlineExecutor
from experiments.nodes.tree import StageTree, base_node
from experiments.run.tracking.entry import entry_of
from experiments.run.tracking.executor import FILE, Tracked, tracked
from experiments.store import Store
from tests.support.commands import variant, within
from tests.support.nodes import SETUP, ignore, tree_of
from tests.support.tracking import RUN, Kept, full, full_record, job_of


def run(store: Store, tree: StageTree, said: list[str], **trackers: Kept) -> bool:
    """A command of its own; whether all was done."""
    job = job_of(store)
    return Tracked(InlineExecutor(job.view, Resources(), full), job, trackers, said.append).run(tree, ignore).complete


def test_what_is_told_of_a_stage(store: Store) -> None:
    tree = tree_of("sorting stories", steps=120)
    node = tree.nodes[-1]
    entry = entry_of(job_of(store), "given", node, full_record(node))
    assert (entry.project, entry.run, entry.key) == ("tiny", RUN, f"given/{node.slug}")
    assert entry.title == "seed 0: sorting → stories"
    assert entry.measure == "train/reward"
    assert [step for step, _ in entry.curve] == [*range(3, 100, 3), 100]
    assert entry.values["validation/sorting"] == entry.values["validation/total"] == 0.75
    assert entry.values["kl/stories"] == 0.25
    assert entry.values["health/flat_groups"] == 0.25
    assert entry.values["cost/tokens"] == 9
    assert not any("test" in tag for tag in entry.values)
    assert entry.settings["training.steps"] == 120
    assert entry.settings["mixture.stories"] == 1
    assert all(value is None or isinstance(value, str | int | float) for value in entry.settings.values())


def test_a_base_model_has_no_curve(store: Store) -> None:
    base = base_node(SETUP)
    entry = entry_of(job_of(store), "base", base, full_record(base))
    assert (entry.title, entry.curve, entry.steps) == ("base", (), 0)


def test_a_shared_stage_is_a_run_in_each_schedule(store: Store) -> None:
    kept, tree = Kept(), tree_of("a b", "a c")
    assert run(store, tree, [], one=kept)
    told = {(entry.group, entry.title) for entry in kept.entries}
    stages = {("a b", "a"), ("a b", "a → b"), ("a c", "a"), ("a c", "a → c")}
    assert told == {(arm, f"seed 0: {path}") for arm, path in stages} | {("a b", "base"), ("a c", "base")}
    assert len(kept.entries) == len(told)


def test_each_is_told_once_whatever_is_run_again(store: Store) -> None:
    first, second, late = Kept(), Kept(), Kept()
    assert run(store, tree_of("a b"), [], one=first)
    assert run(store, tree_of("a b", "a c"), [], one=second, other=late)
    assert {entry.group for entry in second.entries} == {"a c"}
    # One that is named only now is told of what was finished before.
    assert len(late.entries) == len(first.entries) + len(second.entries)


def test_a_tracker_that_fails_is_one_line_and_no_more(store: Store) -> None:
    said: list[str] = []
    deaf, other = Kept(deaf="a-b"), Kept()
    assert run(store, tree_of("a b c"), said, mlflow=deaf, tensorboard=other)
    assert len(said) == 1
    assert said[0].startswith("warning: mlflow is not told of further stages (ConnectionError: nobody is there).")
    assert [len(deaf.entries), len(other.entries)] == [2, 4]
    mended = Kept()
    assert run(store, tree_of("a b c"), said, mlflow=mended)
    assert [entry.title for entry in mended.entries] == ["seed 0: a → b", "seed 0: a → b → c"]
    assert len(said) == 1


def test_a_garbled_list_is_as_good_as_none(store: Store) -> None:
    store.write_run(RUN, FILE, "[1")
    kept = Kept()
    assert run(store, tree_of("a"), [], one=kept)
    assert len(kept.entries) == 2


def test_stages_of_trials_have_no_schedule_yet(store: Store) -> None:
    kept, tree = Kept(), tree_of("a")
    assert run(store, StageTree(tree.nodes), [], one=kept)
    assert {entry.group for entry in kept.entries} == {"search"}


def test_without_trackers_nothing_stands_between(store: Store) -> None:
    executor = InlineExecutor(job_of(store).view, Resources(), full)
    assert tracked(executor, job_of(store), [].append) is executor
    assert isinstance(tracked(executor, job_of(store, ["wandb"]), [].append), Tracked)


def test_a_package_that_is_missing_is_said_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    file = variant(tmp_path, ("seeds: [0, 1]", "seeds: [0]\nresources: {tracking: [wandb]}"))
    ended = within("validate", file)
    assert ended.returncode == 2
    error = ended.stderr
    assert "resources.tracking[0]: needs the package wandb, which is not installed, got 'wandb'." in error
    assert "pip install 'stagewise[wandb]'." in error
    assert error.count("\n") == 1
