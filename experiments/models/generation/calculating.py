"""Lets rows of a batch call a calculator while they are generated: the next tokens are its result's."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor

from domains.calculator import Form, continued
from experiments.models.tokens.chat import Tokenizer, Tokens
from experiments.models.tokens.prompting import completion_text, part_tokens


class Calculating(LogitsProcessor):  # type: ignore[misc]
    """Rows whose completion, from token `begin` on, has just come to a call go on with what the calculator writes.

    That is forced token by token, so positions, noise and the longest completion count it like the model's own. A row
    without a form, and one that calls in vain, is left alone.
    """

    def __init__(self, tokenizer: Tokenizer, forms: Sequence[Form | None], begin: int) -> None:
        self._tokenizer, self._forms, self._begin = tokenizer, forms, begin
        self._due: list[Tokens] = [[] for _ in forms]
        self._calls: dict[int, bool] = {}

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` are logits, (rows, vocabulary)."""
        said = input_ids[:, self._begin :].tolist()
        for row, (form, tokens) in enumerate(zip(self._forms, said, strict=True)):
            if form and tokens and not self._due[row] and self._may_call(tokens[-1]):
                result = continued(completion_text(self._tokenizer, tokens), form)
                self._due[row] = part_tokens(self._tokenizer, result) if result else []
        due = {row: tokens.pop(0) for row, tokens in enumerate(self._due) if tokens}
        if not due:
            return scores
        forced = scores.clone()
        for row, token in due.items():
            forced[row] = -torch.inf
            forced[row, token] = 0.0
        return forced

    def _may_call(self, token: int) -> bool:
        """Whether a call may end with the token; a text is decoded only then."""
        if token not in self._calls:
            self._calls[token] = "=" in self._tokenizer.decode([token])
        return self._calls[token]
