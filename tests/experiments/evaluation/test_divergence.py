"""Likelihood, entropy and divergence against direct computation, one sequence at a time."""

from __future__ import annotations

import math

import pytest
import torch

from experiments.evaluation.divergence import divergence
from experiments.measures.entropy import divergence as per_token
from experiments.measures.likelihood import bits_per_byte, reference_entropy
from experiments.models.generation.logits import entropies
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.chat import Tokens
from experiments.nodes.outputs import Output
from tests.support.models import item, subject

pytestmark = pytest.mark.slow

PROMPTS = ["abc", "d", "efghij", "kl"]
ITEMS = [item(prompt) for prompt in PROMPTS]
COMPLETIONS = [[50, 51], [60, 61, 62, 63, 1], [70], [80, 81, 82]]


def alone(who: LocalModel, prompt: str, completion: Tokens) -> torch.Tensor:
    """Log-probabilities before each token of one completion, without padding: (tokens, vocabulary)."""
    asked = who.answer(item(prompt))
    with torch.inference_mode():
        logits = who.network(input_ids=torch.tensor([asked + completion])).logits[0]
    return logits[len(asked) - 1 : -1].float().log_softmax(-1)


def test_entropy_by_hand() -> None:
    p = torch.tensor([[0.5, 0.25, 0.25, 0.0], [1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])
    expected = [1.5 * math.log(2), 0.0, 2 * math.log(2)]
    assert entropies(p.log()).tolist() == pytest.approx(expected)


@pytest.mark.parametrize("batch", [1, 3, 4])
def test_padding_and_batches_change_nothing(batch: int) -> None:
    who = subject(batch=batch)
    for found, prompt, completion in zip(who.read(ITEMS, COMPLETIONS), PROMPTS, COMPLETIONS, strict=True):
        logs = alone(who, prompt, completion)
        nll = -sum(float(logs[place, token]) for place, token in enumerate(completion))
        entropy = -float((logs.exp() * logs).sum())
        assert found.nll == pytest.approx(nll, rel=1e-4)
        assert found.entropy == pytest.approx(entropy, rel=1e-4)
        assert found.tokens == len(completion)


def test_divergence_is_the_definition() -> None:
    base, other = subject(seed=0, batch=3), subject(seed=1, batch=3)
    found = divergence(base, other, ITEMS, COMPLETIONS)
    for value, prompt, completion in zip(found, PROMPTS, COMPLETIONS, strict=True):
        before, after = alone(base, prompt, completion), alone(other, prompt, completion)
        assert value == pytest.approx(float((before.exp() * (before - after)).sum()), rel=1e-4)
        assert value > 0


def test_divergence_from_itself_is_zero() -> None:
    assert divergence(subject(), subject(), ITEMS, COMPLETIONS) == [0.0] * 4


def test_divergence_has_a_direction() -> None:
    base, other = subject(seed=0), subject(seed=1)
    there = divergence(base, other, ITEMS, COMPLETIONS)
    back = divergence(other, base, ITEMS, COMPLETIONS)
    assert there != back


def test_sums_over_tokens_become_rates() -> None:
    read = [
        Output(item="a", nll=3 * math.log(2), entropy=1.0, kl=0.5, count=3, size=3),
        Output(item="b", nll=5 * math.log(2), entropy=2.0, kl=0.0, count=2, size=2),
    ]
    assert bits_per_byte(read) == pytest.approx(8 / 5)
    assert reference_entropy(read) == pytest.approx(3 / 5)
    assert per_token(read) == pytest.approx(0.5 / 5)


def test_an_impossible_token_adds_nothing_and_nan_is_not_hidden() -> None:
    assert float(entropies(torch.tensor([0.0, -math.inf]))) == 0.0
    assert math.isnan(float(entropies(torch.tensor([math.nan, 0.0]))))
