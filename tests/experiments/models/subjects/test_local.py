"""Batched generation."""

from __future__ import annotations

import pytest
import torch

from experiments.models.subjects.local import batches, left_pad
from experiments.models.subjects.subject import Request
from tests.support.models import item, subject

pytestmark = pytest.mark.slow

PROMPTS = ["abc", "d", "efghij", "kl", "mnop"]


def asked(prompts: list[str], length: int, seed: int | None = None) -> list[Request]:
    """One request a prompt; with `seed`, each with noise of its own."""
    return [
        Request(item(prompt), length, None if seed is None else 1000 * seed + at) for at, prompt in enumerate(prompts)
    ]


def tokens(found) -> list[list[int]]:
    return [one.tokens for one in found]


def greedy(prompt: str, steps: int) -> list[int]:
    """Greedy decoding by the definition, one whole forward pass a token."""
    who = subject()
    start = who.answer(item(prompt))
    said = list(start)
    for _ in range(steps):
        with torch.inference_mode():
            best = int(who.network(input_ids=torch.tensor([said])).logits[0, -1].argmax())
        said.append(best)
        if best == who.tokenizer.eos_token_id:
            break
    return said[len(start) :]


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_greedy_in_batches_is_greedy_alone(batch: int) -> None:
    found = subject(batch=batch).complete(asked(PROMPTS, 6))
    assert tokens(found) == [greedy(prompt, 6) for prompt in PROMPTS]


def test_samples_depend_on_their_own_noise_only() -> None:
    who, many = subject(), PROMPTS * 5
    first = tokens(who.complete(asked(many, 8, seed=3)))
    torch.rand(7)
    assert tokens(who.complete(asked(many, 8, seed=3))) == first
    assert tokens(who.complete(asked(many, 8, seed=4))) != first
    # Today's sampling changed 21 of 24 items between batches of 1 and 64.
    for batch in (1, 3, 64):
        assert tokens(subject(batch=batch).complete(asked(many, 8, seed=3))) == first
    assert tokens(who.complete(asked(many, 8, seed=3)[7:9])) == first[7:9]


def test_samples_follow_the_model() -> None:
    who = subject(batch=500)
    with torch.inference_mode():
        p = who.network(input_ids=torch.tensor([who.answer(item("d"))])).logits[0, -1].softmax(-1)
    first = torch.tensor([one.tokens[0] for one in who.complete(asked(["d"] * 4000, 1, seed=0))])
    share = torch.bincount(first, minlength=len(p)) / len(first)
    # Total variation of 4,000 draws over 258 tokens is about 0.1; a top-k of 50 would give 0.7 or more.
    assert float((share - p).abs().sum()) / 2 < 0.2


def test_a_completion_ends_with_its_end_token() -> None:
    who = subject(batch=200)
    end = who.tokenizer.eos_token_id
    found = who.complete(asked(["d"] * 200, 20, seed=1))
    stopped = [one for one in found if one.finish == "stop"]
    assert stopped
    assert all(one.tokens.index(end) == len(one.tokens) - 1 for one in stopped)
    assert all(len(one.tokens) == 20 and end not in one.tokens for one in found if one.finish == "length")


def test_greedy_and_sampled_requests_of_any_length_may_be_mixed() -> None:
    who = subject()
    mixed = [Request(item(text), *how) for text, *how in (("abc", 3), ("abc", 5, 1), ("d", 3, 1), ("d", 5))]
    alone = [who.complete([request])[0] for request in mixed]
    assert who.complete(mixed) == alone


def test_the_models_own_settings_are_left_as_they_were() -> None:
    who = subject()
    before = who.network.generation_config
    who.complete(asked(PROMPTS, 2))
    assert who.network.generation_config is before


def test_left_padding_and_batches() -> None:
    padded = left_pad([[5, 6], [7]], subject())
    assert padded["input_ids"].tolist() == [[5, 6], [0, 7]]
    assert padded["attention_mask"].tolist() == [[1, 1], [0, 1]]
    rows = list(batches([[0] * len(prompt) for prompt in PROMPTS], 2))
    assert sorted(row for batch in rows for row in batch) == list(range(5))
    assert [len(batch) for batch in rows] == [2, 2, 1]


def test_an_answer_that_is_begun_goes_on_as_if_it_had_been_said() -> None:
    who = subject()
    whole = who.complete(asked(["abcd"], 5))[0]
    begun = who.complete([Request(item("ab"), 5, begun="cd")])[0]
    assert begun == whole


def test_what_stands_before_an_answer_is_not_counted() -> None:
    who = subject()
    both, first = (who.read([item("ab")], [who.answer(item(text))])[0] for text in ("cdef", "cd"))
    rest = who.read([item("ab")], [who.answer(item("ef"))], ["cd"])[0]
    assert rest.nll == pytest.approx(both.nll - first.nll, abs=1e-4)
    assert rest.tokens == 2
