"""Batched generation."""

from __future__ import annotations

import pytest
import torch

from experiments.models.local import batches, complete, left_pad
from tests.support.models import subject

PROMPTS = [[10, 11, 12], [20], [30, 31, 32, 33, 34, 35], [40, 41], [50, 51, 52, 53]]


def greedy(prompt: list[int], steps: int) -> list[int]:
    """Greedy decoding by the definition, one whole forward pass a token."""
    who, tokens = subject(), list(prompt)
    for _ in range(steps):
        with torch.inference_mode():
            best = int(who.network(input_ids=torch.tensor([tokens])).logits[0, -1].argmax())
        tokens.append(best)
        if best == who.tokenizer.eos_token_id:
            break
    return tokens[len(prompt) :]


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_greedy_in_batches_is_greedy_alone(batch: int) -> None:
    found = complete(subject(batch=batch), PROMPTS, 6)
    assert found == [greedy(prompt, 6) for prompt in PROMPTS]


def test_samples_depend_on_the_seed_only() -> None:
    who = subject()
    first = complete(who, PROMPTS, 8, seed=3)
    torch.rand(7)
    assert complete(who, PROMPTS, 8, seed=3) == first
    assert complete(who, PROMPTS, 8, seed=4) != first


def test_samples_follow_the_model() -> None:
    who = subject(batch=500)
    with torch.inference_mode():
        p = who.network(input_ids=torch.tensor([[20]])).logits[0, -1].softmax(-1)
    first = torch.tensor([tokens[0] for tokens in complete(who, [[20]] * 4000, 1, seed=0)])
    share = torch.bincount(first, minlength=len(p)) / len(first)
    # Total variation of 4,000 draws over 258 tokens is about 0.1; a top-k of 50 would give 0.7 or more.
    assert float((share - p).abs().sum()) / 2 < 0.2


def test_a_completion_ends_with_its_end_token() -> None:
    who = subject(batch=200)
    end = who.tokenizer.eos_token_id
    found = complete(who, [[20]] * 200, 20, seed=1)
    stopped = [tokens for tokens in found if end in tokens]
    assert stopped
    assert all(tokens.index(end) == len(tokens) - 1 for tokens in stopped)
    assert all(len(tokens) == 20 for tokens in found if end not in tokens)


def test_the_models_own_settings_are_left_as_they_were() -> None:
    who = subject()
    before = who.network.generation_config
    complete(who, PROMPTS, 2)
    assert who.network.generation_config is before


def test_left_padding_and_batches() -> None:
    padded = left_pad([[5, 6], [7]], subject())
    assert padded["input_ids"].tolist() == [[5, 6], [0, 7]]
    assert padded["attention_mask"].tolist() == [[1, 1], [0, 1]]
    rows = list(batches(PROMPTS, 2))
    assert sorted(row for batch in rows for row in batch) == list(range(5))
    assert [len(batch) for batch in rows] == [2, 2, 1]
