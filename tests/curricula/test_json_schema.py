"""The published JSON Schema says what the loader does."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from curricula.json_schema import SCHEMA_FILE, curriculum_schema, schema_text


def test_the_committed_schema_is_up_to_date():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), (
        "run `python -m curricula.json_schema` and commit curricula/curriculum.schema.json"
    )


@pytest.mark.slow
def test_the_module_writes_it(tmp_path):
    written = tmp_path / "schema.json"
    subprocess.run([sys.executable, "-m", "curricula.json_schema", str(written)], check=True)
    assert json.loads(written.read_text(encoding="utf-8")) == curriculum_schema()


def test_unknown_keys_are_refused_in_every_object_of_ours():
    schema = curriculum_schema()
    objects = [schema, *schema["$defs"].values()]
    assert len(objects) > 15
    assert all(entry["additionalProperties"] is False for entry in objects if "properties" in entry)


def test_docstrings_reach_the_editor():
    schema = curriculum_schema()
    assert schema["$defs"]["Training"]["properties"]["steps"]["description"] == "Optimizer steps."
    described = [entry.get("description") for entry in schema["$defs"].values()]
    assert all(described)


def test_orders_and_types_are_offered():
    definitions = curriculum_schema()["$defs"]
    assert definitions["ScheduleSpec"]["properties"]["order"]["enum"][0] == "bwt"
    assert set(definitions["DomainSpec"]["properties"]["source"]["discriminator"]["mapping"]) == {
        "file",
        "hub",
        "mix",
        "reasoning_gym",
        "stories",
    }
