"""Evaluation against doing the same by hand."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from domains.errors import StageError
from domains.rewards import Mark
from experiments.evaluation.tasks import Exam, evaluate, examine
from experiments.models.local import complete
from tests.support.models import DOMAIN, EVALUATION, exam, subject, words

ITEMS = words(6)
CREATIVE = DOMAIN.model_copy(update={"kind": "creative"})


def with_reward(found: Exam, reward: object) -> Exam:
    return Exam(found.name, found.domain, found.items, found.split, reward, found.settings, found.seed)  # type: ignore[arg-type]


def test_structured_score_is_that_of_the_greedy_completion() -> None:
    who = subject()
    greedy = [who.text(tokens) for tokens in complete(who, [who.prompt(item.prompt) for item in ITEMS], 5)]
    pairs = dict(zip((item.prompt for item in ITEMS), greedy, strict=True))
    reward = lambda group, item: [Mark(float(text == pairs[item.prompt]), text) for text in group]  # noqa: E731
    assert examine(who, with_reward(exam(ITEMS), reward), None, None)[0].items == (1.0,) * 6


def test_creative_score_is_the_mean_of_the_sampled_group() -> None:
    groups: list[list[str]] = []

    def reward(group: list[str], _: object) -> list[Mark]:
        groups.append(list(group))
        return [Mark(0.25, None), Mark(0.75, None)]

    score, _ = examine(subject(), with_reward(exam(ITEMS, CREATIVE), reward), None, None)
    assert score.items == (0.5,) * 6
    assert all(len(group) == EVALUATION.samples for group in groups)
    assert any(one != other for one, other in groups)


def test_nll_is_bits_per_byte_of_the_references() -> None:
    who = subject()
    bits = 0.0
    for item in ITEMS:
        ids = who.prompt(item.prompt) + who.answer(item.answer)
        with torch.inference_mode():
            logs = who.network(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
        start = len(who.prompt(item.prompt))
        bits -= sum(float(logs[place - 1, ids[place]]) for place in range(start, len(ids))) / math.log(2)
    size = sum(len(item.answer.encode()) for item in ITEMS)
    assert examine(who, exam(ITEMS), None, None)[0].nll == pytest.approx(bits / size, rel=1e-4)


def test_an_untrained_model_is_about_uniform() -> None:
    score, samples = examine(subject(), exam(ITEMS), None, None)
    uniform = math.log(258)
    assert score.entropy is not None
    assert score.reference_entropy == pytest.approx(uniform, rel=0.02)
    assert all(each == pytest.approx(uniform, rel=0.02) for each in score.entropy)
    assert len(score.entropy) == len(samples) == EVALUATION.entropy_items


def test_divergence_is_measured_on_the_base_models_samples() -> None:
    base, other = subject(seed=0), subject(seed=1)
    first, own = evaluate(base, [exam(ITEMS)])
    assert first["validation"]["copy"].kl == 0.0
    again, _ = evaluate(subject(seed=0), [exam(ITEMS)], base, own)
    assert again["validation"]["copy"].kl == 0.0
    moved, _ = evaluate(other, [exam(ITEMS)], base, own)
    assert moved["validation"]["copy"].kl > 0


def test_only_what_is_asked_for_is_measured() -> None:
    settings = EVALUATION.model_copy(update={"metrics": ("nll",)})
    score, samples = examine(subject(), exam(ITEMS, settings=settings), None, None)
    assert score.nll is not None
    assert (score.entropy, score.reference_entropy, score.kl, samples) == (None, None, None, [])


def test_batches_change_scores_by_rounding_only() -> None:
    scores = [examine(subject(batch=batch), exam(ITEMS), None, None)[0] for batch in (1, 4, 6)]
    for one, other in pairwise(scores):
        assert one.items == other.items
        assert one.nll == pytest.approx(other.nll, rel=1e-5)
        assert one.reference_entropy == pytest.approx(other.reference_entropy, rel=1e-5)


def test_evaluation_does_not_depend_on_what_was_drawn_before() -> None:
    first = examine(subject(), exam(ITEMS, CREATIVE), None, None)
    torch.rand(11)
    assert examine(subject(), exam(ITEMS, CREATIVE), None, None) == first


def test_a_reward_that_fails_names_its_domain() -> None:
    def broken(group: list[str], _: object) -> list[float]:
        raise StageError("reward", "exact raised ZeroDivisionError: division by zero")

    with pytest.raises(StageError, match="domain copy: exact raised"):
        examine(subject(), with_reward(exam(ITEMS), broken), None, None)
