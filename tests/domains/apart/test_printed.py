"""What processes apart print is shown, capped, and goes through Python's own standard error."""

import io
import sys

import pytest
from rich.console import Console
from rich.live import Live

from domains.apart.pool import ServicePool
from domains.apart.printed import LINES, LONGEST
from domains.apart.worker import Service
from tests.support.services import serve


@pytest.fixture
def said(monkeypatch):
    """Runs tasks; gives the lines that were shown by the time all processes have ended."""

    def run(*tasks):
        shown = io.StringIO()
        monkeypatch.setattr(sys, "stderr", shown)
        pool = ServicePool(Service(serve, name="rewards.py"), 1)
        try:
            assert not [one for one in pool.run(list(tasks), 20) if one.failure or one.stopped]
        finally:
            pool.close()
        return shown.getvalue().splitlines()

    return run


def test_lines_are_shown_with_the_files_name(said):
    assert said(["tell", "hello\n\nyou\n", 1]) == [
        "rewards.py: hello", "rewards.py: ", "rewards.py: you", "rewards.py: err",
    ]  # fmt: skip


@pytest.mark.slow
def test_many_lines_are_capped_and_it_is_said_once(said):
    lines = said(["tell", "x\n", 300_000], ["tell", "x\n", 5])
    assert lines == ["rewards.py: x"] * LINES + [
        f"rewards.py: has printed {LINES} lines; what comes after is not shown"
    ]


def test_a_line_without_end_is_cut(said):
    long, *_ = lines = said(["tell", "é" * 1_000_000, 1], ["tell", "\nshort\n", 1])
    assert long == "rewards.py: " + "é" * (LONGEST // 2) + " …"
    assert "rewards.py: short" in lines


def test_nothing_moves_the_cursor(said):
    assert said(["tell", "\x1b[2J\rred\x07\n", 1])[0] == "rewards.py: \ufffd[2J\ufffdred\ufffd"


def test_a_live_view_is_not_written_into(monkeypatch):
    """Nothing reaches the descriptor that the view draws on but through the view's own console."""
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    console = Console(file=screen, force_terminal=True, color_system=None, width=60)
    pool = ServicePool(Service(serve, name="rewards.py"), 1)
    with Live("drawing", console=console, auto_refresh=False, transient=True):
        pool.run([["tell", "hello\n", 1]], 5)
        pool.close()
    whole = screen.getvalue()
    assert "rewards.py: hello" in whole
    # It begins on a line of its own, from which the drawing was wiped.
    assert whole[: whole.index("rewards.py: hello")].endswith(("\x1b[2K", "\n"))


def test_standard_output_gets_nothing(capfd):
    pool = ServicePool(Service(serve), 1)
    pool.run([["tell", "hello\n", 1]], 5)
    pool.close()
    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines() == ["a reward: hello", "a reward: err"]
