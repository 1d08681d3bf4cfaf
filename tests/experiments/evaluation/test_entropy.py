"""Likelihood, entropy and divergence against direct computation, one sequence at a time."""

from __future__ import annotations

import math

import pytest
import torch

from experiments.evaluation.entropy import Reading, bits_per_byte, divergence, entropies, read
from experiments.models.local import Subject, Tokens
from tests.support.models import subject

PROMPTS = [[10, 11, 12], [20], [30, 31, 32, 33, 34, 35], [40, 41]]
COMPLETIONS = [[50, 51], [60, 61, 62, 63, 1], [70], [80, 81, 82]]


def alone(who: Subject, prompt: Tokens, completion: Tokens) -> torch.Tensor:
    """Log-probabilities before each token of one completion, without padding: (tokens, vocabulary)."""
    with torch.inference_mode():
        logits = who.network(input_ids=torch.tensor([prompt + completion])).logits[0]
    return logits[len(prompt) - 1 : -1].float().log_softmax(-1)


def test_entropy_by_hand() -> None:
    p = torch.tensor([[0.5, 0.25, 0.25, 0.0], [1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])
    expected = [1.5 * math.log(2), 0.0, 2 * math.log(2)]
    assert entropies(p.log()).tolist() == pytest.approx(expected)


@pytest.mark.parametrize("batch", [1, 3, 4])
def test_padding_and_batches_change_nothing(batch: int) -> None:
    who = subject(batch=batch)
    for found, prompt, completion in zip(read(who, PROMPTS, COMPLETIONS), PROMPTS, COMPLETIONS, strict=True):
        logs = alone(who, prompt, completion)
        nll = -sum(float(logs[place, token]) for place, token in enumerate(completion))
        entropy = -float((logs.exp() * logs).sum())
        assert found.nll == pytest.approx(nll, rel=1e-4)
        assert found.entropy == pytest.approx(entropy, rel=1e-4)
        assert found.tokens == len(completion)


def test_divergence_is_the_definition() -> None:
    base, other = subject(seed=0, batch=3), subject(seed=1, batch=3)
    total = 0.0
    for prompt, completion in zip(PROMPTS, COMPLETIONS, strict=True):
        before, after = alone(base, prompt, completion), alone(other, prompt, completion)
        total += float((before.exp() * (before - after)).sum())
    tokens = sum(map(len, COMPLETIONS))
    found = divergence(base, other, PROMPTS, COMPLETIONS)
    assert found == pytest.approx(total / tokens, rel=1e-4)
    assert found > 0


def test_divergence_from_itself_is_zero() -> None:
    assert divergence(subject(), subject(), PROMPTS, COMPLETIONS) == 0.0


def test_divergence_has_a_direction() -> None:
    base, other = subject(seed=0), subject(seed=1)
    there = divergence(base, other, PROMPTS, COMPLETIONS)
    back = divergence(other, base, PROMPTS, COMPLETIONS)
    assert there != back


def test_bits_per_byte() -> None:
    readings = [Reading(nll=3 * math.log(2), entropy=0, tokens=3), Reading(nll=5 * math.log(2), entropy=0, tokens=2)]
    assert bits_per_byte(readings, ["abc", "é"]) == pytest.approx(8 / 5)


def test_an_impossible_token_adds_nothing_and_nan_is_not_hidden():
    assert float(entropies(torch.tensor([0.0, -math.inf]))) == 0.0
    assert math.isnan(float(entropies(torch.tensor([math.nan, 0.0]))))
