"""What it takes to ask models that are given: the data, the store that remembers, and who hears how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.run.job import Prepared
from experiments.store import Store

if TYPE_CHECKING:
    from experiments.models.subjects.given import Given
    from experiments.models.subjects.subject import Subject

Hears = Callable[[str], None]


@dataclass(frozen=True)
class Desk:
    """The same for all models and domains."""

    prepared: Prepared
    store: Store
    told: Hears
    """Is told what is being done."""
    done: Hears
    """Is told what was, and how long it took."""

    @property
    def gpus(self) -> float:
        """That a model may use."""
        return self.prepared.curriculum.resources.gpus

    def load(self, model: Given) -> Subject:
        """The model, ready to be asked. Raises StageError."""
        from experiments.worker.examine import load

        self.told(f"Loading {model.name} …")
        return load(model, self.prepared.setup, self.gpus)
