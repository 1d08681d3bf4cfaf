"""The file that `stagewise init` writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from curricula.starter import starter, starter_files
from domains.errors import CurriculumError
from domains.preparation.prepare import prepare
from tests.support.paths import ROOT


def test_it_loads_under_the_name_that_was_asked_for(tmp_path):
    for name, text in starter_files("two-tasks").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = load_curriculum(tmp_path / "two-tasks.yaml")
    assert loaded.name == "two-tasks"
    assert {spec.kind for spec in loaded.domains.values()} == {"structured", "creative"}


@pytest.mark.slow
def test_its_data_are_there_without_a_download():
    loaded = load_curriculum(ROOT / "curricula" / "starter.yaml")
    sizes = {"validation": loaded.evaluation.validation, "test": loaded.evaluation.test}
    for name, spec in loaded.domains.items():
        splits = prepare(name, spec, **sizes, seed=loaded.data_seed, base=Path())
        assert len(splits["train"]) >= 1000
        items = [item for split in splits.values() for item in split]
        assert max(len(item.answer) for item in items) <= spec.max_tokens
        assert max(len(item.prompt) for item in items) + spec.max_tokens <= loaded.model.context


def test_the_first_line_points_editors_at_a_file_that_is_written_beside_it():
    first = starter("a").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named is not None
    assert named[1] in starter_files("a")


def test_every_key_of_the_top_level_is_explained():
    text = starter("a")
    for key in ("model", "domains", "training", "schedule", "baselines"):
        above = text.splitlines()[text.splitlines().index(f"{key}:") - 1]
        assert above.startswith("#"), key


@pytest.mark.parametrize("name", ["", "Two", "a b", "../x", "x" * 65, "-x"])
def test_bad_names_are_refused(name):
    with pytest.raises(CurriculumError, match="name: must be at most 64 lower-case letters"):
        starter(name)
