"""Statistics of logits in chunks are those of the whole."""

from __future__ import annotations

import pytest
import torch

from experiments.models.generation import logits
from experiments.models.generation.logits import divergences, entropies, readings


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("chunk", [1, 3 * 500, 7 * 500, 1 << 22])
def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, chunk: int, dtype: torch.dtype) -> None:
    chance = torch.Generator().manual_seed(0)
    one, other = (5 * torch.randn(3, 11, 500, generator=chance).to(dtype) for _ in range(2))
    targets = torch.randint(500, (3, 11), generator=chance)
    logs, others = one.float().log_softmax(-1), other.float().log_softmax(-1)
    monkeypatch.setattr(logits, "CHUNK", chunk)
    surprisals, spreads = readings(one, targets)
    assert torch.allclose(surprisals, -logs.gather(-1, targets.unsqueeze(-1)).squeeze(-1), rtol=0, atol=1e-6)
    assert torch.allclose(spreads, entropies(logs), rtol=1e-6, atol=0)
    assert torch.allclose(divergences(one, other), (logs.exp() * (logs - others)).sum(-1), rtol=1e-5, atol=1e-6)


def test_impossible_tokens_take_no_part_in_the_entropy() -> None:
    logits = torch.tensor([[[0.0, 0.0, -torch.inf]]])
    _, spread = readings(logits, torch.tensor([[0]]))
    assert float(spread) == pytest.approx(0.6931472)
