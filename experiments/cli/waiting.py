"""What a person sees while a command works on something that has no progress of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rich.console import Console
from rich.markup import escape

from experiments.run.silence import AT_FIRST

SOON = 3.0
"""Seconds after which a log names what is being done."""


@contextmanager
def waiting(console: Console, what: str, soon: float = SOON, again: float = AT_FIRST) -> Iterator[None]:
    """A spinner on a terminal; elsewhere a line `soon`, if it takes so long, and `again` after as many seconds each."""
    if console.is_terminal:
        with console.status(escape(what)):
            yield
        return
    done = Event()

    def say() -> None:
        wait = soon
        while not done.wait(wait):
            console.print(what, markup=False, highlight=False, soft_wrap=True)
            wait = again

    teller = Thread(target=say, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
