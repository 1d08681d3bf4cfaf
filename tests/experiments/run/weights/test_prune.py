"""Pruning frees weights and nothing else; what needs them afterwards trains them again, and nothing else does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.schema import Resources
from curricula.schema.resources import Keep
from domains.errors import StoreError
from experiments.executors.inline import InlineExecutor
from experiments.measures.suite import suite_of
from experiments.nodes.tree import StageTree
from experiments.run.noted import FILE, Noted, NotedNode
from experiments.run.weights.prune import plan_pruning, prune, retain
from experiments.store import Store
from experiments.store.freeing import free, litter
from experiments.store.halfway import halfway_litter, keep_halfway
from experiments.store.lease import FOLDER, Lease, using
from tests.support.commands import within
from tests.support.nodes import SETUP, arithmetic, attempts, ignore, results, tree_of, uninterrupted, view_of
from tests.support.properties import examples

RUN = "test-00000000"


def run(store: Store, tree: StageTree, **more: object) -> None:
    executor = InlineExecutor(view_of(store), Resources(), arithmetic)
    assert executor.run(tree, ignore, **more).complete  # type: ignore[arg-type]


def note(store: Store, tree: StageTree, *tried: str) -> None:
    """`tried`: last domains of the nodes that only trials of a search asked for."""
    nodes = tuple(
        NotedNode(slug=node.slug, seed=node.seed, path=node.path, tried=bool(node.path) and node.path[-1] in tried)
        for node in tree.nodes
    )
    store.write_run(RUN, FILE, Noted(curriculum="test", nodes=nodes).model_dump_json())


def as_if_whole(store: Store, tree: StageTree, whole: dict[str, object]) -> bool:
    """Whether records, and weights as far as they are there, are those of a store that nothing was taken from."""
    there = StageTree(tuple(node for node in tree.nodes if store.has_weights(node)))
    records = {node.slug: view_of(store).record(node) for node in tree.nodes}
    return records == {slug: both[0] for slug, both in whole.items()} and results(store, there).items() <= whole.items()  # type: ignore[index]


def freed(store: Store) -> set[tuple[str, ...]]:
    return {store.training(node).path for node in tree_of("a b c", "a c").nodes if node.slug in store.freed()}


@pytest.mark.parametrize(
    ("keep", "gone"),
    [("all", set()), ("ends", {("a",), ("a", "b")}), ("none", {("a",), ("a", "b"), ("a", "b", "c"), ("a", "c")})],
)
def test_what_goes_by_each_rule(store: Store, keep: Keep, gone: set[tuple[str, ...]]) -> None:
    tree = tree_of("a b c", "a c")
    run(store, tree)
    note(store, tree)
    before = results(store, tree)
    found = plan_pruning(store, keep)
    assert found.bytes == 64 * len(gone)
    prune(store, found)
    assert freed(store) == gone
    assert all(view_of(store).has(node) for node in tree.nodes)
    assert as_if_whole(store, tree, before)


def test_of_the_best_arm_the_ends_stay(store: Store) -> None:
    tree = tree_of("a b c", "a c")
    run(store, tree)
    rows = [
        {"id": node.id, "parent": node.parent, "arms": ["one"] if node.path[:2] != ("a", "c") else ["other"]}
        for node in tree.nodes
    ]
    scores = {"one": {"total": {"estimate": 0.5}}, "other": {"total": {"estimate": 0.4}}, "base": {}}
    report = {"scores": scores, "arms": {"one": {}, "other": {}}, "tree": rows}
    del scores["base"]
    store.write_run(RUN, "report.json", json.dumps(report))
    prune(store, plan_pruning(store, "best"))
    assert freed(store) == {("a",), ("a", "b"), ("a", "c")}


def test_an_unfinished_run_keeps_all_that_it_asked_for(store: Store) -> None:
    run(store, tree_of("a b"))
    note(store, tree_of("a b", "a c"))
    found = plan_pruning(store, "none")
    assert (found.nodes, found.unfinished) == ((), (RUN,))


def test_work_in_progress_goes_unless_an_unfinished_run_asks_for_its_stage(store: Store, tmp_path: Path) -> None:
    run(store, tree_of("a b"))
    begun = {node.slug: node for node in tree_of("a c", "b").nodes if not store.has_weights(node)}
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "model.safetensors").write_bytes(b"1")
    wanted = next(node for node in begun.values() if node.path == ("b",))
    nodes = [*begun.values(), tree_of("a").nodes[-1]]
    for node in nodes:
        keep_halfway(store, node, tmp_path / "saved", {})
    note(store, tree_of("a b", "b"))
    prune(store, plan_pruning(store, "all"))
    assert [bool(halfway_litter(store, node.slug)) for node in nodes] == [node == wanted for node in nodes]


def test_where_a_search_does_not_say_its_best_by_nodes_its_ends_stay(store: Store) -> None:
    """It wrote search.json and no report.json."""
    tree = tree_of("a b c", "a c")
    run(store, tree)
    note(store, tree)
    prune(store, plan_pruning(store, "best"))
    assert freed(store) == {("a",), ("a", "b")}


def test_a_search_that_has_not_ended_keeps_what_its_trials_begin_from(store: Store) -> None:
    """Between two trials nothing that it asked for is missing, and yet it goes on from there."""
    run(store, tree_of("a b c", "a c"))
    note(store, tree_of("a b c", "a c"), "c")
    found = plan_pruning(store, "none")
    assert (found.nodes, found.unfinished) == ((), (RUN,))
    store.write_run(RUN, "search.json", "{}")
    assert {node.path for node in plan_pruning(store, "none").nodes} == {
        ("a",),
        ("a", "b"),
        ("a", "b", "c"),
        ("a", "c"),
    }


def test_of_a_search_that_ended_the_ends_of_trials_are_not_its_best(store: Store) -> None:
    run(store, tree_of("a b c", "a c", "b"))
    note(store, tree_of("a b c", "a c", "b"), "c")
    store.write_run(RUN, "search.json", "{}")
    assert {node.path for node in plan_pruning(store, "best").nodes} == {
        ("a",),
        ("a", "b"),
        ("a", "b", "c"),
        ("a", "c"),
    }
    assert {node.path for node in plan_pruning(store, "ends").nodes} == {("a",), ("a", "b")}


def test_at_the_end_of_a_run_only_what_no_other_asked_for_goes(store: Store) -> None:
    run(store, tree_of("a b c", "a c"))
    note(store, tree_of("a b c", "a c"))
    other = tuple(NotedNode(slug=node.slug, seed=node.seed, path=node.path) for node in tree_of("a c").nodes)
    store.write_run("other-00000000", FILE, Noted(curriculum="other", nodes=other).model_dump_json())
    store.files.write("nodes/somebody/halfway.json", "{}")
    with using(store.files, "run", unless="prune"):
        assert retain(store, "none", RUN) is None
    assert not store.freed()
    found = retain(store, "none", RUN)
    assert found is not None
    assert freed(store) == {("a", "b"), ("a", "b", "c")}
    assert (found.bytes, len(found.nodes), found.kept) == (128, 2, 3)
    assert store.files.exists("nodes/somebody/halfway.json")


def test_a_finished_run_trains_nothing_after_pruning(store: Store) -> None:
    tree = tree_of("a b c", "a c")
    run(store, tree)
    prune(store, plan_pruning(store, "none"))
    before = attempts(store)
    run(store, tree)
    assert attempts(store) == before


def test_a_new_stage_trains_again_what_it_begins_from_and_no_more(store: Store, tmp_path: Path) -> None:
    run(store, tree_of("a b c", "a c"))
    prune(store, plan_pruning(store, "none"))
    larger = tree_of("a b c", "a c", "a b a")
    run(store, larger)
    twice = {slug for slug, times in attempts(store).items() if times == 2}
    assert twice == {node.slug for node in larger.nodes if node.path in (("a",), ("a", "b"))}
    assert as_if_whole(store, larger, uninterrupted(tmp_path / "other", larger))


def test_a_stage_that_joins_later_finds_its_parent_again(store: Store, tmp_path: Path) -> None:
    run(store, tree_of("a b"))
    prune(store, plan_pruning(store, "none"))
    larger, told = tree_of("a b", "a b c"), []

    def feed(node: object, state: object) -> list[object]:
        told.append(node.slug)  # type: ignore[attr-defined]
        return [child for child in larger.nodes if child.parent == node.id]  # type: ignore[attr-defined]

    run(store, StageTree(larger.nodes[:1]), feed=feed)
    assert sorted(told) == sorted(node.slug for node in larger.nodes)
    assert as_if_whole(store, larger, uninterrupted(tmp_path / "other", larger))


@pytest.mark.slow
@examples(12)
@given(st.data())
def test_whatever_is_pruned_any_run_ends_as_if_nothing_was(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    orders = ("a b c", "a c b", "b a", "c")
    first = data.draw(st.lists(st.sampled_from(orders), min_size=1, unique=True))
    then = data.draw(st.lists(st.sampled_from(orders), min_size=1, unique=True))
    store = Store.open(str(tmp_path_factory.mktemp("some")))
    run(store, tree_of(*first))
    for node in tree_of(*first).nodes[1:]:
        if data.draw(st.booleans()):
            free(store, node)
    run(store, tree_of(*then))
    assert as_if_whole(store, tree_of(*then), uninterrupted(tmp_path_factory.mktemp("other"), tree_of(*then)))


def test_weights_that_come_out_otherwise_are_measured_again(store: Store, tmp_path: Path) -> None:
    tree = tree_of("a")
    run(store, tree)
    (node,) = tree.nodes[1:]
    suite, record = suite_of(SETUP).id, store.training(node)
    for content, measured in ((None, True), (b"other", False)):
        free(store, node)
        folder = tmp_path / str(content)
        folder.mkdir()
        if content:
            (folder / "model.safetensors").write_bytes(content)
        assert store.commit(node, SETUP, record, folder)
        assert store.has(node, suite) == measured


@pytest.mark.parametrize("after", [1, 2])
def test_an_interrupted_pruning_is_finished_by_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """After the note, and after the record is gone too."""
    run(store, tree_of("a"))
    (node,) = tree_of("a").nodes[1:]
    removed: list[str] = []
    files = type(store.files)
    remove = files.remove

    def interrupted(own: object, name: str) -> None:
        if len(removed) == after - 1:
            raise KeyboardInterrupt
        removed.append(name)
        remove(own, name)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files, "remove", interrupted)
        free(store, node)
    assert view_of(store).has(node)
    assert view_of(store).has_weights(node) == (after == 1)
    assert len(litter(store, node)) == after - 1
    prune(store, plan_pruning(store, "none"))
    assert not store.files.folders(f"nodes/{node.slug}") or not litter(store, node)
    assert not any(name.startswith("attempt-") for name in store.files.folders(f"nodes/{node.slug}"))


def refused(store: Store, why: str, **use: Any) -> None:
    with pytest.raises(StoreError, match=why), using(store.files, **use):
        raise AssertionError


def test_nobody_prunes_under_a_run_nor_runs_under_a_pruning(store: Store) -> None:
    running, pruning = ({"use": "run", "unless": "prune"}, {"use": "prune", "unless": "run"})
    with using(store.files, **running), using(store.files, **running):  # type: ignore[arg-type]
        refused(store, "runs stages", **pruning)
    with using(store.files, **pruning):  # type: ignore[arg-type]
        refused(store, "prunes", **running)
    assert not store.files.names(FOLDER)
    old = Lease(use="run", host="gone", pid=1, at=time.time() - 3600)
    store.files.write(f"{FOLDER}/dead.json", old.model_dump_json())
    with using(store.files, "prune", unless="run"):
        pass


def test_weights_that_were_pruned_are_not_had_and_that_is_said(store: Store) -> None:
    run(store, tree_of("a"))
    (node,) = tree_of("a").nodes[1:]
    free(store, node)
    with pytest.raises(StoreError, match=r"has no record\.json"), store.checkpoint(node):
        raise AssertionError


def test_the_command_says_what_goes_and_a_dry_run_removes_nothing(store: Store) -> None:
    run(store, tree_of("a b"))

    def said(*words: str) -> str:
        done = within("prune", "--store", store.url, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert said("--dry-run") == "Would free 64 bytes: the weights of 1 of 3 nodes.\n"
    assert not store.freed()
    assert said() == "Freed 64 bytes: the weights of 1 of 3 nodes.\n"
    assert said("--keep", "none") == "Freed 64 bytes: the weights of 1 of 2 nodes.\n"
    assert len(store.freed()) == 2
