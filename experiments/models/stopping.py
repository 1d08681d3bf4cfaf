"""Ends each row of a batch at its own texts, while it is generated."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import StoppingCriteria

from experiments.models.chat import Tokenizer
from experiments.models.prompting import stops


class StopTexts(StoppingCriteria):  # type: ignore[misc]
    """Rows whose completion, from token `begin` on, holds one of the row's own texts are done.

    transformers' own `stop_strings` are the same for all rows; a mixture's rows are of several domains.
    """

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[Sequence[str]], begin: int) -> None:
        self._tokenizer, self._texts, self._begin = tokenizer, texts, begin

    def __call__(self, input_ids: torch.Tensor, scores: object, **more: object) -> torch.Tensor:
        """(rows,) of bool; `input_ids` are (rows, tokens so far)."""
        said = input_ids[:, self._begin :].tolist()
        done = [stops(self._tokenizer, tokens, texts) for tokens, texts in zip(said, self._texts, strict=True)]
        return torch.tensor(done, device=input_ids.device)
