"""What the steps of one node share: its work, its store, its data, and who is to blame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from domains.errors import Boundary, StageError, UserError
from domains.example import Example, Split
from experiments.executors.base import Work
from experiments.store import Store


@dataclass(frozen=True)
class Bench:
    """One node's work at hand. Data are read when they are needed: training needs its stage's domains only."""

    work: Work
    store: Store
    _read: dict[tuple[str, Split], tuple[Example, ...]] = field(default_factory=dict)

    def examples(self, domain: str, split: Split) -> tuple[Example, ...]:
        """The prepared examples of one split. Raises StageError("data")."""
        if (domain, split) not in self._read:
            with boundary("data"):
                version = self.work.setup.domains[domain].data[split]
                self._read[domain, split] = self.store.data(domain, {split: version})[split]
        return self._read[domain, split]


@contextmanager
def boundary(name: Boundary) -> Iterator[None]:
    """Whatever goes wrong inside is a StageError at this boundary."""
    try:
        yield
    except StageError:
        raise
    except UserError as error:
        raise StageError(name, str(error)) from error
    except Exception as error:
        raise StageError(name, f"{type(error).__name__}: {error}") from error
