"""domains/sources/hub.py, on folders: the hub itself goes the same way."""

import json
from dataclasses import replace
from pathlib import Path

import huggingface_hub.constants
import pytest
from pydantic import ValidationError

from domains.errors import DataError
from domains.sources.hub import HubSource, load
from domains.sources.pool import SourceRequest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    import datasets

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    data = tmp_path / "sums"
    data.mkdir()
    for split, numbers in (("train", range(20)), ("test", range(20, 30))):
        rows = [json.dumps({"question": f"{i} + 1 =", "answer": f"#### {i + 1}"}) for i in numbers]
        (data / f"{split}.jsonl").write_text("\n".join(rows))
    return tmp_path


def read(base, **source):
    """The pool with its rows read."""
    pool = load(HubSource(type="hub", **source), SourceRequest(Path(base), 0, 10, str))
    held = {split: plain(rows) for split in ("validation", "test") if (rows := getattr(pool, split)) is not None}
    return replace(pool, rows=plain(pool.rows), **held)


def plain(rows):
    return tuple(located.row for located in rows)


def test_a_folder_is_read_like_a_hub_id(folder):
    pool = read(folder, path="sums", test="test", pattern={"final": r"answer ~ #### (\d+)"})
    assert pool.rows[0] == {"question": "0 + 1 =", "answer": "#### 1", "final": "1"}
    assert (len(pool.rows), len(pool.test)) == (20, 10)


def test_a_saved_dict_of_data_sets_is_read_by_split(folder):
    from datasets import Dataset, DatasetDict

    parts = {name: Dataset.from_list([{"q": f"{name} {i}"} for i in range(3)]) for name in ("train", "dev", "test")}
    DatasetDict(parts).save_to_disk(folder / "dict")
    pool = read(folder, path="dict", validation="dev", test="test", filter="not q.endswith('1')")
    assert [row["q"] for row in (*pool.rows, *pool.validation, *pool.test)] == [
        f"{name} {i}" for name in ("train", "dev", "test") for i in (0, 2)
    ]
    with pytest.raises(DataError, match=r"source\.test: the saved data set has no such split, got 'tset'.*dev, test"):
        read(folder, path="dict", test="tset")


def test_files_may_be_named(folder):
    pool = read(folder, path="sums", data_files={"train": "test.jsonl"})
    assert len(pool.rows) == 10


@pytest.mark.parametrize(("old", "new"), [("id", "path"), ("config", "name"), ("train", "split")])
def test_keys_of_before_are_pointed_at(old, new):
    with pytest.raises(ValidationError, match=f"{old}: is called `{new}`"):
        HubSource.model_validate({"type": "hub", "path": "a", old: "b"})


def test_without_a_test_split_the_pool_is_cut(folder):
    assert read(folder, path="sums").test is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            {"path": "nobody/no-such-data-set"},
            "source.path: the hub cannot be reached in 1 try (Couldn't reach 'nobody/no-such-data-set' ",
        ),
        ({"path": "sums", "split": "training"}, "Unknown split"),
        ({"path": "sums", "name": "large"}, "BuilderConfig 'large' not found"),
        ({"path": "${STAGEWISE_UNSET}/x"}, "environment variable STAGEWISE_UNSET must be set"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_line(folder, source, said):
    with pytest.raises(DataError) as caught:
        read(folder, **source)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
