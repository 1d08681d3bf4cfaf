"""domains/conversations.py: what a column holds decides what it is."""

import pytest

from domains.conversations import conversation_of, split_answer
from domains.errors import DataError


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


ASKED, SAID = turn("user", "2 + 3?"), turn("assistant", "5")
SHAREGPT = [{"from": "system", "value": "S"}, {"from": "human", "value": "2 + 3?"}, {"from": "gpt", "value": "5"}]


@pytest.mark.parametrize(
    ("columns", "row", "turns", "given"),
    [
        (["messages"], {"messages": [ASKED, SAID]}, [ASKED, SAID], 0),
        (["chat"], {"chat": SHAREGPT}, [turn("system", "S"), ASKED, SAID], 0),
        (["prompt", "completion"], {"prompt": [ASKED], "completion": [SAID]}, [ASKED, SAID], 1),
        (["prompt", "solution"], {"prompt": [ASKED], "solution": "5"}, [ASKED, SAID], 1),
        (["meta[chat]"], {"meta": {"chat": [ASKED, SAID]}}, [ASKED, SAID], 0),
        (
            ["instruction", "input", "output"],
            {"instruction": "Add.", "input": "2 and 3", "output": "5"},
            [turn("user", "Add.\n\n2 and 3"), SAID],
            1,
        ),
        (["instruction", "input", "output"], {"instruction": "2 + 3?", "input": "", "output": "5"}, [ASKED, SAID], 1),
        (["instruction", "input", "output"], {"instruction": "2 + 3?", "input": None, "output": "5"}, [ASKED, SAID], 1),
        # Parquet gives every turn every key; what is there goes on to the template, as with TRL.
        (
            ["m"],
            {"m": [turn("user", "2 + 3?", tool_calls=None), turn("assistant", "5", reasoning_content="easy")]},
            [ASKED, turn("assistant", "5", reasoning_content="easy")],
            0,
        ),
        (["m"], {"m": [{"role": "user", "content": "2 + 3?", "from": None, "value": None}, SAID]}, [ASKED, SAID], 0),
    ],
)
def test_known_forms(columns, row, turns, given):
    assert conversation_of(columns, row) == (turns, given)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("text", "column 'm' must hold a conversation, got 'text'. Known are lists of turns with role and content"),
        ([], "column 'm' must hold a conversation, got []"),
        (None, "column 'm' must hold a conversation. Known are"),
        ([["q", "a"]], "m[0] must be a turn, got ['q', 'a']"),
        ([ASKED, {"speaker": "bot", "text": "5"}], "m[1] must be a turn, got {'speaker': 'bot', 'text': '5'}"),
        ([ASKED, turn("bot", "5")], "m[1]: a turn's role must be one of system, user, assistant, tool, got 'bot'"),
        ([{"from": "bing", "value": "5"}], "m[0]: a turn's role must be one of system, user, assistant, tool"),
        ([turn("user", None)], "m[0]: a turn's content must be text, got 'nothing'"),
        ([turn("user", [{"type": "image"}])], "m[0]: a turn's content must be text, got [{'type': 'image'}]"),
    ],
)
def test_what_is_no_conversation_is_one_error(value, said):
    with pytest.raises(DataError) as caught:
        conversation_of(["m"], {"m": value})
    assert said in str(caught.value)


def test_a_column_that_is_not_there():
    with pytest.raises(DataError, match=r"no such field, got 'mesages'\. Did you mean 'messages'"):
        conversation_of(["mesages"], {"messages": []})


def test_the_last_turn_is_the_answer():
    assert split_answer([ASKED, SAID], None) == ((ASKED,), "5")
    assert split_answer([ASKED, SAID, ASKED, SAID], None) == ((ASKED, SAID, ASKED), "5")
    assert split_answer([ASKED, SAID], "five") == ((ASKED,), "five")
    assert split_answer([ASKED], "five") == ((ASKED,), "five")


@pytest.mark.parametrize(
    ("turns", "answer", "said"),
    [
        ([ASKED], None, "a conversation must end with the assistant's turn, got 'user'. Or write `answer:`"),
        ([SAID], None, "an answer must follow a turn of the user's, got 'no turn before it'"),
        ([ASKED, SAID, SAID], None, "an answer must follow a turn of the user's, got 'assistant'"),
        ([turn("system", "S"), SAID], None, "an answer must follow a turn of the user's, got 'system'"),
        ([turn("system", "S")], "5", "an answer must follow a turn of the user's, got 'system'"),
    ],
)
def test_an_answer_answers_something(turns, answer, said):
    with pytest.raises(DataError) as caught:
        split_answer(turns, answer)
    assert said in str(caught.value)
