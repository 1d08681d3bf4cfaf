"""How likely a model found what it just said, noted while it says it: no further forward pass."""

from __future__ import annotations

import torch
from transformers import LogitsProcessor


class Surprisal(LogitsProcessor):  # type: ignore[misc]
    """Notes −ln p of every token that is chosen, at temperature 1; must stand before what changes logits.

    Holds one position's log-probabilities: of the token chosen there it learns at the next call, or at the end.
    """

    def __init__(self) -> None:
        self._before: torch.Tensor | None = None
        self._noted: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` are the model's own logits, (rows, vocabulary); they are returned as they came."""
        self._note(input_ids)
        self._before = scores.float().log_softmax(-1)
        return scores

    def of(self, output: torch.Tensor) -> list[list[float]]:
        """−ln p of every new token, (rows, new tokens); `output` is what was generated, prompts included."""
        self._note(output)
        self._before = None
        return torch.stack(self._noted, dim=1).tolist() if self._noted else [[] for _ in output]

    def _note(self, ids: torch.Tensor) -> None:
        if self._before is not None:
            self._noted.append(-self._before.gather(-1, ids[:, -1:]).squeeze(-1))
