"""Random numbers that depend on what is done and never on what ran before."""

from __future__ import annotations

import random

import numpy as np
import torch

from domains.frozen import fingerprint


def seed_of(*parts: object) -> int:
    """A seed below 2**31 from the fingerprint of `parts`."""
    return int(fingerprint(list(parts))[:12], 16) % 2**31


def seed_all(seed: int, threads: int) -> None:
    """Seed every global generator and fix torch's threads, on whose number floating-point sums depend."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
