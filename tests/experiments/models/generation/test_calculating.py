"""A calculator inside generation: its tokens count, other rows and the noise do not notice it."""

from __future__ import annotations

import pytest
import torch

from domains.example import Example
from experiments.models.generation.calculating import Calculating
from experiments.models.subjects.endpoint import _question
from experiments.models.subjects.subject import Request
from tests.support.calculators import ITEMS, scripted, solver
from tests.support.models import item, subject

pytestmark = pytest.mark.slow


def asked(items=ITEMS[:6], form="equals", room=60):
    return [Request(one, room, calculator=form) for one in items]


def test_its_result_stands_in_place_of_the_models_own():
    model = scripted(solver(slips=True))
    plain, aided = model.complete(asked(form=None)), model.complete(asked())
    # 11 * 3, of which it thinks 34, and 12 * 4, which it knows.
    assert [one.text for one in plain[:2]] == ["11 * 3 = 34. The answer is 34.", "12 * 4 = 48. The answer is 48."]
    assert [one.text for one in aided[:2]] == ["11 * 3 = 33. The answer is 33.", "12 * 4 = 48. The answer is 48."]
    assert aided[1].tokens == plain[1].tokens


@pytest.mark.parametrize("room", [8, 9, 10, 11, 30])
def test_what_it_writes_counts_as_the_models_own(room):
    (one,) = scripted(solver(slips=True)).complete(asked(ITEMS[:1], room=room))
    assert one.text == "11 * 3 = 33. The answer is 33."[:room]
    assert (len(one.tokens), one.finish) == (room, "length")


def test_rows_do_not_notice_one_another():
    mixed = [Request(one, 60, calculator=form) for one in ITEMS[:6] for form in ("equals", None, "marked")]
    alone = [one.text for one in scripted(solver(slips=True), batch=1).complete(mixed)]
    assert [one.text for one in scripted(solver(slips=True), batch=18).complete(mixed)] == alone
    assert alone[0] != alone[1] == alone[2]


def test_a_marked_call_is_closed():
    model = scripted(solver(slips=True, says="<<{a}{plan}{b}="))
    assert model.complete(asked(ITEMS[:1], "marked"))[0].text.startswith("<<11*3=33>>")


def test_a_call_in_vain_leaves_the_model_alone():
    model, item_ = scripted(lambda prompt, said: "7 / 0 = 9."), Example(prompt="What?", answer="9")
    assert model.complete(asked([item_]))[0].text == "7 / 0 = 9."


def test_who_never_calls_says_the_same_with_the_same_noise():
    who, items = subject(batch=4), [item(text) for text in ("abc", "d", "efghij", "kl")]
    said = [
        [
            one.tokens
            for one in who.complete([Request(one, 8, noise=5 + at, calculator=form) for at, one in enumerate(items)])
        ]
        for form in (None, "equals")
    ]
    assert said[0] == said[1]


def test_the_models_own_next_token_is_not_in_question():
    """However sure the model is of another one."""
    model = scripted(solver())
    tool = Calculating(model.tokenizer, ["equals"], 0)
    scores = torch.full((1, len(model.tokenizer)), 50.0)
    forced = tool(torch.tensor([model.tokenizer("3 * 4 =")["input_ids"]]), scores)
    assert forced.argmax() == model.tokenizer(" ")["input_ids"][0]
    assert torch.isneginf(forced).sum() == scores.numel() - 1
    assert (scores == 50).all()


def free(tool, model, text):
    """Whether the model may say a digit, and a blank, after the text."""
    tokens = model.tokenizer(text)["input_ids"]
    scores = tool(torch.tensor([tokens]), torch.zeros((1, len(model.tokenizer))))
    return tuple(not torch.isneginf(scores[0, model.tokenizer(one)["input_ids"][0]]).item() for one in ("0", " "))


@pytest.mark.parametrize(
    ("form", "call", "result"), [("equals", "6 - 7 =", " -1"), ("equals", "6-7=", "-1"), ("marked", "<<6-7=", "-1>>")]
)
def test_no_digit_goes_on_with_its_result(form, call, result):
    """-1 and a 0 are -10."""
    model = scripted(solver())
    tool = Calculating(model.tokenizer, [form], 0)
    for at in range(len(model.tokenizer(result)["input_ids"])):
        tool(torch.tensor([model.tokenizer(call + result[:at])["input_ids"]]), torch.zeros((1, len(model.tokenizer))))
    closed = form == "marked"
    whole = call + result
    assert free(tool, model, whole) == (closed, True)
    assert free(tool, model, whole + ".") == (closed, True)
    assert free(tool, model, whole + ". ") == (True, True)
    assert free(tool, model, whole + "\n") == (True, True)


def test_before_any_result_and_in_other_rows_digits_are_free():
    model = scripted(solver())
    tool = Calculating(model.tokenizer, ["equals", None], 0)
    text = [model.tokenizer(one)["input_ids"] for one in ("6 - 7 =", "6 - 7 1")]
    scores = torch.zeros((2, len(model.tokenizer)))
    for more in (" ", "-", "1"):
        tool(torch.tensor(text), scores)
        text = [tokens + model.tokenizer(more)["input_ids"] for tokens in text]
    found = torch.isneginf(tool(torch.tensor(text), scores))
    assert found[0].sum() == 10 and not found[1].any()


def test_an_endpoint_has_none():
    with pytest.raises(ValueError, match="endpoint"):
        _question(asked()[0], {})
