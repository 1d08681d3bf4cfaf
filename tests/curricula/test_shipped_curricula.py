"""Every curriculum that ships is a test case."""

from __future__ import annotations

from pathlib import Path

import pytest

import curricula
from curricula.dump import dump_yaml
from curricula.json_schema import SCHEMA_FILE
from curricula.loader import load_curriculum

FOLDER = Path(curricula.__file__).parent
SHIPPED = sorted(FOLDER.glob("*.yaml"))


def test_the_examples_are_there():
    assert {"starter.yaml", "gsm8k_shakespeare.yaml", "pretrained_lora.yaml"} <= {file.name for file in SHIPPED}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_it_loads_and_its_resolved_form_is_equal(file, tmp_path):
    loaded = load_curriculum(file)
    resolved = tmp_path / "resolved.yaml"
    resolved.write_text(dump_yaml(loaded), encoding="utf-8")
    assert load_curriculum(resolved) == loaded


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_editors_find_the_schema_and_readers_an_explanation(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# yaml-language-server: $schema={SCHEMA_FILE.name}"
    assert sum(line.lstrip().startswith("#") for line in lines) >= 3


def test_names_are_distinct():
    names = [load_curriculum(file).name for file in SHIPPED]
    assert len(set(names)) == len(names)
