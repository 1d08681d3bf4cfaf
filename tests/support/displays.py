"""How the phases of a run are shown in tests: not at all, or by their titles alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from experiments.executors.base import Observer


@contextmanager
def silent(*_: object, **__: object) -> Iterator[Observer]:
    """Shows nothing."""
    yield lambda node, state: None


def titled(titles: list[str]) -> Callable[..., AbstractContextManager[Observer]]:
    """Notes what each phase is called."""

    def shown(title: str, *_: object, **__: object) -> AbstractContextManager[Observer]:
        titles.append(title)
        return silent()

    return shown
