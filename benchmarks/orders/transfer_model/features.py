"""How often each effect enters a score after a path: the recursion of `Settings` is linear in base and B."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.orders.transfer_model.settings import Settings
from scheduler.measurements import Array, Path


def features(paths: Sequence[Path], domains: Sequence[str], settings: Sequence[Settings], lr_decay: float) -> Array:
    """(settings, paths, affected, 1 + trained): the score is Σ features · (base, B[1→j], …, B[n→j]).

    Paths may repeat domains and leave some out.
    """
    size = len(domains)
    steps = _steps(paths, domains)
    found = np.zeros((len(settings), len(paths), size, size + 1))
    found[..., 0] = 1.0
    for stage in range(steps.shape[1]):
        active = np.flatnonzero(steps[:, stage] >= 0)
        found[:, active] = _step(found[:, active], steps[active, stage], _rates(settings, lr_decay, stage, size))
    return found


def _step(before: Array, trained: Array, rates: tuple[Array, Array]) -> Array:
    """One stage for many paths; `trained` (paths,) are indices of domains."""
    gain, undo = rates
    index = trained.astype(int)
    gained = before.copy()
    gained[..., 0] -= 1.0
    after = before - undo[:, index][..., None] * gained
    after[:, np.arange(len(index)), :, 1 + index] += gain[None, :, None]
    return np.asarray(after)


def _rates(settings: Sequence[Settings], lr_decay: float, stage: int, size: int) -> tuple[Array, Array]:
    """η (settings,) and η·φ (settings, trained, affected)."""
    gain = np.array([lr_decay ** (one.decay * stage) for one in settings])
    own = np.eye(size)
    undo = [one.saturation * own + one.forgetting * (1 - own) for one in settings]
    return gain, gain[:, None, None] * np.array(undo)


def _steps(paths: Sequence[Path], domains: Sequence[str]) -> Array:
    """(paths, longest) indices of domains, −1 after the end."""
    at = {name: index for index, name in enumerate(domains)}
    longest = max((len(path) for path in paths), default=0)
    return np.array([[at[name] for name in path] + [-1] * (longest - len(path)) for path in paths]).reshape(
        len(paths), longest
    )
