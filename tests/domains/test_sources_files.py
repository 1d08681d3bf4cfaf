"""domains/sources/files.py, paths.py and extract.py"""

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from pydantic import ValidationError

from domains.errors import DataError
from domains.sources.files import FileSource, load
from domains.sources.pool import Request

ROWS = [{"question": f"{i} plus {i}?", "answer": f"It is\n#### {2 * i}"} for i in range(6)]


def read(folder, **source):
    return load(FileSource(type="file", **source), Request(Path(folder), 0, 10, lambda row: row["question"]))


def write(path, rows):
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    elif path.suffix == ".csv":
        lines = [f'"{row["question"]}","{row["answer"]}"' for row in rows]
        path.write_text("question,answer\n" + "\n".join(lines) + "\n", encoding="utf-8")
    else:
        parquet.write_table(pa.Table.from_pylist(rows), path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
def test_every_format_gives_the_same_rows(tmp_path, name):
    write(tmp_path / name, ROWS)
    assert list(read(tmp_path, path=name).rows) == ROWS


def test_csv_values_stay_text(tmp_path):
    (tmp_path / "a.csv").write_text('\ufeffcode,text\n007,"a, b"\n', encoding="utf-8")
    assert read(tmp_path, path="a.csv").rows == ({"code": "007", "text": "a, b"},)


def test_text_is_cut_into_ordered_pieces(tmp_path):
    text = "".join(chr(97 + i % 26) for i in range(100))
    (tmp_path / "a.txt").write_text(text)
    pool = read(tmp_path, path="a.txt", chunk=10)
    assert pool.layout == "regions"
    assert len(pool.rows) == 10
    assert "".join(row["prompt"] + row["answer"] for row in pool.rows) == text


def test_a_pattern_cuts_out_a_new_field(tmp_path):
    write(tmp_path / "a.jsonl", ROWS)
    pool = read(tmp_path, path="a.jsonl", pattern={"final": r"answer ~ ####\s*(.+)"})
    assert [row["final"] for row in pool.rows] == ["0", "2", "4", "6", "8", "10"]


def test_a_test_file_is_read_too(tmp_path):
    write(tmp_path / "a.jsonl", ROWS[:4])
    write(tmp_path / "b.csv", ROWS[4:])
    pool = read(tmp_path, path="a.jsonl", test="b.csv")
    assert (len(pool.rows), len(pool.test)) == (4, 2)


def test_variables_and_home_are_expanded(tmp_path, monkeypatch):
    write(tmp_path / "a.jsonl", ROWS)
    monkeypatch.setenv("STAGEWISE_TEST_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in ("${STAGEWISE_TEST_DATA}/a.jsonl", "$STAGEWISE_TEST_DATA/a.jsonl", "~/a.jsonl"):
        assert len(read("elsewhere", path=path).rows) == 6


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b'{"a": 1}\n{"a": \n', "a.jsonl:2: source.path: each line must be JSON"),
        ("a.jsonl", b'{"a": 1}\n[1]\n', "a.jsonl:2: source.path: a row must be a JSON object, got [1]"),
        ("a.jsonl", b"", "must not be empty"),
        ("a.jsonl", b"\n \n", "must not be empty"),
        ("a.jsonl", b'{"a": "\xff\xfe"}\n', "a.jsonl:1: source.path: text must be UTF-8, got"),
        ("a.jsonl", b"[" * 100_000, "a.jsonl:1: source.path: each line must be JSON"),
        ("a.jsonl", b'{"a": "\\ud83d"}', "a.jsonl:1: source.path: text must be whole characters"),
        ("a.json", b'{"a": 1}', "must be a JSON list of objects"),
        ("a.json", b'[{"a": 1},\n', "must be JSON"),
        ("a.csv", b"a,b\n1,2\n1\n", "a.csv:3: source.path: a row must have 2 columns"),
        ("a.csv", b'a,b\n"1,2\n', "must be CSV"),
        ("a.csv", b"a,a\n1,2\n", "column names must be distinct"),
        ("a.csv", b"a,b\n", "must not be empty"),
        ("a.parquet", b"not parquet at all", "must be Parquet"),
        ("a.txt", b"short", "must not be empty"),
        ("a.xlsx", b"x", "ending must be one of .jsonl"),
    ],
)
def test_bad_files_are_told_in_one_line(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(tmp_path, path=name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere.jsonl", "data file must exist"),
        (".", "must be a data file, and this is a folder"),
        ("~nobody-of-that-name/a.jsonl", "home folder must exist"),
        ("a\0.jsonl", "data file must exist"),
        ("${STAGEWISE_UNSET}/a.jsonl", "environment variable STAGEWISE_UNSET must be set"),
    ],
)
def test_bad_paths(tmp_path, path, said):
    with pytest.raises(DataError, match=r"source\.path: ") as caught:
        read(tmp_path, path=path)
    assert said in str(caught.value)


def test_a_bad_test_file_names_its_own_key(tmp_path):
    write(tmp_path / "a.jsonl", ROWS)
    with pytest.raises(DataError, match=r"^source\.test: data file must exist"):
        read(tmp_path, path="a.jsonl", test="b.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file(tmp_path):
    write(tmp_path / "a.jsonl", ROWS)
    (tmp_path / "a.jsonl").chmod(0)
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, path="a.jsonl")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ({"final": r"anwser ~ ####\s*(.+)"}, "Did you mean 'answer'?"),
        ({"final": r"answer ~ #### (\d\d)"}, "a.jsonl:1: source.pattern.final: field 'answer' must match"),
    ],
)
def test_patterns_that_do_not_fit_the_data(tmp_path, pattern, said):
    write(tmp_path / "a.jsonl", ROWS)
    with pytest.raises(DataError) as caught:
        read(tmp_path, path="a.jsonl", pattern=pattern)
    assert said in str(caught.value)


def test_a_pattern_that_never_ends_is_named_with_its_row(tmp_path):
    write(tmp_path / "a.jsonl", [{"question": "q", "answer": "ok!"}, {"question": "r", "answer": "a" * 60 + "#"}])
    with pytest.raises(DataError) as caught:
        read(tmp_path, path="a.jsonl", pattern={"final": r"answer ~ ^((?:a|aa)+|ok)[!?]"})
    assert "a.jsonl:2: source.pattern.final: field 'answer' must match" in str(caught.value)
    assert "within 0.5 s" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no tilde", "must be written"),
        ("answer ~ (", "final: must be a regular expression"),
        ("answer ~ (x{e})", "final: must be a regular expression; a brace that is no count"),
        ("answer ~ x", "one group"),
        ("answer ~ (a)(b)", "one group in parentheses, got 2"),
    ],
)
def test_bad_patterns_are_refused_before_any_file_is_read(text, said):
    with pytest.raises(ValidationError, match=said):
        FileSource(type="file", path="a.jsonl", pattern={"final": text})
