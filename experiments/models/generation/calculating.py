"""Lets rows of a batch call a calculator while they are generated: the next tokens are its result's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from transformers import LogitsProcessor

from domains.calculator import Form, continued
from experiments.models.tokens.chat import Tokenizer, Tokens
from experiments.models.tokens.prompting import completion_text, part_tokens

DIGITS = tuple("0123456789")
POINTS = (".", ",")


class Calculating(LogitsProcessor):  # type: ignore[misc]
    """Rows whose completion, from token `begin` on, has just come to a call go on with what the calculator writes.

    That is forced token by token, so positions, noise and the longest completion count it like the model's own. Where
    nothing closes the result, no digit goes on with it: it would be another number. A row without a form, and one that
    calls in vain, is left alone.
    """

    def __init__(self, tokenizer: Tokenizer, forms: Sequence[Form | None], begin: int) -> None:
        self._tokenizer, self._forms, self._begin = tokenizer, forms, begin
        self._due: list[Tokens] = [[] for _ in forms]
        self._ended: dict[int, int] = {}
        self._calls: dict[int, bool] = {}

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` are logits, (rows, vocabulary)."""
        said = input_ids[:, self._begin :].tolist()
        for row, (form, tokens) in enumerate(zip(self._forms, said, strict=True)):
            if form and tokens and not self._due[row] and self._may_call(tokens[-1]):
                result = continued(completion_text(self._tokenizer, tokens), form)
                self._due[row] = part_tokens(self._tokenizer, result) if result else []
        due = {row: tokens.pop(0) for row, tokens in enumerate(self._due) if tokens}
        open_ = [row for row, tokens in enumerate(said) if row not in due and self._open(row, tokens)]
        if not due and not open_:
            return scores
        forced = scores.clone()
        for row, token in due.items():
            forced[row] = -torch.inf
            forced[row, token] = 0.0
            self._ended[row] = len(said[row]) + 1
        for row in open_:
            forced[row, self._digits] = -torch.inf
        return forced

    def _open(self, row: int, tokens: Tokens) -> bool:
        """Whether a digit would be one more of the result that ends there, or before a point."""
        if self._forms[row] != "equals" or row not in self._ended:
            return False
        since = tokens[self._ended[row] :]
        return not since or (len(since) == 1 and self._tokenizer.decode(since) in POINTS)

    @cached_property
    def _digits(self) -> Tokens:
        """Tokens that begin with a digit, without a blank before it."""
        return [token for text, token in self._tokenizer.get_vocab().items() if text[:1] in DIGITS]

    def _may_call(self, token: int) -> bool:
        """Whether a call may end with the token; a text is decoded only then."""
        if token not in self._calls:
            self._calls[token] = "=" in self._tokenizer.decode([token])
        return self._calls[token]
