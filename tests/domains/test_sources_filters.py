"""domains/sources/filters.py: a small language, and nothing of Python beside it."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domains.errors import DataError
from domains.sources.files import FileSource
from domains.sources.filters import FilterError, compiled, filtered
from domains.sources.pool import Located, refuse

ROW = {"lang": "en", "score": 0.75, "n": 4, "text": "See http://a.b", "tags": ["x", "y"], "none": None, "ok": True,
       "messages": [{"role": "user"}], "odd name": 1, "level": "3"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("lang == 'en'", True),
        ("lang != 'en' or score >= 0.75", True),
        ("0.5 < score <= 0.7", False),
        ("not ok", False),
        ("'http' in text and 'x' in tags and lang in ['en', 'de']", True),
        ("lang not in ('en', 'de')", False),
        ("len(text) > 10 and len(tags) == 2", True),
        ("text.startswith('See') and not text.endswith('!')", True),
        ("lower(text) == 'see http://a.b'", True),
        ("(n + 2) * 3 - n / 2 == 16 and n % 3 == 1 and n // 3 == 1 and -n < 0", True),
        ("number(level) >= 3", True),
        ("none is None and lang is not None", True),
        ("messages[0]['role'] == 'user' and row['odd name'] == 1", True),
        ("lang + '!' == 'en!'", True),
        ("lang == 'en' and\n  ok", True),
    ],
)
def test_what_a_filter_may_say(text, holds):
    assert compiled(text)(ROW) is holds


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "text.__class__",
        "text.format(1)",
        "(lambda: 1)()",
        "[x for x in tags]",
        "{'a': 1}",
        "f'{text}'",
        "2 ** 99",
        "1 << 9",
        "n if ok else 1",
        "text[0:2] == 'a'",
        "len(text, text)",
        "open(text)",
        "b'x' == text",
        "1j == 1",
        "lang is 'en'",
        "lang = 'en'",
        "lang ==",
        "",
        "import os",
        "~n == 1",
        "(n := 3) == 3",
        "*tags",
        "print(text)",
        "len(*tags)",
        "not " * 400 + "ok" + "x" * 1000,
        "- " * 900 + "n == 1",
    ],
)
def test_what_it_may_not(text):
    with pytest.raises(FilterError):
        compiled(text)
    with pytest.raises(ValidationError):
        FileSource(type="file", path="a.jsonl", filter=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("langs == 'en'", "a:1: source.filter: the data have no such field, got 'langs'. Did you mean 'lang'?"),
        ("n", "must be true or false of every row, got 4"),
        ("n and ok", "n must be true or false, got 4"),
        ("text * 3 == 'a'", "text * 3 is not of two numbers"),
        ("text % n == 'a'", "is not of two numbers"),
        ("n / 0 == 1", "division by zero"),
        ("n > text", "not supported between"),
        ("tags[7] == 'x'", "list index out of range"),
        ("text[0] == 'S'", "text is no list or mapping"),
        ("number(lang) > 1", "number() takes text that is a number, got 'en'"),
        ("n.startswith('4')", "must be text, got 4"),
    ],
)
def test_a_row_that_cannot_be_asked_is_a_bad_row(text, said):
    with pytest.raises(DataError) as caught:
        list(filtered([Located(ROW, "a:1")], text, refuse))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    noted = []
    assert list(filtered([Located(ROW, "a:1")], text, noted.append)) == []
    assert len(noted) == 1


NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.integers(-5, 5) | st.booleans() | st.sampled_from(["", "x", "xy"])
ATOMS = NAMES | st.integers(0, 9).map(str) | st.sampled_from(["'x'", "True", "None"])


def wider(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "<", "<=", "and", "or", "in", "+", "-", "*", "//"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        inner.map(lambda text: f"(not {text})"),
        inner.map(lambda text: f"len({text})"),
    )


@given(st.recursive(ATOMS, wider, max_leaves=8), st.fixed_dictionaries(dict.fromkeys("abc", VALUES)))
def test_it_means_what_python_means_or_refuses(text, row):
    try:
        found = compiled(text)(row)
    except (FilterError, TypeError, ArithmeticError, LookupError):
        return
    assert found == eval(text, {"__builtins__": {"len": len}}, dict(row))


@given(st.text(alphabet="abn '\"()[]<>=!.,+-*/%:{}\n\\x0", max_size=40))
def test_any_text_is_a_filter_or_a_located_error(text):
    try:
        compiled(text)
    except FilterError as error:
        assert str(error)
    else:
        ast.parse(" ".join(text.split("\n")).strip(), mode="eval")


@pytest.mark.parametrize(("text", "said"), [("lang = 'en'", "write `==`"), ("lang == 'a=b' and", "invalid syntax")])
def test_a_single_equals_sign_is_told_from_other_mistakes_of_form(text, said):
    with pytest.raises(FilterError, match=said):
        compiled(text)
