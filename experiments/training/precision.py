"""In what numbers matrices are multiplied while a stage trains, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from curricula.stage import Precision
from domains.errors import StageError


@contextmanager
def read_in_float32(network: torch.nn.Module) -> Iterator[None]:
    """Within `multiplied_in`: as if that were not, so that a model on its way is read as it will be afterwards."""
    backends: Any = torch.backends
    wrapped, before = vars(network).pop("forward", None), backends.fp32_precision
    if (own := vars(network).get("_original_forward")) is not None:
        vars(network)["forward"] = own
    backends.fp32_precision = "ieee" if before == "tf32" else before
    try:
        yield
    finally:
        backends.fp32_precision = before
        vars(network).pop("forward", None)
        if wrapped is not None:
            vars(network)["forward"] = wrapped


@contextmanager
def multiplied_in(precision: Precision, network: torch.nn.Module) -> Iterator[None]:
    """Within this a trainer may wrap `network` for autocast (its settings ask for it) and TF32 may be used; afterwards
    neither holds: a model is measured in float32 whether it was just trained or is loaded, and a worker goes on to
    other stages. Raises StageError where the device has no TF32."""
    backends: Any = torch.backends
    forward, before = vars(network).get("forward"), backends.fp32_precision
    if precision == "tf32":
        if not torch.cuda.is_available() or torch.cuda.get_device_capability() < (8, 0):
            raise StageError("training", "`precision: tf32` needs an NVIDIA GPU from Ampere on")
        backends.fp32_precision = "tf32"
    try:
        yield
    finally:
        backends.fp32_precision = before
        vars(network).pop("_original_forward", None)
        if forward is None:
            vars(network).pop("forward", None)
        else:
            vars(network)["forward"] = forward
