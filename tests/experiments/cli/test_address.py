"""Which Ray cluster a command uses, and that it says so where nobody typed it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.cli.address import choose
from experiments.cli.workers import workers_of
from tests.support.commands import TINY, within

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
