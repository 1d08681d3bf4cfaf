"""domains/templates.py"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import DataError
from domains.templates import fields_of, render


@pytest.mark.parametrize(
    ("template", "row", "text"),
    [
        ("Q: {question}\nA:", {"question": "1+1?"}, "Q: 1+1?\nA:"),
        ("{{{x}}}", {"x": 3}, "{3}"),
        ("{a.b}", {"a.b": "nested"}, "nested"),
        ("sort {numbers}>", {"numbers": [3, 1, 2]}, "sort 3 1 2>"),
        ("sort {numbers:,}>", {"numbers": [3, 1, 2]}, "sort 3,1,2>"),
        ("{price:.2f}", {"price": 1.5}, "1.50"),
        ("{rows}", {"rows": [[1, 2], ["é"]]}, '[1, 2] ["é"]'),
        ("{m[0][content]}, {m[-1][content]}", {"m": [{"content": "a"}, {"content": "b"}]}, "a, b"),
        ("{a[b]:.1f}", {"a": {"b": 2}}, "2.0"),
        ("{a[b]}", {"a[b]": "as it is called", "a": {"b": 1}}, "as it is called"),
        ("{a[0]}", {"a": {"0": "a key of digits"}}, "a key of digits"),
        ("no field", {}, "no field"),
    ],
)
def test_fields_are_filled_in(template, row, text):
    assert render(template, row) == text


@pytest.mark.parametrize(
    ("template", "row", "said"),
    [
        ("{questoin}", {"question": "?"}, "Did you mean 'question'?"),
        ("{x}", {"question": "?", "label": 1}, "Fields are: label, question."),
        ("{x} and }", {"x": 1}, "braces must pair"),
        ("{x", {"x": 1}, "braces must pair"),
        ("{}", {"x": 1}, "must hold a field's name"),
        ("{x!r}", {"x": 1}, "must hold a field's name"),
        ("{x:{y}}", {"x": 1, "y": 2}, "must hold a field's name"),
        ("{x}", {"x": None}, "field 'x' is empty"),
        ("{x:.2f}", {"x": "text"}, "does not fit"),
        ("{x.__class__}", {"x": 1}, "no such field, got 'x.__class__'"),
        ("{x[__class__]}", {"x": "text"}, "field 'x' must hold a mapping or a list for [__class__], got 'text'"),
        ("{x[0].__class__}", {"x": [1]}, "no such field, got 'x[0].__class__'"),
        ("{x[append]}", {"x": [1]}, "field 'x' is a list of 1 and has no such place, got 'append'"),
        ("{x[2]}", {"x": [1]}, "field 'x' is a list of 1 and has no such place, got '2'"),
        ("{x[0][rol]}", {"x": [{"role": "user"}]}, "field 'x[0]' has no such key, got 'rol'. Did you mean 'role'?"),
        ("{x}", {"x": {"a": 1}}, "field 'x' must be text, a number or a list of such, got {'a': 1}. Name what is"),
        ("{x}", {"x": [{"role": "user"}]}, "or write `messages: x` if it is a conversation"),
        ("{x}", {"x": [[1], [{"a": 1}]]}, "field 'x' must be text"),
    ],
)
def test_what_cannot_be_filled_in_is_said_in_one_line(template, row, said):
    with pytest.raises(DataError) as caught:
        render(template, row)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@given(st.text())
def test_any_text_is_rendered_or_refused_politely(template):
    try:
        render(template, {"x": "1"})
    except DataError as error:
        assert "\n" not in str(error)


@given(st.text())
def test_values_are_never_parsed(value):
    assert render("<{x}>", {"x": value}) == f"<{value}>"


def test_fields_of_a_template():
    assert fields_of("{a}-{b.c}:{{d}}") == ("a", "b.c")
