"""domains/sources/hub.py, on folders: the hub itself goes the same way."""

import json
from pathlib import Path

import huggingface_hub.constants
import pytest

from domains.errors import DataError
from domains.sources.hub import HubSource, load
from domains.sources.pool import Request


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
    return load(HubSource(type="hub", **source), Request(Path(base), 0, 10, str))


def test_a_folder_is_read_like_a_hub_id(folder):
    pool = read(folder, id="sums", test="test", pattern={"final": r"answer ~ #### (\d+)"})
    assert pool.rows[0] == {"question": "0 + 1 =", "answer": "#### 1", "final": "1"}
    assert (len(pool.rows), len(pool.test)) == (20, 10)


def test_without_a_test_split_the_pool_is_cut(folder):
    assert read(folder, id="sums").test is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"id": "nobody/no-such-data-set"}, "source.id: the data set's split 'train' cannot be loaded"),
        ({"id": "sums", "train": "training"}, "Unknown split"),
        ({"id": "sums", "config": "large"}, "BuilderConfig 'large' not found"),
        ({"id": "${STAGEWISE_UNSET}/x"}, "environment variable STAGEWISE_UNSET must be set"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_line(folder, source, said):
    with pytest.raises(DataError) as caught:
        read(folder, **source)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
