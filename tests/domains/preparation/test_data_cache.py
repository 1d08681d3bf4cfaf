"""domains/preparation/data_cache.py: what is kept is what would be prepared again, or it is not taken."""

import json
import os
from dataclasses import replace

import pytest

import domains.preparation.data_cache
import domains.preparation.prepare
from domains.example import SPLITS
from domains.examples import lines_of, version_of
from domains.preparation.data_cache import Cache
from domains.preparation.prepare import Fit, prepare_domain
from domains.preparation.splits import Sizes
from domains.spec import DomainSpec


@pytest.fixture
def place(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [json.dumps({"question": f"question {i} é", "answer": str(i), "x": i / 3}) for i in range(80)]
    path.write_text("\n".join([*rows, "no row"]), encoding="utf-8")
    return path


def spec(**more):
    source = {"type": "file", "path": "a.jsonl", "filter": "number(answer) < 70"}
    given = {"kind": "structured", "source": source, "prompt": "{question}", "rewards": [{"type": "exact"}]}
    return DomainSpec.model_validate({**given, "on_bad_row": "skip", **more})


def found(file, *places, domain=None, sizes=None, seed=0, fit=None):
    kept = Cache(places, least=0)
    sizes = sizes or Sizes(10, 10, None)
    return prepare_domain("d", domain or spec(), sizes, seed, file.parent, fit=fit, kept=kept)


def content(one):
    """All that a caller can see, to the byte."""
    lines = {split: list(lines_of(one.splits[split])) for split in SPLITS}
    versions = {split: version_of(one.splits[split]) for split in SPLITS}
    return lines, versions, {split: one.twins[split].hashes for split in SPLITS}, one.notes


def entries(place):
    return sorted(entry.name for entry in place.iterdir()) if place.is_dir() else []


def no_reading(monkeypatch):
    def refused(*_):
        raise AssertionError("the data were prepared again")

    monkeypatch.setattr(domains.preparation.prepare, "_prepare", refused)


def test_what_is_kept_is_what_is_prepared_to_the_byte(file, place, monkeypatch):
    fresh = found(file)
    first = found(file, place)
    assert first.notes[0].startswith("d: 10 of 81 rows filtered out; 1 bad row skipped, the first: ")
    no_reading(monkeypatch)
    second = found(file, place)
    assert content(fresh) == content(first) == content(second)
    assert list(second.splits["train"]) == list(fresh.splits["train"])


@pytest.mark.parametrize(
    "change",
    [
        {"sizes": Sizes(10, 11, None)},
        {"sizes": Sizes(10, 10, 20)},
        {"seed": 1},
        {"domain": spec(prompt="Q: {question}")},
        {"domain": spec(answer="{x}")},
        {"domain": spec(kind="creative")},
        {"domain": spec(source={"type": "file", "path": "a.jsonl"})},
        {"fit": Fit(lambda example: None if example.answer == "3" else example, "no 3")},
    ],
)
def test_anything_that_the_data_follow_from_makes_another_entry(file, place, change):
    found(file, place)
    other = found(file, place, **change)
    assert len(entries(place)) == 2
    assert content(other) == content(found(file, **change))


def test_other_content_under_the_same_name_is_prepared_anew(file, place):
    found(file, place)
    time = file.stat().st_mtime_ns
    file.write_bytes(file.read_bytes().replace(b"question 5 ", b"question x "))
    os.utime(file, ns=(time, time))
    again = found(file, place)
    assert content(again) == content(found(file))
    assert any("question x" in item.prompt for items in again.splits.values() for item in items)


def test_other_code_is_another_entry(file, place, monkeypatch):
    found(file, place)
    monkeypatch.setattr(domains.preparation.data_cache, "_code", lambda: "other code")
    found(file, place)
    assert len(entries(place)) == 2


def test_what_decides_nothing_of_the_data_is_no_part_of_the_name(file, place):
    found(file, place)
    found(file, place, domain=spec(rewards=[{"type": "numeric"}], weight=3, max_tokens=7))
    assert len(entries(place)) == 1


@pytest.mark.parametrize("name", ["train.jsonl", "test.twins", "index.json"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone", "empty"])
def test_what_is_broken_is_prepared_anew_and_mended(file, place, name, how, monkeypatch):
    fresh = content(found(file, place))
    (entry,) = place.iterdir()
    raw = (entry / name).read_bytes()
    if how == "gone":
        (entry / name).unlink()
    else:
        at = len(raw) // 2
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        (entry / name).write_bytes({"changed": changed, "cut": raw[:-5], "empty": b""}[how])
    assert content(found(file, place)) == fresh
    no_reading(monkeypatch)
    assert content(found(file, place)) == fresh


def test_a_file_that_changes_meanwhile_is_not_kept(file, place, monkeypatch):
    real = domains.preparation.prepare._prepare

    def slow(*given):
        made = real(*given)
        file.write_text(file.read_text() + "\n")
        return made

    monkeypatch.setattr(domains.preparation.prepare, "_prepare", slow)
    found(file, place)
    assert entries(place) == []


def test_a_place_that_cannot_be_written_is_no_hindrance(file, tmp_path):
    (tmp_path / "file").write_text("")
    assert content(found(file, tmp_path / "file" / "below")) == content(found(file))


def test_entries_are_looked_for_everywhere_and_put_into_the_first(file, place, tmp_path, monkeypatch):
    found(file, place)
    no_reading(monkeypatch)
    found(file, tmp_path / "other", place)
    assert entries(tmp_path / "other") == []


def test_small_files_and_unknown_fits_are_not_kept(file, place):
    kept = Cache((place,))
    prepare_domain("d", spec(), Sizes(10, 10, None), 0, file.parent, kept=kept)
    found(file, place, fit=Fit(lambda example: example, None))
    assert entries(place) == []


def test_the_oldest_are_removed_where_there_are_too_many(file, place, monkeypatch):
    found(file, place)
    (old,) = place.iterdir()
    os.utime(old, (1, 1))
    monkeypatch.setattr(
        domains.preparation.data_cache, "MOST", sum(part.stat().st_size for part in old.iterdir()) + 100
    )
    last = found(file, place, seed=1)
    assert old.name not in entries(place)
    assert len(entries(place)) == 1
    assert replace(last).notes == last.notes
