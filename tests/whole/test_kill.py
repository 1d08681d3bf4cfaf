"""Kill anything at any time and start the same command again."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from experiments.store import Store
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


@pytest.fixture
def store(tmp_path):
    return Store.open(str(tmp_path / "store"))


@pytest.mark.parametrize(("executor", "moments"), [("ray", (0, 4)), ("inline", (0, 1, 6))])
def test_drivers_killed_at_several_moments(store, tmp_path, executor, moments):
    """Before anything ran, in the first node, in the middle, near the end: the last driver finishes the job."""
    tree, before = tree_of(*ORDERS), {}
    for moment in moments:
        driver = start_driver(store, executor, ORDERS)
        if moment:
            wait_for(lambda moment=moment: len(attempts(store)) >= moment)
        kept, counted = view_of(store).finished(tree.nodes), attempts(store)
        driver.kill()
        assert driver.wait(10) == -signal.SIGKILL
        before = {node.slug: counted[node.slug] for node in tree.nodes if node.id in kept} | before
    assert start_driver(store, executor, ORDERS).wait(60) == 0
    assert before
    for slug, count in before.items():
        assert attempts(store)[slug] == count
    assert results(store, tree) == uninterrupted(tmp_path / "other", tree)


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


def test_one_of_two_nodes_killed(store, tmp_path, two_nodes):
    orders = ("pulls a b", "pulls c", "b pulls")
    tree = tree_of(*orders)
    address = two_nodes.stdout.readline().strip()
    driver = start_driver(store, "ray", orders, address=address)
    wait_for(lambda: sum("pulls" in slug for slug in attempts(store)) == 2)
    counted, kept = attempts(store), view_of(store).finished(tree.nodes)
    two_nodes.stdin.write("\n")
    two_nodes.stdin.flush()
    assert two_nodes.stdout.readline() == "gone\n"
    (tmp_path / "store" / "go").touch()
    assert driver.wait(120) == 0
    for node in tree.nodes:
        if node.id in kept:
            assert attempts(store)[node.slug] == counted[node.slug]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "go").touch()
    assert results(store, tree) == uninterrupted(tmp_path / "other", tree)
