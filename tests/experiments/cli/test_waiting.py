"""A log hears of what takes long and has no progress of its own."""

from __future__ import annotations

import io
import threading

from rich.console import Console

from experiments.cli.waiting import waiting


class Heard(io.StringIO):
    """A log that rings once it has heard so many lines."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines, self.rang = lines, threading.Event()

    def write(self, text: str) -> int:
        """Count the lines."""
        written = super().write(text)
        if self.getvalue().count("\n") >= self.lines:
            self.rang.set()
        return written


def test_a_log_hears_of_it_soon_and_again() -> None:
    log = Heard(3)
    with waiting(Console(file=log, width=20), "Asking the [judge] of sums …", soon=0.0, again=0.001):
        assert log.rang.wait(20)
    assert set(log.getvalue().splitlines()) == {"Asking the [judge] of sums …"}


def test_what_is_over_at_once_is_not_told_and_an_error_ends_the_telling() -> None:
    log, before = Heard(1), threading.active_count()
    try:
        with waiting(Console(file=log), "Timing …", soon=60.0):
            raise ValueError
    except ValueError:
        assert threading.active_count() == before
    assert log.getvalue() == ""
