"""Ray from its start to its end, each time in a process of its own: addresses, interrupts, what is printed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time

import pytest

from curricula.schema import Resources
from domains.errors import ClusterError
from experiments.executors.inline import InlineExecutor
from experiments.executors.ray import RayExecutor, cluster
from tests.support.nodes import (
    arithmetic,
    attempts,
    ignore,
    results,
    start_driver,
    tree_of,
    uninterrupted,
    view_of,
    wait_for,
    worker_environment,
)

pytestmark = pytest.mark.slow


def refused(store, address):
    """What connecting says, in one line."""
    with pytest.raises(ClusterError) as caught:
        RayExecutor(view_of(store), Resources(), arithmetic, address)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_address_where_nothing_listens(store):
    start = time.monotonic()
    said = refused(store, "127.0.0.1:1")
    assert time.monotonic() - start < 15
    assert said.startswith("address: no Ray cluster answers, got '127.0.0.1:1'. ")


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:port"])
def test_an_address_that_is_none(store, address):
    assert "no Ray cluster answers" in refused(store, address)


def test_an_address_where_something_else_listens(store, monkeypatch):
    """Connecting there would end the process, so another one tries."""
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        start = time.monotonic()
        said = refused(store, f"127.0.0.1:{server.getsockname()[1]}")
    assert time.monotonic() - start < 25
    assert "no Ray cluster answers" in said


def clean(store, folder, tree):
    """Whether nothing is left but of finished nodes; workers may outlive their driver by a moment."""
    finished = view_of(store).finished(tree.nodes)
    left = {node.id: list((folder / "nodes" / node.slug).glob("attempt-*")) for node in tree.nodes}
    return all(len(found) == (id_ in finished) for id_, found in left.items())


def test_an_interrupt_stops_cleanly_and_can_be_resumed(store, tmp_path):
    orders = ("slow slow slow slow", "a slow b")
    tree = tree_of(*orders)
    driver = start_driver(store, "ray", orders)
    wait_for(lambda: bool(attempts(store, "done")), driver=driver)
    driver.send_signal(signal.SIGINT)
    assert driver.wait(30) == 130
    finished = view_of(store).finished(tree.nodes)
    assert 0 < len(finished) < len(tree.nodes)
    wait_for(lambda: clean(store, tmp_path / "store", tree))
    assert InlineExecutor(view_of(store), Resources(), arithmetic).run(tree, ignore).complete
    assert results(store, tree) == uninterrupted(tmp_path / "inline", tree)
    assert all(attempts(store)[node.slug] == 1 for node in tree.nodes if node.id in finished)


CALL = """
import json, sys
from pathlib import Path
import experiments.executors.ray
Path(sys.argv[1], "loaded.json").write_text(json.dumps(sorted(sys.modules)))
import tests.support.nodes as h
h.drive(sys.argv[1], "ray", ("dies_once a", "imports a"), (0,))
"""


@pytest.fixture(scope="module")
def driven(tmp_path_factory):
    """A driver of a cluster of its own, one of whose workers dies, in a folder with packages of our names.

    Ray's workers would search the working directory before all others, for our packages and for those we use.
    """
    folder, store = tmp_path_factory.mktemp("names"), tmp_path_factory.mktemp("store")
    for name in ("domains", "curricula", "scheduler", "experiments", "colorsys"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise ImportError('not the one that was meant')", "utf-8")
    command = [sys.executable, "-P", "-c", CALL, str(store)]
    done = subprocess.run(command, env=worker_environment(), cwd=folder, capture_output=True, text=True, check=False)
    return done, json.loads((store / "loaded.json").read_text("utf-8"))


def test_a_folder_with_packages_of_our_names(driven):
    done, _ = driven
    assert done.returncode == 0, done.stderr


def test_nothing_is_printed(driven):
    """Standard output belongs to --json; workers' deaths included."""
    assert driven[0].stdout == ""


def test_the_driver_loads_no_trainer(driven):
    assert "ray" in driven[1]
    assert not {"torch", "transformers", "trl"} & set(driven[1])
