"""Something done again and again while something else goes on: signs of life of who holds a store, a study, a node."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def pulse(beat: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `beat` every so many seconds, the first time after as many, by a thread of its own until the block's end.

    What `beat` raises ends the beating, so what may pass is for it to let pass. It never runs on after the block.
    """
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(seconds):
            beat()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
