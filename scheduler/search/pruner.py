"""Stops a trial that cannot win any more."""

from __future__ import annotations

from optuna.pruners import BasePruner
from optuna.study import Study
from optuna.trial import FrozenTrial

from curricula.schema import Curriculum


class WinnerPruner(BasePruner):
    """For now: stops nothing. The model follows; the interface stays."""

    def __init__(self, curriculum: Curriculum, *, z: float = 3.0, minimum: int = 5) -> None:
        self._curriculum, self._z, self._minimum = curriculum, z, minimum

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Never yet."""
        return False
