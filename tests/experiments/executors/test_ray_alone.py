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
from experiments.executors.inline import InlineExecutor
from experiments.store import Store
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


@pytest.fixture
def store(tmp_path):
    return Store.open(str(tmp_path / "store"))


CONNECT = """
import sys
from curricula.schema import Resources
from domains.errors import ClusterError
from experiments.executors.ray import RayExecutor, cluster
from experiments.store import Store
from tests.support.nodes import arithmetic, view_of
cluster.ANSWER_SECONDS = 5
try:
    RayExecutor(view_of(Store.open(sys.argv[1])), Resources(), arithmetic, sys.argv[2])
except ClusterError as error:
    print(error)
    raise SystemExit(2)
"""


def connect(folder, address):
    """What connecting says, in a process of its own: this one is connected already."""
    return subprocess.run(
        [sys.executable, "-c", CONNECT, str(folder), address],
        env=worker_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_address_where_nothing_listens(tmp_path):
    start = time.monotonic()
    done = connect(tmp_path, "127.0.0.1:1")
    assert time.monotonic() - start < 15
    assert done.returncode == 2
    assert done.stdout.startswith("address: no Ray cluster answers, got '127.0.0.1:1'. ")


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:port"])
def test_an_address_that_is_none(tmp_path, address):
    done = connect(tmp_path, address)
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)


def test_an_address_where_something_else_listens(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        start = time.monotonic()
        done = connect(tmp_path, f"127.0.0.1:{server.getsockname()[1]}")
    assert time.monotonic() - start < 25
    assert done.returncode == 2
    assert "no Ray cluster answers" in done.stdout


def test_an_interrupt_stops_cleanly_and_can_be_resumed(store, tmp_path):
    orders = ("slow slow slow slow", "a slow b")
    tree = tree_of(*orders)
    driver = start_driver(store, "ray", orders)
    wait_for(lambda: bool(attempts(store, "done")))
    driver.send_signal(signal.SIGINT)
    assert driver.wait(30) == 130
    finished = view_of(store).finished(tree.nodes)
    assert 0 < len(finished) < len(tree.nodes)
    for node in tree.nodes:
        left = list((tmp_path / "store" / "nodes" / node.slug).glob("attempt-*"))
        assert len(left) == (node.id in finished)
    assert InlineExecutor(view_of(store), Resources(), arithmetic).run(tree, ignore).complete
    assert results(store, tree) == uninterrupted(tmp_path / "inline", tree)
    assert all(attempts(store)[node.slug] == 1 for node in tree.nodes if node.id in finished)


def test_nothing_is_printed(store):
    """Standard output belongs to --json; workers' deaths included."""
    call = f"import tests.support.nodes as h; h.drive({store.url!r}, 'ray', ('dies_once a',), (0,))"
    done = subprocess.run(
        [sys.executable, "-c", call], env=worker_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_driver_loads_no_trainer(store):
    call = (
        "import json, sys, experiments.executors.ray as r; "
        "print(json.dumps([name for name in ('torch', 'transformers', 'trl') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_folder_with_packages_of_our_names(store, tmp_path):
    """Ray's workers would search the working directory before all others, for our packages and for those we use."""
    for name in ("domains", "curricula", "scheduler", "experiments", "colorsys"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('not the one that was meant')", "utf-8")
    call = f"import tests.support.nodes as h; h.drive({store.url!r}, 'ray', ('imports a',), (0,))"
    command = [sys.executable, "-P", "-c", call]
    done = subprocess.run(command, env=worker_environment(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
