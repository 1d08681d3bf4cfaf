"""What a model is really given: token by token through its chat template, and as plain text."""

from __future__ import annotations

import pytest
import torch

from domains.example import Example
from experiments.evaluation.inquiry.asking import inquire
from experiments.evaluation.inquiry.beliefs import HOW_LIKELY, WHETHER
from experiments.evaluation.inquiry.forcing import FORCED
from experiments.measures.inquiries import marked_of
from experiments.models.subjects.local import LocalModel
from experiments.nodes.suite import Task
from tests.support.chat import TEMPLATES, network_of, tokenizer_of
from tests.support.reasoners import FINAL, ITEMS, TASK, Reasoner

pytestmark = pytest.mark.slow
ITEM = Example(prompt="What is 2 + 3?", answer="5")
SAID = "2 + 3 = 5.\nThat is all.\nThe answer is 5."
ASK = Task(kind="reasoning", domain="sums", split="test", data="d", max_tokens=60, final=FINAL)


def chatting() -> LocalModel:
    tokenizer = tokenizer_of(TEMPLATES["smollm2"])
    return LocalModel(network_of("smollm2", tokenizer).eval(), tokenizer, 4)


def nll(model: LocalModel, before: str, answer: str) -> float:
    """−ln p of a text after a text, by one forward pass."""
    tokens = [model.tokenizer(text, add_special_tokens=False)["input_ids"] for text in (before, answer)]
    with torch.inference_mode():
        logs = model.network(input_ids=torch.tensor([tokens[0] + tokens[1]])).logits[0].log_softmax(-1)
    start = len(tokens[0]) - 1
    return -sum(float(logs[start + at, token]) for at, token in enumerate(tokens[1]))


def asked(model: LocalModel, *turns: dict[str, str]) -> str:
    return model.tokenizer.apply_chat_template(list(turns), add_generation_prompt=True, tokenize=False)


def test_true_and_false_are_read_after_the_question_through_the_template():
    model = chatting()
    rows = inquire(ASK.model_copy(update={"kind": "confidence"}), model, None, [ITEM], [SAID])
    assert [row.arm for row in rows] == ["true", "false", "stated"]
    before = asked(model, {"role": "user", "content": WHETHER.format(question=ITEM.prompt, answer=SAID)})
    for row, option in zip(rows, ("(A)", "(B)"), strict=False):
        assert row.nll == pytest.approx(nll(model, before, option), abs=1e-3)


def test_a_probability_is_asked_for_in_the_conversation(monkeypatch):
    model, prompts = chatting(), []
    real = LocalModel.complete

    def complete(self, requests):
        prompts.extend(request.item for request in requests)
        return real(self, requests)

    monkeypatch.setattr(LocalModel, "complete", complete)
    inquire(
        ASK.model_copy(update={"kind": "confidence"}),
        model,
        None,
        [ITEM, ITEM.model_copy(update={"plain": True})],
        [SAID] * 2,
    )
    talk, text = prompts
    assert [turn["content"] for turn in talk.turns] == [ITEM.prompt, SAID, HOW_LIKELY]
    assert text.prompt.startswith(ITEM.prompt + SAID + "\n\n" + HOW_LIKELY)


def test_the_reference_is_read_after_final_with_and_without_the_reasoning():
    model = chatting()
    rows = {row.arm: row for row in inquire(ASK, model, model, [ITEM], [SAID])}
    before = asked(model, {"role": "user", "content": ITEM.prompt})
    at_once = nll(model, before + "The answer is", " 5")
    whole = nll(model, before + "2 + 3 = 5.\nThat is all.\nThe answer is", " 5")
    assert rows["read_at_once"].nll == pytest.approx(at_once, abs=1e-3)
    assert rows["read_whole"].nll == pytest.approx(whole, abs=1e-3)
    assert rows["read_whole"].count == 2


def test_every_forced_answer_begins_as_it_should(monkeypatch):
    begun = []
    real = Reasoner.complete

    def complete(self, requests):
        begun.append([request.begun for request in requests])
        return real(self, requests)

    monkeypatch.setattr(Reasoner, "complete", complete)
    model, item = Reasoner(), ITEMS[0]
    said = model.said(item)
    rows = marked_of(inquire(TASK, model, None, [item], [said]))
    assert [row.arm for row in rows] == list(FORCED)
    (mistaken, resumed), forced = begun
    first, second, _ = said.split("\n")
    assert resumed in (first, f"{first}\n{second}")
    assert mistaken != resumed
    starts = [text.removesuffix("The answer is") for text in forced]
    # A quarter of two steps is one, three quarters are both: the same beginning is asked once.
    assert starts[:3] == ["", f"{first}\n", f"{first}\n{second}\n"]
    filler = starts[3]
    assert set(filler.split()) == {"..."}
    assert len(model.tokenizer(filler)["input_ids"]) == pytest.approx(len(first) + len(second), abs=4)
    assert all(text.endswith("The answer is") for text in forced)


def test_an_answer_without_reasoning_has_no_filler_and_no_mistake():
    model, item = Reasoner(rests="nothing"), ITEMS[0]
    rows = marked_of(inquire(TASK, model, None, [item], [f"{FINAL}{item.answer}."]))
    texts = {row.arm: row.text for row in rows}
    assert (texts["filler"], texts["mistaken"], texts["resumed"]) == (None, None, None)
    assert texts["at_once"] == texts["whole"] == f"The answer is {item.answer}."
