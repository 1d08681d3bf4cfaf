"""Kill anything at any time and start the same command again."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.support.nodes import (
    attempts,
    results,
    start_driver,
    tree_of,
    uninterrupted,
    view_of,
    wait_for,
    worker_environment,
)

pytestmark = pytest.mark.slow

ORDERS = ("slow a slow b slow", "a slow c", "b slow slow a")


def test_drivers_killed_at_several_moments(store, tmp_path):
    """Before anything ran, in the first node, in the middle, near the end: the last driver finishes the job."""
    tree, before = tree_of(*ORDERS), {}
    for moment in (0, 1, 6):
        driver = start_driver(store, "inline", ORDERS)
        wait_for(lambda moment=moment: attempts(store).total() >= moment)
        before |= killed(driver, store, tree)
    assert start_driver(store, "inline", ORDERS).wait(60) == 0
    assert before
    assert_none_ran_again(before, store)
    assert results(store, tree) == uninterrupted(tmp_path / "other", tree)


def killed(driver, store, tree):
    """Kill it; slug of each node that was finished by then → how often it had started."""
    kept = finished(store, tree)
    driver.kill()
    assert driver.wait(10) == -signal.SIGKILL
    return kept


def finished(store, tree):
    kept, counted = view_of(store).finished(tree.nodes), attempts(store)
    return {node.slug: counted[node.slug] for node in tree.nodes if node.id in kept}


def assert_none_ran_again(before, store):
    for slug, count in before.items():
        assert attempts(store)[slug] == count


CLUSTER = """
import sys, time
import experiments.executors.ray
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
second = cluster.add_node(num_cpus=1)
cluster.wait_for_nodes()
print(cluster.address, flush=True)
sys.stdin.readline()
cluster.remove_node(second, allow_graceful=False)
print("gone", flush=True)
sys.stdin.readline()
cluster.shutdown()
"""


@pytest.fixture
def two_nodes():
    """A cluster of two Ray nodes with one CPU each; a line on its input kills the second."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        env=worker_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.stdin.write("\n\n")
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def test_driver_killed_and_then_one_of_two_nodes_of_the_next(store, tmp_path, two_nodes):
    """Two stages are under way each time. The cluster outlives its first driver, whose workers end with it."""
    orders = ("pulls a b", "pulls c", "b pulls")
    tree = tree_of(*orders)
    address = two_nodes.stdout.readline().strip()
    before = {}
    for waiting in (2, 4):
        driver = start_driver(store, "ray", orders, address=address)
        wait_for(
            lambda waiting=waiting: sum(n for slug, n in attempts(store).items() if "pulls" in slug) == waiting,
            driver=driver,
        )
        if waiting == 2:
            before = killed(driver, store, tree)
            assert len(before) == 2
    assert finished(store, tree) == before
    two_nodes.stdin.write("\n")
    two_nodes.stdin.flush()
    assert two_nodes.stdout.readline() == "gone\n"
    (tmp_path / "store" / "go").touch()
    assert driver.wait(120) == 0
    assert_none_ran_again(before, store)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "go").touch()
    assert results(store, tree) == uninterrupted(tmp_path / "other", tree)
