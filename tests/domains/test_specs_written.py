"""Every reward and every source is read as it was written out, lists included: stores keep curricula as YAML."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from domains.rewards import RewardSpec
from domains.sources import SourceSpec
from tests.support.specs import REWARDS, SOURCES


def types(union: Any) -> set[str]:
    """The `type` of every member."""
    members = get_args(get_args(union)[0]) or get_args(union)
    return {get_args(each.model_fields["type"].annotation)[0] for each in members}


def test_none_is_forgotten():
    assert {each["type"] for each in REWARDS} == types(RewardSpec)
    assert {each["type"] for each in SOURCES} == types(SourceSpec)


@pytest.mark.parametrize("written", REWARDS, ids=lambda each: each["type"])
def test_a_reward_is_read_as_it_was_written(written):
    assert_read(TypeAdapter(RewardSpec), written)


@pytest.mark.parametrize("written", SOURCES, ids=lambda each: each["type"])
def test_a_source_is_read_as_it_was_written(written):
    assert_read(TypeAdapter(SourceSpec), written)


def assert_read(adapter: TypeAdapter[Any], written: dict[str, Any]) -> None:
    """From JSON, strictly, as curricula are; and again from what it is written out as."""
    spec = adapter.validate_json(TypeAdapter(dict).dump_json(written), strict=True)
    assert {key: spec.model_dump(mode="json")[key] for key in written if key != "parts"} == {
        key: value for key, value in written.items() if key != "parts"
    }
    assert adapter.validate_json(adapter.dump_json(spec), strict=True) == spec
