"""What is read off a model's logits, a few positions at a time: whole tensors over a vocabulary fill a GPU.

Beside the logits themselves, in the model's own type, no more than a few times `CHUNK` numbers are held.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

CHUNK = 1 << 22
"""Numbers of one chunk: rows × positions × vocabulary; 16 MiB in float32. At least one position at a time."""


def readings(logits: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """−ln p of the targets and the entropies before them, both (rows, T) in float32.

    `logits` are (rows, T, vocabulary) of any floating type, `targets` (rows, T).
    """
    surprisals, spreads = _empty(logits), _empty(logits)
    for part in _parts(logits):
        logs = _logs(logits[:, part])
        surprisals[:, part] = -logs.gather(-1, targets[:, part].unsqueeze(-1)).squeeze(-1)
        spreads[:, part] = entropies(logs)
    return surprisals, spreads


def divergences(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """KL(before ‖ after) at each position, (rows, T) in float32, from two models' logits (rows, T, vocabulary)."""
    found = _empty(before)
    for part in _parts(before):
        old, new = _logs(before[:, part]), _logs(after[:, part])
        found[:, part] = (old.exp() * (old - new)).sum(-1)
    return found


def entropies(logs: torch.Tensor) -> torch.Tensor:
    """−Σ p ln p over the last axis of log-probabilities."""
    return -logs.exp().mul_(logs).masked_fill_(logs == -torch.inf, 0.0).sum(-1)


def _empty(logits: torch.Tensor) -> torch.Tensor:
    """A number for each position."""
    return torch.empty(logits.shape[:2], device=logits.device)


def _logs(logits: torch.Tensor) -> torch.Tensor:
    return logits.float().log_softmax(-1)


def _parts(logits: torch.Tensor) -> Iterator[slice]:
    rows, positions, vocabulary = logits.shape
    width = max(1, CHUNK // (rows * vocabulary))
    return (slice(start, start + width) for start in range(0, positions, width))
