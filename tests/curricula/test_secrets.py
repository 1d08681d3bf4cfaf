"""A key in a curriculum is refused wherever it stands, and never shown."""

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from tests.support.commands import variant

KEY = "sk-proj-0123456789abcdefghijklmn"
JUDGE = "{type: judge, url: http://localhost/v1, model: m, rubric: x"


@pytest.mark.parametrize(
    "change",
    [
        ("name: tiny", f"name: tiny\ndescription: my key is {KEY}"),
        ("{type: exact}", f"{JUDGE}, api_key: {KEY}}}"),
        ("{type: exact}", f"{JUDGE}, key_env: {KEY}}}"),
        ("{type: exact}", f"{JUDGE}, key: {KEY}}}"),
        ("{type: exact}", "{type: judge, url: 'http://u:0123456789@localhost/v1', model: m, rubric: x}"),
    ],
)
def test_a_key_is_refused_and_not_shown(tmp_path, change):
    with pytest.raises(CurriculumError) as told:
        load_curriculum(variant(tmp_path, change))
    assert "0123456789" not in str(told.value)
    assert "key_env" in str(told.value)
    assert told.value.line


def test_the_name_of_a_variable_is_none(tmp_path):
    load_curriculum(variant(tmp_path, ("{type: exact}", f"{JUDGE}, key_env: OPENAI_API_KEY}}")))


@pytest.mark.parametrize(
    ("change", "sets"),
    [
        (("{type: exact}", "{type: exact, openai_api_key: 3f9a0123456789}"), ()),
        (("{type: exact}", f"{JUDGE}, key_env: 3f9a0123456789}}"), ()),
        (("{type: exact}", f"{{type: exact, beside: {KEY}}}"), ()),
        (("name: tiny", "name: tiny"), ("model.api_key=3f9a0123456789",)),
    ],
)
def test_what_was_written_where_a_secret_may_stand_is_not_shown(tmp_path, change, sets):
    with pytest.raises(CurriculumError) as told:
        load_curriculum(variant(tmp_path, change), sets=sets)
    assert "0123456789" not in str(told.value)
