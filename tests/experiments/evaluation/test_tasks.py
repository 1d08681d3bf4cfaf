"""What is asked, against doing the same by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
import torch

from curricula.schema import Evaluation
from domains.errors import StageError
from domains.rewards import Mark, Reward, build_reward
from experiments.evaluation.marking import mark
from experiments.evaluation.tasks import Asked, Base, ask
from experiments.measures.scores import domain_score
from experiments.measures.suite import suite_of
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from experiments.models.tokens.prompting import prompt_tokens
from experiments.nodes.outputs import Output
from experiments.nodes.record import DomainScore
from experiments.nodes.setup import Setup, SetupDomain
from experiments.nodes.suite import samples_task
from tests.support.models import DOMAIN, EVALUATION, PAIRS, TINY, subject, words

pytestmark = pytest.mark.slow

ITEMS = words(6)
CREATIVE = DOMAIN.model_copy(update={"kind": "creative", "decoding": PAIRS})


def outputs(
    model: LocalModel,
    domain: SetupDomain = DOMAIN,
    settings: Evaluation = EVALUATION,
    base: Callable[[], LocalModel] | None = None,
    seed: int = 0,
) -> dict[str, list[Output]]:
    """Task kind → what the model said of `ITEMS` as a validation split."""
    suite = suite_of(Setup(model=TINY, domains={"copy": domain}, evaluation=settings))

    def start(task) -> Base | None:
        if base is None:
            return None
        wanted = samples_task(task)
        return Base(base(), ask(Asked(wanted, ITEMS[: task.items], None, lambda: None), base()))

    return {
        task.kind: ask(Asked(task, ITEMS[: task.items], seed, lambda task=task: start(task)), model)
        for task in suite.tasks
        if task.split == "validation"
    }


def score(
    model: LocalModel,
    domain: SetupDomain = DOMAIN,
    settings: Evaluation = EVALUATION,
    reward: Reward | None = None,
    base: Callable[[], LocalModel] | None = None,
) -> DomainScore:
    """The whole way from asking to a score."""
    said = outputs(model, domain, settings, base)
    marks = mark("copy", reward or build_reward(domain.primary, ITEMS), ITEMS, said["answers"])
    return domain_score(said, marks, sorted(settings.metrics))


def test_structured_score_is_that_of_the_greedy_completion() -> None:
    who = subject()
    greedy = [one.text for one in who.complete([Request(item, 5) for item in ITEMS])]
    assert [one.text for one in outputs(who)["answers"]] == greedy


def test_a_structured_domain_is_scored_by_the_mean_of_its_samples_and_the_best_of_them_stands_beside() -> None:
    sampled = DOMAIN.model_copy(update={"decoding": PAIRS})

    def reward(group: Sequence[str], _: object) -> list[Mark]:
        return [Mark(0.0, None), Mark(1.0, "5")]

    found = score(subject(), sampled, reward=reward)
    assert (found.items, found.best) == ((0.5,) * 6, (1.0,) * 6)
    assert score(subject()).best is None


def test_every_answer_comes_with_its_own_likelihood_after_its_own_prompt() -> None:
    who = subject()
    said = outputs(who, CREATIVE)["answers"]
    assert [one.sample for one in said] == [0, 1] * len(ITEMS)
    for row, one in enumerate(said):
        (alone,) = who.read([ITEMS[row // 2]], [list(one.tokens or ())])
        assert one.nll == pytest.approx(alone.nll, rel=1e-4)


def test_a_colder_temperature_comes_nearer_to_greedy() -> None:
    who = subject()
    greedy = [one.text for one in who.complete([Request(item, 5) for item in ITEMS])]
    cold = [one.text for one in who.complete([Request(item, 5, at, 1e-3) for at, item in enumerate(ITEMS)])]
    warm = [one.text for one in who.complete([Request(item, 5, at, 1.0) for at, item in enumerate(ITEMS)])]
    mixed = who.complete([Request(item, 5, 0, (1.0, 1e-3)[at % 2]) for at, item in enumerate(ITEMS)])
    assert cold == greedy != warm
    assert [one.text for one in mixed][1::2] == greedy[1::2]


def test_creative_score_is_the_mean_of_the_sampled_group() -> None:
    groups: list[list[str]] = []

    def reward(group: Sequence[str], _: object) -> list[Mark]:
        groups.append(list(group))
        return [Mark(0.25, None), Mark(0.75, "words", stopped=True, unread=True)]

    found = score(subject(), CREATIVE, reward=reward)
    assert found.items == (0.5,) * 6
    assert (found.unparsed, found.stopped, found.unread) == (0.5, 6, 6)
    assert all(len(group) == PAIRS.samples for group in groups)
    assert any(one != other for one, other in groups)


def test_nll_is_bits_per_byte_of_the_references() -> None:
    who = subject()
    bits = 0.0
    for item in ITEMS:
        prompt, answer = list(item.prompt.encode()), who.answer(item)
        ids = prompt_tokens(who.tokenizer, item) + answer
        with torch.inference_mode():
            logs = who.network(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
        start = len(prompt)
        bits -= sum(float(logs[place - 1, ids[place]]) for place in range(start, len(ids))) / math.log(2)
    size = sum(len(item.answer.encode()) for item in ITEMS)
    assert score(who).nll == pytest.approx(bits / size, rel=1e-4)


def test_an_untrained_model_is_about_uniform() -> None:
    found = score(subject())
    uniform = math.log(258)
    assert found.entropy is not None
    assert found.reference_entropy == pytest.approx(uniform, rel=0.02)
    assert all(each == pytest.approx(uniform, rel=0.02) for each in found.entropy)
    assert len(found.entropy) == EVALUATION.entropy_items


def test_divergence_is_measured_on_the_base_models_samples() -> None:
    assert score(subject()).kl == 0.0
    assert score(subject(), base=subject).kl == 0.0
    assert score(subject(seed=1), base=subject).kl > 0


def test_only_what_is_asked_for_is_measured() -> None:
    settings = EVALUATION.model_copy(update={"metrics": ("nll",)})
    assert set(outputs(subject(), settings=settings)) == {"answers", "references"}
    found = score(subject(), settings=settings)
    assert found.nll is not None
    assert (found.entropy, found.reference_entropy, found.kl) == (None, None, None)


def test_batches_change_no_completion_and_readings_by_rounding_only() -> None:
    one, *others = (
        outputs(subject(batch=size), CREATIVE, base=lambda size=size: subject(batch=size)) for size in (1, 4, 64)
    )
    for other in others:
        for kind, rows in one.items():
            assert [(row.item, row.sample, row.tokens, row.finish) for row in rows] == [
                (row.item, row.sample, row.tokens, row.finish) for row in other[kind]
            ]
            for name in ("nll", "entropy", "kl"):
                before, after = ([getattr(row, name) or 0.0 for row in found] for found in (rows, other[kind]))
                assert before == pytest.approx(after, rel=1e-4)


def test_what_an_item_is_answered_does_not_depend_on_the_other_items() -> None:
    task = next(
        task
        for task in suite_of(Setup(model=TINY, domains={"copy": CREATIVE}, evaluation=EVALUATION)).tasks
        if task.kind == "answers"
    )
    few, all_of_them = (ask(Asked(task, items, 0, lambda: None), subject()) for items in (ITEMS[3:5], ITEMS))
    assert few == [one for one in all_of_them if one.item in {item.id for item in ITEMS[3:5]}]


def test_samples_depend_on_the_seed_and_on_nothing_drawn_before() -> None:
    first = outputs(subject(), CREATIVE)
    torch.rand(11)
    assert outputs(subject(), CREATIVE) == first
    assert outputs(subject(), CREATIVE, seed=1)["answers"] != first["answers"]
    assert outputs(subject(), CREATIVE, seed=1)["references"] == first["references"]


def test_a_reward_that_fails_names_its_domain() -> None:
    def broken(group: Sequence[str], _: object) -> list[Mark]:
        raise StageError("reward", "exact raised ZeroDivisionError: division by zero")

    with pytest.raises(StageError, match="domain copy: exact raised"):
        score(subject(), reward=broken)
