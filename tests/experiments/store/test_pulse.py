"""A pulse beats while its block runs, and not after."""

from __future__ import annotations

import threading
import time

import pytest

from experiments.store.pulse import pulse


def test_it_beats_until_the_end_of_the_block() -> None:
    third, beats = threading.Event(), list[float]()

    def beat() -> None:
        beats.append(time.monotonic())
        if len(beats) == 3:
            third.set()

    start = time.monotonic()
    with pulse(beat, 0.01):
        assert third.wait(60)
    assert beats[0] - start >= 0.01
    many = len(beats)
    time.sleep(0.05)
    assert len(beats) == many


def test_what_goes_wrong_inside_ends_it_too() -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), pulse(lambda: None, 60.0):
        raise ZeroDivisionError
    assert threading.active_count() == before


def test_it_ends_without_waiting_for_the_next_beat() -> None:
    start = time.monotonic()
    with pulse(lambda: None, 3600.0):
        pass
    assert time.monotonic() - start < 60
