"""What is noted while a model speaks is what reading it again would find."""

from __future__ import annotations

import pytest
import torch

from domains.errors import StageError
from experiments.models.generation.surprisal import Surprisal
from experiments.models.subjects.subject import Request
from tests.support.models import subject, words

pytestmark = pytest.mark.slow
ITEMS = words(6)


@pytest.mark.parametrize("noise, temperature", [(None, 1.0), (3, 1.0), (3, 0.3)], ids=["greedy", "warm", "cold"])
def test_noted_at_temperature_1_whatever_was_drawn_at(noise, temperature):
    who = subject()
    said = who.complete([Request(item, 5, noise, temperature) for item in ITEMS])
    read = who.read(ITEMS, [one.tokens for one in said])
    assert [one.nll for one in said] == pytest.approx([one.nll for one in read], rel=1e-4)


def test_tokens_after_the_end_are_not_counted():
    noted, scores = Surprisal(), torch.zeros(2, 4)
    ids = torch.tensor([[0], [0]])
    for _ in range(3):
        assert noted(ids, scores) is scores
        ids = torch.cat([ids, torch.tensor([[1], [2]])], dim=1)
    assert noted.of(ids) == [[pytest.approx(1.3862944)] * 3] * 2


def test_a_model_of_nans_is_one_clear_error():
    who = subject()
    with torch.no_grad():
        next(who.network.parameters()).fill_(float("nan"))
    with pytest.raises(StageError, match="not finite"):
        who.complete([Request(ITEMS[0], 3)])
