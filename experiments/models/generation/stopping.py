"""Ends each row of a batch at its own texts, while it is generated."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import StoppingCriteria

from experiments.models.tokens.chat import Tokenizer, Tokens
from experiments.models.tokens.prompting import completion_text, stops

SLACK = 16
"""Characters more than the longest text that must be seen: where a completion is cut off in front, tokenizers may drop
a blank or show half a character, and tidy up blanks around what follows."""


class StopTexts(StoppingCriteria):  # type: ignore[misc]
    """Rows whose completion, from token `begin` on, holds one of the row's own texts are done.

    It is asked after every token, so a text that was not there before ends with the last one: only as much of the
    completion is decoded as the row's longest text can reach back. transformers' own `stop_strings` are the same for
    all rows; a mixture's rows are of several domains.
    """

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[Sequence[str]], begin: int) -> None:
        self._tokenizer, self._texts, self._begin = tokenizer, texts, begin
        self._reach = max(map(_needed, texts), default=1)

    def __call__(self, input_ids: torch.Tensor, scores: object, **more: object) -> torch.Tensor:
        """(rows,) of bool; `input_ids` are (rows, tokens so far)."""
        said = input_ids[:, self._begin :]
        # One copy from the device for all rows.
        ends = said[:, -self._reach :].tolist()
        rows = zip(ends, said, self._texts, strict=True)
        done = [bool(texts) and stops(self._tokenizer, self._end(end, row, texts), texts) for end, row, texts in rows]
        return torch.tensor(done, device=input_ids.device)

    def _end(self, end: Tokens, said: torch.Tensor, texts: Sequence[str]) -> Tokens:
        """`end`, or more of what was `said`, until its text is long enough.

        A token is a character or more, but for parts of one and for special ones, which have no text.
        """
        needed = _needed(texts)
        while len(end) < len(said) and len(completion_text(self._tokenizer, end)) < needed:
            end = said[-2 * len(end) :].tolist()
        return end


def _needed(texts: Sequence[str]) -> int:
    """Characters at the end in which the longest of the texts must stand whole."""
    return max(map(len, texts), default=0) + SLACK
