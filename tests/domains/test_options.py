"""domains/options.py: which option is right, however the data say it, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import DataError
from domains.options import OptionForm, lettered, options_of, unshown
from domains.preparation.prepare import prepare_domain
from domains.preparation.rendering import contents_of, item_of, prompt_of
from domains.preparation.splits import Sizes
from domains.spec import DomainSpec

ARC = {"text": ["red", "green", "blue"], "label": ["A", "B", "C"]}
NUMBERED = {"text": ["red", "green", "blue"], "label": ["1", "2", "3"]}
LISTED = [{"text": text, "label": label} for text, label in zip(ARC["text"], ARC["label"], strict=True)]
FORM = OptionForm(columns=("choices",), answer="{answer}")
BASE = {"kind": "structured", "prompt": "{question}", "options": "choices", "rewards": [{"type": "exact"}]}
TEXTS = st.lists(st.text("abcdefghxyz", min_size=2, max_size=4), min_size=2, max_size=9, unique=True)


def spec(**more: object) -> DomainSpec:
    return DomainSpec.model_validate({**BASE, "source": {"type": "file", "path": "a.jsonl"}, **more})


def refused(row: dict[str, object], **more: object) -> str:
    with pytest.raises(DataError) as caught:
        item_of(spec(**more), {"question": "which?", **row}, "a.jsonl:7")
    return str(caught.value)


@given(TEXTS, st.data())
def test_text_letter_label_and_place_name_the_same_option(texts: list[str], data: st.DataObject) -> None:
    right = data.draw(st.integers(0, len(texts) - 1))
    labels = data.draw(st.permutations([f"{number}." for number in range(len(texts))]))
    for answer in (texts[right], f" {texts[right]} ", ascii_uppercase[right], right, float(right), str(right)):
        assert options_of(FORM, {"choices": texts, "answer": answer}).right == right
    labelled = {"choices": {"text": texts, "label": labels}, "answer": labels[right]}
    assert options_of(FORM, labelled).right == right


@given(TEXTS, st.data())
def test_what_is_said_of_each_has_the_template_around_it(texts: list[str], data: st.DataObject) -> None:
    right = data.draw(st.integers(0, len(texts) - 1))
    form = FORM.model_copy(update={"answer": "It {{is}} {answer}, yes"})
    found = options_of(form, {"choices": texts, "answer": right})
    assert found.said == tuple(f"It {{is}} {text}, yes" for text in texts)
    letters = options_of(form.model_copy(update={"letters": True}), {"choices": texts, "answer": right})
    assert letters.said[right] == f"It {{is}} {ascii_uppercase[right]}, yes"
    assert len(set(letters.bare)) == len(texts)


@pytest.mark.parametrize("choices", [ARC, LISTED, ["red", "green", "blue"]])
def test_the_forms_of_a_column(choices: object) -> None:
    item = item_of(spec(answer="{key}"), {"question": "which?", "choices": choices, "key": "B"})
    assert (item.prompt, item.answer, item.reference) == ("which?", "green", "green")


def test_labels_that_are_numbers_are_labels() -> None:
    assert options_of(FORM, {"choices": NUMBERED, "answer": "1"}).right == 0
    assert options_of(FORM, {"choices": NUMBERED, "answer": 1}).right == 0


def test_a_number_names_a_place_where_options_are_texts_and_itself_where_they_are_numbers() -> None:
    assert options_of(FORM, {"choices": ["3", "0", "1", "2"], "answer": 1}).right == 1
    assert options_of(FORM, {"choices": [30, 10, 20], "answer": 20}).right == 2


def test_a_column_each_and_a_column_inside_another() -> None:
    columns = {"question": "which?", "A": "red", "B": "green", "C": "blue", "D": "", "answer": "C"}
    assert item_of(spec(options=["A", "B", "C", "D"]), columns).answer == "blue"
    inside = {"question": {"stem": "which?", "choices": LISTED}, "answer": "A"}
    assert item_of(spec(options="question[choices]", prompt="{question[stem]}"), inside).answer == "red"


def test_letters_are_answered_where_the_prompt_shows_them() -> None:
    domain = spec(prompt="{question}\n{lettered}\nAnswer:", answer=" {answer}", letters=True)
    row = {"question": "which?", "choices": NUMBERED, "answer": "3"}
    item = item_of(domain, row)
    assert item.prompt == prompt_of(domain, row) == "which?\nA. red\nB. green\nC. blue\nAnswer:"
    assert item.answer == " C"
    assert item.fields == row, "what identities rest on is the row as it was given"
    assert contents_of(domain, item) == (["which?", "A. red\nB. green\nC. blue"], ["blue"])


def test_a_domain_whose_answers_were_texts_already_keeps_its_items() -> None:
    row = {"question": "which?", "choices": ["red", "green"], "answer": "green"}
    assert item_of(spec(), row) == item_of(spec(options=None), row)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"answer": 0}, "a.jsonl:7: options: the data have no such field, got 'choices'. Fields are"),
        ({"choices": None, "answer": 0}, "a.jsonl:7: options: must hold a list of options. Known are"),
        ({"choices": "a, b", "answer": 0}, "a.jsonl:7: options: must hold a list of options, got 'a, b'. Where each"),
        ({"choices": [], "answer": 0}, "a.jsonl:7: options: a row must have at least two options, got []."),
        ({"choices": ["red"], "answer": 0}, "a.jsonl:7: options: a row must have at least two options, got ['red']."),
        ({"choices": ["red", " red "], "answer": 0}, "a.jsonl:7: options: options must differ, got 'red'."),
        ({"choices": ["red", " "], "answer": 0}, "a.jsonl:7: options: an option must not be blank"),
        ({"choices": ["red", None], "answer": 0}, "a.jsonl:7: options: an option must be a text or a number"),
        (
            {"choices": {"text": ["red", "blue"], "label": ["A", "A"]}, "answer": "A"},
            "a.jsonl:7: options: each option must have a label of its own",
        ),
        (
            {"choices": ["red", "blue"], "answer": "green"},
            "a.jsonl:7: answer: the answer is none of the options, got 'green'. It must be an option's text, its label "
            "or letter, or its place counted from 0. Options are: ['red', 'blue'].",
        ),
        (
            {"choices": ["red", "blue"], "answer": 2},
            "a.jsonl:7: answer: the answer is none of the options, got 2. It must be an option's text",
        ),
        ({"choices": ["red", "blue"], "answer": None}, "a.jsonl:7: answer: the answer is none of the options."),
        (
            {"choices": ["1", "2"], "answer": "1"},
            "a.jsonl:7: answer: the answer names two options",
        ),
        ({"choices": ["B", "A"], "answer": "A"}, "a.jsonl:7: answer: the answer names two options, 'B' and 'A'"),
        ({"choices": ["red", "blue"]}, "a.jsonl:7: answer: the data have no such field, got 'answer'."),
    ],
)
def test_rows_that_are_no_multiple_choice_are_named(row: dict[str, object], told: str) -> None:
    assert refused(row).startswith(told)


def test_letters_end() -> None:
    many = {"choices": [f"option {number}" for number in range(27)], "answer": 0}
    assert refused(many, letters=True).startswith("a.jsonl:7: options: letters are there for 26 options, got 27")
    assert lettered(options_of(FORM, many).texts).endswith("\n27. option 26")


def test_bad_rows_end_the_reading_or_are_counted(tmp_path) -> None:
    rows = [{"question": f"which {n}?", "choices": ["red", f"blue {n}"], "answer": n % 2} for n in range(30)]
    rows[3]["answer"] = "green"
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with pytest.raises(DataError, match=r"a\.jsonl:4: domains\.d\.answer: the answer is none of .* `on_bad_row: skip`"):
        prepare_domain("d", spec(), Sizes(4, 4, None), 0, tmp_path)
    (note,) = prepare_domain("d", spec(on_bad_row="skip"), Sizes(4, 4, None), 0, tmp_path).notes
    assert "1 bad row skipped" in note
    assert "a.jsonl:4" in note


LETTERS = {"prompt": "{question}\n{lettered}\nAnswer:", "letters": True}


def write(folder: Path, rows: list[dict[str, object]], name: str = "a.jsonl") -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def rows_from(first: int, rights: Sequence[int]) -> list[dict[str, object]]:
    """Of three options each, places counted from `first`."""
    texts = ["red", "green", "blue"]
    return [{"question": f"which {at}?", "choices": texts, "answer": right + first} for at, right in enumerate(rights)]


@pytest.mark.parametrize("bad", ["error", "skip"])
@pytest.mark.parametrize("letters", [{}, LETTERS])
def test_places_counted_from_1_are_one_error_whatever_becomes_of_bad_rows(
    tmp_path: Path, bad: str, letters: dict[str, object]
) -> None:
    write(tmp_path, rows_from(1, [0, 1, 0, 2, 1, 2] * 10))
    with pytest.raises(DataError) as caught:
        prepare_domain("d", spec(on_bad_row=bad, **letters), Sizes(4, 4, None), 0, tmp_path)
    (error,) = caught.value.every
    assert str(error) == (
        f"{tmp_path}/a.jsonl:4: domains.d.answer: options are counted from 0, and these rows count from 1: none names "
        "0, and this one names as many as there are, got 3. Take one from each, or name the right option by its text "
        "or its letter."
    )


@pytest.mark.parametrize("bad", ["error", "skip"])
def test_a_place_beyond_the_last_is_a_bad_row_where_another_names_0(tmp_path: Path, bad: str) -> None:
    rows = rows_from(0, [0, 1, 2] * 20)
    rows[40]["answer"] = 3
    write(tmp_path, rows)
    domain = spec(on_bad_row=bad)
    if bad == "skip":
        (note,) = prepare_domain("d", domain, Sizes(4, 4, None), 0, tmp_path).notes
        assert "1 bad row skipped" in note
        return
    with pytest.raises(DataError, match=r"a\.jsonl:41: domains\.d\.answer: the answer is none of the options, got 3"):
        prepare_domain("d", domain, Sizes(4, 4, None), 0, tmp_path)


@pytest.mark.parametrize("bad", ["error", "skip"])
def test_a_part_that_counts_from_1_is_not_hidden_by_one_that_counts_from_0(tmp_path: Path, bad: str) -> None:
    for at, name in enumerate("ab"):
        rows = rows_from(at, [0, 1, 2] * 20)
        write(tmp_path, [{**row, "question": f"{name} {row['question']}"} for row in rows], f"{name}.jsonl")
    parts = [{"share": 1, "source": {"type": "file", "path": f"{name}.jsonl"}} for name in "ab"]
    domain = spec(source={"type": "mix", "parts": parts}, on_bad_row=bad)
    with pytest.raises(DataError, match=r"b\.jsonl:3: domains\.d\.answer: options are counted from 0, and these rows"):
        prepare_domain("d", domain, Sizes(4, 4, None), 0, tmp_path)


def test_labels_and_texts_that_are_numbers_are_no_places(tmp_path: Path) -> None:
    labelled = {"text": ["red", "green", "blue"], "label": ["1", "2", "3"]}
    numbers = [3, 1, 2]
    for choices in (labelled, numbers):
        write(tmp_path, [{"question": f"{at}?", "choices": choices, "answer": at % 3 + 1} for at in range(60)])
        splits = prepare_domain("d", spec(), Sizes(4, 4, None), 0, tmp_path).splits
        assert sum(map(len, splits.values())) == 60


@given(TEXTS, st.sampled_from(["{}. {}", "({}) {}", "{}: {}", "[{}]  {}", "**{}.** {}", "{}\n{}"]))
def test_options_are_shown_where_each_stands_behind_its_letter(texts: list[str], form: str) -> None:
    shown = [form.format(letter, text) for letter, text in zip(ascii_uppercase, texts, strict=False)]
    assert unshown(texts, "Which? " + "\n".join(shown)) is None
    assert unshown(texts, "Which? " + "\n".join(shown[:-1])) == f"{ascii_uppercase[len(texts) - 1]}. {texts[-1]}"
    assert unshown(texts, "Which? " + ", ".join(texts)) is not None


@pytest.mark.parametrize(
    "prompt", ["{question}", "{question} A, B or C?", "{question} 1. red 2. green 3. blue", "{question} {choices[0]}"]
)
def test_letters_are_refused_where_the_prompt_shows_no_options(prompt: str) -> None:
    told = refused({"choices": ["red", "green", "blue"], "answer": 0}, letters=True, prompt=prompt)
    assert told.startswith("a.jsonl:7: prompt: with `letters` a prompt must show every option behind its letter, got ")
    assert told.endswith("It lacks 'A. red'; the field {lettered} shows them.")


def test_letters_are_refused_where_a_conversation_shows_no_options() -> None:
    row = {"choices": ["red", "blue"], "answer": 0, "turns": [{"role": "user", "content": "which?"}]}
    domain = spec(letters=True, prompt=None, messages="turns", answer="{answer}")
    with pytest.raises(DataError, match=r"a\.jsonl:7: messages: with `letters`"):
        item_of(domain, row, "a.jsonl:7")
    row["turns"] = [{"role": "user", "content": "which?\n(A) red\n(B) blue"}]
    assert item_of(domain, row, "a.jsonl:7").answer == "A"
