"""The character tokenizer: nothing is lost, nothing depends on data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from experiments.models.tokens.tokenizer import EOS, PAD, character_tokenizer

TOKENIZER = character_tokenizer(64)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_decoding_undoes_encoding(text: str) -> None:
    assert TOKENIZER.decode(TOKENIZER(text)["input_ids"]) == text


@given(st.text(st.characters(min_codepoint=0, max_codepoint=127)))
def test_one_token_a_character_of_ascii(text: str) -> None:
    assert len(TOKENIZER(text)["input_ids"]) == len(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_tokens_of_a_whole_are_those_of_its_parts(first: str, second: str) -> None:
    whole = TOKENIZER(first + second)["input_ids"]
    assert whole == TOKENIZER(first)["input_ids"] + TOKENIZER(second)["input_ids"]


@pytest.mark.parametrize("special", [PAD, EOS])
def test_special_tokens_in_the_text_are_text(special: str) -> None:
    ids = TOKENIZER(f"a{special}b")["input_ids"]
    assert not {TOKENIZER.pad_token_id, TOKENIZER.eos_token_id} & set(ids)
    assert TOKENIZER.decode(ids, skip_special_tokens=True) == f"a{special}b"


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    TOKENIZER.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = f"12 + 3 = 15\n naïve {EOS} 日本"
    assert loaded(text)["input_ids"] == TOKENIZER(text)["input_ids"]
    assert loaded.decode(loaded(text)["input_ids"]) == text
    assert (loaded.pad_token, loaded.eos_token, loaded.padding_side) == (PAD, EOS, "left")
