"""The Ray executor on a real local cluster: same results as inline, whatever dies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from curricula.schema import Resources
from domains.errors import ClusterError, StoreError
from experiments.executors.ray import RayExecutor
from experiments.store import Store
from tests.experiments.executors.test_feed import check_grown, grown
from tests.experiments.run.test_filling import check_measured
from tests.support.commands import begun, stagewise
from tests.support.hungry import can_limit, hungry, tidy
from tests.support.nodes import arithmetic, attempts, ignore, results, silent, tree_of, uninterrupted, view_of
from tests.support.rays import connected

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """One local cluster for this file."""
    with connected(tmp_path_factory.mktemp("first")) as executor:
        yield executor


def run(store, tree, watch=ignore, run_node=arithmetic, **resources):
    return RayExecutor(view_of(store), Resources(**resources), run_node).run(tree, watch)


def test_slots_are_what_fits(cluster, store):
    cpus = len(os.sched_getaffinity(0))
    assert cluster.slots == cpus
    assert RayExecutor(view_of(store), Resources(cpus=cpus), arithmetic).slots == 1


def test_ray_equals_inline(cluster, store, tmp_path):
    tree = tree_of("a b c", "b a", "c slow", seeds=(0, 1))
    seen = []
    assert run(store, tree, lambda node, state: seen.append((node.id, state))).complete
    assert results(store, tree) == uninterrupted(tmp_path / "inline", tree)
    assert set(attempts(store).values()) == {1}
    for node in tree.nodes:
        assert [state for each, state in seen if each == node.id][-1] == "done"


def test_finished_nodes_do_not_run_again(cluster, store):
    run(store, tree_of("a b"))
    assert run(store, tree_of("a b", "a c")).complete
    assert set(attempts(store).values()) == {1}


def test_a_killed_worker_is_replaced(cluster, store, tmp_path):
    tree = tree_of("a dies_once b", "b c")
    assert run(store, tree, retries=1).complete
    started = attempts(store)
    dead = next(node for node in tree.nodes if node.label == "dies_once")
    assert started.pop(dead.slug) == 2
    assert set(started.values()) == {1}
    # Inline would not survive the kill, so there the mark that it has happened stands from the start.
    (tmp_path / "inline").mkdir()
    (tmp_path / "inline" / f"{dead.id}.died").touch()
    assert results(store, tree) == uninterrupted(tmp_path / "inline", tree)


def test_a_node_that_always_kills_its_worker_fails_alone(cluster, store):
    tree = tree_of("dies a", "b c")
    outcome = run(store, tree, retries=1)
    states = {node.path: outcome.states[node.id] for node in tree.nodes}
    assert states[("dies",)] == "failed"
    assert states[("dies", "a")] == "blocked"
    assert states[("b", "c")] == "done"
    node = next(node for node in tree.nodes if node.label == "dies")
    assert attempts(store)[node.slug] == 2
    assert view_of(store).failure(node).boundary == "worker"
    assert outcome.failures[node.id].line.startswith("worker: the worker died 2 times: ")
    assert "\n" not in outcome.failures[node.id].line


def test_failures_block_their_descendants_only(cluster, store):
    tree = tree_of("fails a", "crashes a", "a b")
    outcome = run(store, tree)
    ended = sorted(outcome.states.values())
    assert ended == ["blocked", "blocked", "done", "done", "done", "failed", "failed"]
    assert sorted(failure.line for failure in outcome.failures.values()) == [
        "training: the loss became NaN at step 3",
        "worker: ZeroDivisionError: division by zero",
    ]
    crashed = next(node for node in tree.nodes if node.path == ("crashes",))
    assert "behave" in view_of(store).failure(crashed).traceback


def test_a_stage_that_leaves_no_record_has_failed(cluster, store):
    outcome = run(store, tree_of("a"), run_node=silent)
    assert sorted(outcome.states.values()) == ["blocked", "failed"]


def test_running_nodes_beat(cluster, store):
    tree = tree_of("pulls")
    beats = []

    def watch(node, state):
        beats.append(state)
        if beats.count("running") == 4:
            Path(store.url, "go").touch()

    assert run(store, tree, watch).complete
    assert beats.count("running") >= 4


def test_many_small_nodes_go_in_few_tasks_and_none_twice(cluster, store):
    tree = tree_of(*("a b c d e", "b c d e a", "c d e a b", "d e a b c"), seeds=range(12))
    assert run(store, tree).complete
    assert len(attempts(store)) == len(tree.nodes) > 200
    assert set(attempts(store).values()) == {1}


def test_a_worker_gets_the_threads_that_the_yaml_names(cluster, store):
    # The variables belong to the connection, which this file's fixture made for one CPU a stage.
    import ray

    seen = ray.get(ray.remote(lambda: (os.environ["OMP_NUM_THREADS"], os.nice(0))).remote())
    assert seen == ("1", os.nice(0))
    # Workers that Ray started beforehand serve a task, and the driver's own threads are what they were.
    assert ray.get_runtime_context().get_runtime_env_string() == "{}"
    assert "OMP_NUM_THREADS" not in os.environ


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux says what a process started with")
def test_a_worker_keeps_freed_memory_from_its_start(cluster, store):
    # Read when a process starts: set later, the variables would be seen and change nothing.
    import ray

    started = ray.get(ray.remote(lambda: Path("/proc/self/environ").read_text()).remote()).split("\0")
    assert {"MALLOC_MMAP_THRESHOLD_=33554432", "MALLOC_TRIM_THRESHOLD_=536870912"} <= set(started)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cpus": 10_000}, "resources.cpus: a stage asks for more CPUs than any node has, got 10000."),
        ({"cpus": 100, "processes": 100}, "resources.cpus: a stage asks for more CPUs than any node has, got 10000."),
        ({"processes": 1000}, " A stage never spans nodes."),
        ({"gpus": 1}, "resources.gpus: a stage asks for more GPUs than any node has, got 1.0."),
    ],
)
def test_more_than_the_cluster_has_is_refused(cluster, store, asked, said):
    with pytest.raises(ClusterError) as caught:
        RayExecutor(view_of(store), Resources(**asked), arithmetic)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_store_in_memory_is_refused(cluster):
    with pytest.raises(StoreError, match="seen by one process only"):
        RayExecutor(view_of(Store.open("memory://one")), Resources(), arithmetic)


def test_a_tree_that_grows_ends_as_one_that_was_whole(cluster, store, tmp_path):
    """A single chain too: between its nodes nothing is ready, and the run goes on."""
    check_grown(store, tmp_path, RayExecutor(view_of(store), Resources(), arithmetic))


def test_it_goes_on_while_the_tree_is_momentarily_empty(cluster, store):
    tree = tree_of("slow a slow b", seeds=(0,))
    grower, outcome = grown(RayExecutor(view_of(store), Resources(), arithmetic), tree)
    assert outcome.complete
    assert [slug for slug, _ in grower.told] == [node.slug for node in tree.nodes]


def test_trained_nodes_are_measured_and_nothing_is_trained(cluster, tmp_path):
    check_measured(tmp_path, RayExecutor)


def test_a_worker_that_dies_otherwise_may_have_been_killed_for_memory(cluster, store):
    outcome = run(store, tree_of("dies"), retries=0)
    (cause,) = (failure.line for failure in outcome.failures.values())
    assert cause.startswith("worker: the worker died once: The worker died unexpectedly while executing this task")
    assert "perhaps killed for want of memory" in cause


def test_a_worker_that_the_kernel_kills_for_memory_is_named_so(cluster, store):
    if not can_limit():
        pytest.skip("needs to limit the memory of a process")
    try:
        outcome = run(store, tree_of("grows"), run_node=hungry, retries=1)
    finally:
        tidy()
    (cause,) = (failure.line for failure in outcome.failures.values())
    assert cause.startswith("worker: the worker died 2 times, most likely out of memory: the kernel killed 2 processes")


def jobs_of(address: str) -> int:
    """How many drivers a cluster has seen."""
    from ray._private.state import GlobalState
    from ray._raylet import GcsClientOptions

    state = GlobalState()
    state._initialize_global_state(
        GcsClientOptions.create(address, None, allow_cluster_id_nil=True, fetch_cluster_id_if_nil=False)
    )
    return len(state.job_table())


def test_the_variable_s_cluster_is_used_and_named(cluster, few, few_store, tmp_path):
    """By one job that asks whether it answers and one that is the command; nothing is left to be trained."""
    import ray

    address = ray.get_runtime_context().gcs_address
    before, store = jobs_of(address), begun(few_store, tmp_path, 1000)
    done = stagewise("profile", few, "--store", store, "--json", RAY_ADDRESS=address)
    assert done.returncode == 0, done.stderr
    assert f"Using the Ray cluster {address}, as RAY_ADDRESS says" in done.stderr
    assert "RAY_ADDRESS" not in done.stdout
    assert jobs_of(address) == before + 2
