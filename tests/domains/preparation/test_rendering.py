"""domains/preparation/rendering.py"""

import json

import pytest

from domains.errors import DataError
from domains.example import Example
from domains.preparation.prepare import prepare
from domains.preparation.rendering import item_of, prompt_of
from domains.rewards import build_mix
from domains.spec import DomainSpec

FILE = {"type": "file", "path": "a.jsonl"}
TALK = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "2 + 3?"},
    {"role": "assistant", "content": "5"},
]


def spec(**given):
    return DomainSpec.model_validate({"kind": "structured", "source": FILE, "rewards": [{"type": "exact"}], **given})


def said(row, **given):
    with pytest.raises(DataError) as caught:
        item_of(spec(**given), row, "a.jsonl:7")
    return str(caught.value)


def test_a_text_prompt_needs_no_turns():
    item = item_of(spec(), {"prompt": "2 + 3?", "answer": 5})
    assert (item.prompt, item.answer, item.reference, item.turns) == ("2 + 3?", "5", "5", ())
    assert item.conversation == ({"role": "user", "content": "2 + 3?"},)
    assert not item.plain
    assert item_of(spec(chat="off"), {"prompt": "2 + 3?", "answer": 5}).plain


def test_the_last_turn_is_answer_and_reference_and_the_rest_the_prompt():
    item = item_of(spec(messages="chat"), {"chat": TALK})
    assert (item.turns, item.answer, item.reference, item.given) == (tuple(TALK[:3]), "5", "5", 0)
    assert item.prompt == prompt_of(spec(messages="chat"), {"chat": TALK}) == "Hi\nHello\n2 + 3?"


def test_a_system_message_stands_before_what_has_none():
    row = {"chat": TALK, "topic": "sums", "prompt": "?", "answer": "5"}
    system = {"role": "system", "content": "About sums."}
    assert item_of(spec(messages="chat", system="About {topic}."), row).turns == (system, *TALK[:3])
    assert item_of(spec(system="About {topic}."), row).turns == (system, {"role": "user", "content": "?"})
    own = {**row, "chat": [{"role": "system", "content": "Own."}, *TALK]}
    assert item_of(spec(messages="chat", system="About {topic}."), own).turns[0]["content"] == "Own."
    both = {"prompt": TALK[:1], "completion": TALK[1:2], "topic": "sums"}
    assert item_of(spec(messages=["prompt", "completion"], system="About {topic}."), both).given == 2


def test_an_answer_and_a_reference_of_ones_own():
    row = {"chat": TALK[:3], "solution": "2 and 3 are 5", "final": "5"}
    item = item_of(spec(messages="chat", answer="{solution}", reference="{final}"), row)
    assert (item.turns, item.answer, item.reference) == (tuple(TALK[:3]), "2 and 3 are 5", "5")


@pytest.mark.parametrize(
    ("given", "row", "message"),
    [
        ({"messages": "chat"}, {"chat": "text"}, "a.jsonl:7: messages: column 'chat' must hold a conversation"),
        ({"messages": "chat"}, {"chat": TALK[:3]}, "a.jsonl:7: messages: a conversation must end with the assistant's"),
        ({"messages": "chat"}, {"chat": [*TALK[:3], {"role": "assistant", "content": " "}]}, "messages: the answer"),
        ({"messages": "chat"}, {"chat": [{"role": "user", "content": ""}, TALK[1]]}, "a turn must not be blank"),
        ({}, {"prompt": TALK, "answer": "5"}, "a.jsonl:7: prompt: field 'prompt' must be text, a number or a list of"),
        ({"answer": "{completion}"}, {"prompt": "?", "completion": {"a": 1}}, "a.jsonl:7: answer: field 'completion'"),
        ({"reference": "{gold}"}, {"prompt": "?", "answer": "5"}, "a.jsonl:7: reference: the data have no such field"),
        (
            {"system": "{x}"},
            {"prompt": "?", "answer": "5", "x": " "},
            "7: system: the system must not be blank",
        ),
        (
            {"stop": ["\n"]},
            {"prompt": "?", "answer": "5\n6"},
            "7: stop: an answer must not hold a text of `stop`",
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_place(given, row, message):
    assert message in said(row, **given)


def test_what_is_stored_is_short_and_comes_back():
    plain = Example(prompt="a", answer="b")
    assert json.loads(plain.model_dump_json()) == {"prompt": "a", "answer": "b", "fields": {}}
    for item in (
        plain,
        item_of(spec(messages="chat", answer="x", reference="y"), {"chat": TALK}),
        Example(prompt="a", answer="b", reference="c", plain=True),
    ):
        assert Example.model_validate_json(item.model_dump_json()) == item


def test_answers_by_tags_pass_the_gold_check(tmp_path):
    """The recipe of docs/guide.md: SFT imitates the whole, rewards see what the tag holds."""
    rows = [{"q": f"{n} + {n}?", "solution": f"twice {n} is {2 * n}", "final": str(2 * n)} for n in range(60)]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    domain = spec(
        prompt="{q}",
        answer="<think>{solution}</think><answer>{final}</answer>",
        reference="{final}",
        metric="numeric",
        rewards=[
            {"type": "regex", "pattern": r"(?s)<think>.+</think>\s*<answer>.+</answer>\s*", "weight": 0.2},
            {"type": "numeric", "extract": r"(?s)<answer>(.*?)</answer>"},
        ],
    )
    splits = prepare("tags", domain, validation=10, test=10, seed=0, base=tmp_path)
    item = splits["train"][0]
    both = build_mix(domain.rewards, splits["train"])
    right, bare, wrong = f"<think>x</think>\n<answer> {item.reference} </answer>", item.reference, "<answer>-1</answer>"
    marks = both([item.answer, right, bare, wrong], item)
    assert [round(mark.score, 3) for mark in marks] == [1, 1, 0, 0]
    assert marks[2].parsed is None
    without = domain.model_copy(update={"reference": None})
    prepare("tags", without, validation=10, test=10, seed=0, base=tmp_path)
    unread = spec(prompt="{q}", answer=domain.answer, reference="{final}", rewards=[{"type": "exact"}])
    with pytest.raises(DataError, match=r"domains\.tags\.rewards: the reference answers must score 1 by 'exact'"):
        prepare("tags", unread, validation=10, test=10, seed=0, base=tmp_path)


def test_prompts_without_answers_are_items_with_an_empty_one() -> None:
    given = {"kind": "creative", "source": {"type": "file", "path": "a.jsonl"}, "rewards": [{"type": "exact"}]}
    spec = DomainSpec.model_validate({**given, "answer": False})
    assert item_of(spec, {"prompt": "Write."}) == Example(prompt="Write.", answer="", fields={"prompt": "Write."})
    with pytest.raises(DataError, match="Are there only prompts\\? Write `answer: false`, and train by grpo"):
        item_of(DomainSpec.model_validate(given), {"prompt": "Write."})
    chat = DomainSpec.model_validate({**given, "answer": False, "messages": "said"})
    asked = [{"role": "user", "content": "Hello?"}]
    for turns in (asked, [*asked, {"role": "assistant", "content": "Hi."}]):
        item = item_of(chat, {"said": turns})
        assert (item.prompt, item.answer, item.reference) == ("Hello?", "", "")
