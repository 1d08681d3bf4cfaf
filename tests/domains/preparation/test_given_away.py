"""domains/preparation/given_away.py: prompts that hold their answer are told, unless the task is of that kind."""

from __future__ import annotations

import pytest

from domains.example import Example
from domains.preparation.given_away import given_away
from domains.spec import DomainSpec


def spec(source: dict[str, str]) -> DomainSpec:
    return DomainSpec.model_validate({"kind": "structured", "source": source, "rewards": [{"type": "exact"}]})


FILE = spec({"type": "file", "path": "a.jsonl"})
PLAIN = [Example(prompt=f"What is {i} + 1?", answer=str(i + 1)) for i in range(50)]


def test_a_few_are_counted_and_the_first_is_shown() -> None:
    madrid = Example(prompt="The answer is Madrid. What is the capital of Spain?", answer="Madrid")
    sums = Example(prompt="8+9? (answer: 17)", answer="17")
    assert given_away("chat", FILE, [*PLAIN, madrid, sums]) == (
        "chat: 2 of 52 training prompts hold their answer, the first: "
        "'The answer is Madrid. What is the capital of Spain?' ('Madrid'). Is it given away there?",
    )
    assert "1 of 51 training prompts holds its answer" in given_away("chat", FILE, [*PLAIN, sums])[0]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Madrids, plural?", "Madrid"),
        ("Half of 170?", "17"),
        ("Add 17.5 and 1", "17"),
        ("Take -17", "17"),
        ("A or B?", "A"),
        ("What is it?", "  "),
    ],
)
def test_a_part_of_a_word_and_a_single_letter_are_none(prompt: str, answer: str) -> None:
    assert given_away("chat", FILE, [*PLAIN, Example(prompt=prompt, answer=answer)]) == ()


def test_where_it_is_the_task_s_nature_nothing_is_said() -> None:
    choices = [Example(prompt=f"Which is larger, {i} or {i + 1}?", answer=str(i + 1)) for i in range(10, 60)]
    assert given_away("larger", FILE, [*choices, *PLAIN[:20]]) == ()
    made = spec({"type": "reasoning_gym", "task": "gcd"})
    assert given_away("gcd", made, [*PLAIN, Example(prompt="gcd(12, 24)", answer="12")]) == ()
