"""The GPUs of this machine, found without torch: the driver must start at once."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path

VISIBLE = "CUDA_VISIBLE_DEVICES"
DEVICES = Path("/dev")


def own_gpus(devices: Path = DEVICES, environment: Mapping[str, str] = os.environ) -> int:
    """How many NVIDIA GPUs this process may use.

    By their device files, which a container has of its own GPUs only; ``CUDA_VISIBLE_DEVICES`` may hide some.
    """
    there = len(list(devices.glob("nvidia[0-9]*")))
    visible = environment.get(VISIBLE)
    if visible is None:
        return there
    # As CUDA reads it: what stands after a number that is none is not seen.
    named = [name.strip() for name in visible.split(",")]
    hidden = next((at for at, name in enumerate(named) if name in ("", "-1", "NoDevFiles")), len(named))
    return min(there, hidden)


def idle_note(gpus: float, found: float) -> str | None:
    """What to say where GPUs are there and the curriculum asks for none."""
    if gpus or found < 1:
        return None
    many = f"{found:g} GPUs are" if found > 1 else "A GPU is"
    return f"{many} there and not used: to train on {'them' if found > 1 else 'it'}, set resources.gpus to 1."


def missing_note(gpus: float, found: float) -> str | None:
    """What to say where the curriculum asks for a GPU and this machine shows none, or for more than it shows."""
    if math.ceil(gpus) <= found:
        return None
    shown = f"{found:g} of them" if found else "no GPU"
    return (
        f"resources.gpus is {gpus:g} and this machine shows {shown}: here `run` would be refused. Name a cluster with "
        f"--address, or set it to {found:g}."
    )
