"""Examples of a micro-batch in one row teach what they teach in rows of their own."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from curricula.stage import Training
from domains.errors import StageError
from experiments.training.packed import check_apart, own_tokens
from tests.experiments.training.test_training import POOLS, fresh, state, train
from tests.support.models import words

pytestmark = pytest.mark.slow

SFT = Training(method="sft", steps=3, prompts=8, micro_batch=4, learning_rate=1e-3)


@pytest.mark.parametrize("loss", ["sequence", "token"])
def test_the_weights_are_the_same_but_for_rounding(loss: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of very different lengths, so that a wrong normaliser would show."""
    monkeypatch.setitem(POOLS, "copy", (*words(20), *words(20, 10_000_000)))
    rows, row = fresh(), fresh()
    plain = train(rows, SFT.model_copy(update={"loss": loss}))
    packed = train(row, SFT.model_copy(update={"loss": loss, "trl": {"padding_free": True}}))
    moved = max(float((a - b).abs().max()) for a, b in zip(state(rows), state(fresh()), strict=True))
    apart = max(float((a - b).abs().max()) for a, b in zip(state(rows), state(row), strict=True))
    assert moved > 1e-3
    assert apart < 1e-5
    assert packed.curve == pytest.approx(plain.curve, abs=1e-4)
    assert packed.cost.tokens == plain.cost.tokens


def test_tokens_are_counted_by_example() -> None:
    """Three tokens and four in one row; what the first of each is taught by stands before it, and does not count."""
    mask = torch.tensor([[True, True, False, True, True, True]])
    counts = own_tokens(mask, {"seq_idx": torch.tensor([[0, 0, 0, 1, 1, 1, 1]])})
    assert counts.tolist() == [[2, 2, 3, 3, 3, 3]]
    assert own_tokens(mask, {}).tolist() == [[5]]


def test_a_model_that_reads_a_row_as_one_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = fresh()
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(5)
    rows = [[5, 6, 7, 8, 9, 10], [11, 12, 13, 14]]
    check_apart(network, rows)
    real = type(network).forward
    monkeypatch.setattr(type(network), "forward", lambda self, position_ids=None, **asked: real(self, **asked))
    with pytest.raises(StageError, match="this model reads examples of one row together"):
        check_apart(network, rows)
