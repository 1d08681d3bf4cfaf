"""Sampling whose noise belongs to a completion and a position, never to a batch (Gumbel-max).

The token with the largest logit + T × Gumbel noise is a draw from the softmax at temperature T (Gumbel 1954;
Maddison, Tarlow & Minka 2014, A* sampling). With a generator for each row, what a row says does not depend on the
rows beside it, as far as floating point allows.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor

TINY = torch.finfo(torch.float32).tiny


class GumbelNoise(LogitsProcessor):  # type: ignore[misc]
    """Adds every row's own noise to its logits, one position a call; the maximum is then a sample."""

    def __init__(self, seeds: Sequence[int], temperature: float, device: torch.device) -> None:
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
        self._temperature = temperature

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` are logits, (rows, vocabulary)."""
        uniform = torch.empty_like(scores, dtype=torch.float32)
        for row, generator in zip(uniform, self._generators, strict=True):
            row.uniform_(generator=generator)
        return scores.float() - self._temperature * (-uniform.clamp_(min=TINY).log()).log()
