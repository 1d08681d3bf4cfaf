"""domains/examples.py: the same examples in a third of the memory."""

from array import array
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from domains.example import Example
from domains.examples import Examples, kept, lines_of, taken, version_of
from domains.frozen import canonical_again, canonical_json, fingerprint

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EXAMPLE = st.builds(Example, prompt=st.text(), answer=st.text(), fields=st.dictionaries(st.text(), JSON, max_size=3))


@given(st.lists(EXAMPLE, max_size=6))
def test_they_are_a_sequence_of_the_same_examples(items):
    lazy = Examples.of(iter(items))
    assert list(lazy) == items
    assert lazy == tuple(items)
    assert tuple(items) == lazy
    assert [lazy.texts(at) for at in range(len(lazy))] == [(item.prompt, item.answer) for item in items]
    assert lazy[1:] == items[1:]
    assert lazy[::-1] == items[::-1]
    assert taken(lazy, [0, 0][: len(items)]) == [items[0]] * min(2, len(items)) if items else not len(lazy)


@given(st.lists(EXAMPLE, max_size=4))
def test_their_version_is_the_fingerprint_of_the_list(items):
    lazy = Examples.of(items)
    assert version_of(lazy) == version_of(tuple(items)) == fingerprint(items)
    ends = array("Q", accumulate((len(line) + (number > 0) for number, line in enumerate(lines_of(items)))))
    read = Examples.read(b"".join(line + b"\n" for line in lines_of(items)), ends, version_of(items))
    assert read == lazy
    assert version_of(read[:1]) == fingerprint(items[:1])


def test_a_line_holds_prompt_and_answer_first_and_then_what_does_not_follow_from_them():
    short = Example(prompt="p", answer="a", reference="a", fields={"x": 1.0})
    assert short.model_dump_json() == '{"prompt":"p","answer":"a","fields":{"x":1.0}}'
    turns = ({"role": "user", "content": "p"},)
    whole = Example(prompt="p", answer="a", reference="b", turns=turns, given=1, plain=True, fields={})
    assert whole.model_dump_json() == (
        '{"prompt":"p","answer":"a","reference":"b","turns":[{"role":"user","content":"p"}],"given":1,"plain":true,'
        '"fields":{}}'
    )
    assert Example.model_validate_json(whole.model_dump_json()) == whole
    assert whole.model_dump(mode="json")["turns"] == list(turns)


@given(JSON)
def test_canonical_json_by_way_of_a_line_is_the_same(value):
    example = Example(prompt="p", answer="a", fields={"x": value})
    assert canonical_again(example.model_dump_json().encode()) == canonical_json(example)


def test_what_is_kept_whole_is_the_very_same():
    lazy = Examples.of(Example(prompt=str(i), answer="a") for i in range(5))
    assert kept(lazy, lambda item: True) is lazy
    assert [item.prompt for item in kept(lazy, lambda item: item.prompt > "2")] == ["3", "4"]
