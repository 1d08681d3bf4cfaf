"""Paths start at the curriculum's folder, wherever a command is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from domains.errors import DataError
from domains.sources import placed
from domains.sources.files import FileSource, load
from domains.sources.hub import HubSource
from domains.sources.paths import astray, expand, filled
from domains.sources.pool import SourceRequest
from domains.sources.stories import StoriesSource


@pytest.fixture
def base(tmp_path, monkeypatch):
    """The curriculum's folder; the working directory is another."""
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "there"


def test_variables_are_filled_in(monkeypatch):
    monkeypatch.setenv("PLACE", "models")
    assert filled("${PLACE}/a/$PLACE", "key") == "models/a/models"
    with pytest.raises(DataError, match="environment variable NOT_SET must be set"):
        filled("${NOT_SET}", "key")


def test_what_lies_in_the_working_directory_only_is_told(base, tmp_path):
    (tmp_path / "here" / "a.jsonl").touch()
    hint = astray("a.jsonl", base, "key")
    assert hint is not None
    assert hint.endswith("paths start at the curriculum's folder: write ../here/a.jsonl.")
    assert expand("../here/a.jsonl", base, "key").exists()
    (base / "a.jsonl").touch()
    assert astray("a.jsonl", base, "key") is None
    assert astray("nowhere", base, "key") is None
    assert astray("x" * 5000, base, "key") is None


def test_a_data_file_of_the_working_directory_is_pointed_at(base, tmp_path):
    (tmp_path / "here" / "a.jsonl").write_text('{"prompt": "1"}\n')
    with pytest.raises(DataError, match=r"data file must exist.*write \.\./here/a\.jsonl"):
        load(FileSource(type="file", path="a.jsonl"), SourceRequest(base, 0, 1, lambda row: row["prompt"]))


def test_a_placed_source_is_valid_from_anywhere(base, tmp_path, monkeypatch):
    monkeypatch.setenv("NAME", "a")
    (base / "set").mkdir()
    files = placed(FileSource(type="file", path="${NAME}.jsonl", test="../b.jsonl"), base)
    assert (files.path, files.test) == (f"{base}/a.jsonl", f"{base}/../b.jsonl")
    assert placed(FileSource(type="file", path="a.jsonl"), base).test is None
    assert placed(HubSource(type="hub", path="set"), base).path == f"{base}/set"
    assert placed(HubSource(type="hub", path="openai/gsm8k"), base).path == "openai/gsm8k"
    assert placed(HubSource(type="hub", path="openai/${NAME}"), base).path == "openai/a"
    assert placed(StoriesSource(type="stories"), base) == StoriesSource(type="stories")
    assert placed(files, tmp_path) == files
    assert Path(files.path).is_absolute()
