"""Which Ray cluster a command uses, and that it says so where nobody typed it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.cli.address import choose
from experiments.cli.session import workers_of
from tests.support.commands import TINY, begun, stagewise, within

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("given", "variable", "chosen", "told"),
    [
        (None, None, None, False),
        (None, "", None, False),
        (None, "10.0.0.1:6379", "10.0.0.1:6379", True),
        (None, "auto", "auto", True),
        (None, "local", None, False),
        ("10.0.0.2:6379", "10.0.0.1:6379", "10.0.0.2:6379", False),
        ("auto", None, "auto", False),
        ("auto", "10.0.0.1:6379", "10.0.0.1:6379", True),
        ("local", "10.0.0.1:6379", None, False),
    ],
)
def test_precedence(given: str | None, variable: str | None, chosen: str | None, told: bool) -> None:
    found = choose(given, {} if variable is None else {"RAY_ADDRESS": variable})
    assert found.address == chosen
    assert bool(found.note) == told
    if found.note:
        assert found.note.startswith(f"Using the Ray cluster {chosen}, as RAY_ADDRESS says")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a second Ray cluster."""
    from ray.cluster_utils import Cluster

    from experiments.executors.ray import RayExecutor  # noqa: F401 - says how Ray is to behave

    running = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    running.wait_for_nodes()
    yield running.address
    running.shutdown()


def jobs_of(address: str) -> int:
    """How many drivers a cluster has seen."""
    from ray._private.state import GlobalState
    from ray._raylet import GcsClientOptions

    state = GlobalState()
    state._initialize_global_state(
        GcsClientOptions.create(address, None, allow_cluster_id_nil=True, fetch_cluster_id_if_nil=False)
    )
    return len(state.job_table())


def test_the_variable_s_cluster_is_used_and_named(cluster: str, few: Path, few_store: Path, tmp_path: Path) -> None:
    """By one job that asks whether it answers and one that is the command; nothing is left to be trained."""
    before, store = jobs_of(cluster), begun(few_store, tmp_path, 1000)
    done = stagewise("profile", few, "--store", store, "--json", RAY_ADDRESS=cluster)
    assert done.returncode == 0, done.stderr
    assert f"Using the Ray cluster {cluster}, as RAY_ADDRESS says" in done.stderr
    assert "RAY_ADDRESS" not in done.stdout
    assert jobs_of(cluster) == before + 2


def test_a_variable_where_nothing_answers_is_not_passed_over(tmp_path: Path) -> None:
    done = within("profile", TINY, "--store", tmp_path / "store", RAY_ADDRESS="127.0.0.1:1")
    told, error = done.stderr.strip().splitlines()
    assert done.returncode == 2
    assert told.startswith("Using the Ray cluster 127.0.0.1:1, as RAY_ADDRESS says; --address local starts one here")
    assert error.startswith("error: address: no Ray cluster answers, got '127.0.0.1:1'. ")
    assert not (tmp_path / "store").exists()


def test_a_dashboard_is_no_cluster_s_address(tmp_path: Path) -> None:
    done = within("profile", TINY, "--store", tmp_path / "store", "--address", "http://127.0.0.1:8265")
    assert done.returncode == 2
    assert "this is a dashboard" in done.stderr


def test_inline_has_no_cluster(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with ExitStack() as stack:
        workers_of("inline", Resources(), None, stack)
    assert "RAY_ADDRESS" not in capsys.readouterr().err
