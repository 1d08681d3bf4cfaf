"""experiments/models/tokens/lengths.py: what is too long is an error, left out or cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import DataError
from domains.example import Example
from experiments.models.tokens.lengths import Lengths, byte_lengths, check_fit, fits, shortened
from experiments.models.tokens.prompting import room

TEXT = st.text(alphabet="abcé 漢", min_size=1, max_size=60).filter(str.strip)


def test_an_error_says_what_can_be_done():
    with pytest.raises(DataError, match=r"an item needs 21 tokens and the model takes 20.*on_long: drop"):
        check_fit("d", [Example(prompt="x" * 16, answer="1")], byte_lengths(20), 5)
    assert check_fit("d", [Example(prompt="x", answer="12"), Example(prompt="x", answer="3")], byte_lengths(20), 5) == [
        2,
        1,
    ]


@given(TEXT, TEXT, st.sampled_from(["structured", "creative"]), st.integers(8, 60), st.integers(1, 6))
def test_what_is_cut_fits_and_is_a_part_of_what_was(prompt, answer, kind, context, max_tokens):
    example, lengths = Example(prompt=prompt, answer=answer, fields={"a": 1}), byte_lengths(context)
    found = shortened(example, kind, lengths, max_tokens)
    if fits(example, lengths, max_tokens):
        assert found is example
        return
    if found is None:
        return
    assert fits(found, lengths, max_tokens)
    assert prompt.endswith(found.prompt)
    assert answer.startswith(found.answer)
    assert found.fields == example.fields
    if kind == "structured":
        assert found.answer == answer
    # Nothing more is cut than must be: one more character of the prompt would not fit.
    if found.prompt != prompt:
        longer = found.model_copy(update={"prompt": prompt[-len(found.prompt) - 1 :]})
        assert room(*lengths.count(longer), max_tokens) > context


def test_a_structured_answer_that_cannot_fit_leaves_nothing():
    long = Example(prompt="p", answer="x" * 30)
    assert shortened(long, "structured", byte_lengths(20), 4) is None
    assert shortened(long, "creative", byte_lengths(20), 4) == Example(prompt="p", answer="x" * 18)


def test_tokens_that_do_not_grow_with_every_character_are_counted_again():
    """Two letters that are one token only together."""

    def count(text):
        return len(text) - text.count("ab")

    lengths = Lengths(lambda item: (count(item.prompt), count(item.answer)), 8)
    for size in range(4, 30):
        found = shortened(Example(prompt="ab" * size, answer="x"), "structured", lengths, 2)
        assert found is not None
        assert count(found.prompt) <= 6


def test_a_conversation_loses_its_oldest_turns():
    turns = tuple({"role": role, "content": role[0] * 6} for role in ("system", "user", "assistant", "user"))
    long = Example(prompt="ssssss\nuuuuuu\naaaaaa\nuuuuuu", answer="x", turns=turns)
    lengths = Lengths(lambda item: (sum(len(turn["content"]) for turn in item.turns), len(item.answer)), 20)
    found = shortened(long, "structured", lengths, 2)
    assert [turn["role"] for turn in found.turns] == ["system", "user"]
    assert found.prompt == "ssssss\nuuuuuu"
    assert shortened(long, "structured", Lengths(lengths.count, 9), 2) is None


def test_turns_that_are_taught_are_still_taught_once_older_ones_are_gone():
    roles = ("system", "user", "assistant", "user", "assistant", "user")
    turns = tuple({"role": role, "content": str(at) * 5} for at, role in enumerate(roles))
    lengths = Lengths(lambda item: (sum(len(turn["content"]) for turn in item.turns), len(item.answer)), 23)
    found = shortened(Example(prompt="x", answer="x", turns=turns, given=3), "structured", lengths, 2)
    assert [turn["content"][0] for turn in found.turns] == ["0", "3", "4", "5"]
    assert [turn["content"][0] for turn in found.turns[found.given :]] == ["3", "4", "5"]
