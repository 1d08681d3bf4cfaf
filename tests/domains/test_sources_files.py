"""domains/sources/files.py, paths.py and extract.py"""

import csv
import gzip
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from pydantic import ValidationError

from domains.errors import DataError
from domains.sources.files import FileSource, load
from domains.sources.pool import SourceRequest, refuse

CELL = st.characters(codec="utf-8", exclude_characters="\r\0")
ROWS = [{"question": f"{i} plus {i}?", "answer": f"It is\n#### {2 * i}"} for i in range(6)]


def read(folder, bad=refuse, **source):
    """The pool with its rows read."""
    request = SourceRequest(Path(folder), 0, 10, lambda row: row["question"], bad)
    pool = load(FileSource(type="file", **source), request)
    held = {split: plain(rows) for split in ("validation", "test") if (rows := getattr(pool, split)) is not None}
    return replace(pool, rows=plain(pool.rows), **held)


def plain(rows):
    return tuple(located.row for located in rows)


def write(path, rows):
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    elif path.suffix in (".csv", ".tsv"):
        between = "," if path.suffix == ".csv" else "\t"
        lines = [f'"{row["question"]}"{between}"{row["answer"]}"' for row in rows]
        path.write_text(f"question{between}answer\n" + "\n".join(lines) + "\n", encoding="utf-8")
    elif path.suffix == ".txt":
        path.write_text(json.dumps(rows), encoding="utf-8")
    else:
        parquet.write_table(pa.Table.from_pylist(rows), path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.parquet"])
def test_every_format_gives_the_same_rows(tmp_path, name):
    write(tmp_path / name, ROWS)
    assert list(read(tmp_path, path=name).rows) == ROWS


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt"])
def test_packed_files_give_the_same_rows(tmp_path, name):
    write(tmp_path / name, ROWS)
    plain_rows = read(tmp_path, path=name).rows
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    packed = read(tmp_path, path=f"{name}.gz")
    assert packed.rows == plain_rows
    assert packed.layout == ("regions" if name == "a.txt" else "rows")


@given(st.lists(st.tuples(st.text(CELL, max_size=8), st.text(CELL, max_size=8)), min_size=1, max_size=6))
def test_what_a_csv_writer_writes_is_read_whatever_the_delimiter(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("csv")
    rows = tuple({"a": a, "b": b} for a, b in cells)
    for name, delimiter, source in (
        ("a.csv", ",", {}),
        ("a.tsv", "\t", {}),
        ("b.csv", ";", {"delimiter": ";"}),
        ("c.csv.gz", ",", {}),
    ):
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("a", "b"), *cells])
        raw = text.getvalue().encode()
        (folder / name).write_bytes(gzip.compress(raw, mtime=0) if name.endswith(".gz") else raw)
        assert read(folder, path=name, **source).rows == rows


def test_json_lines_under_the_name_json_are_read(tmp_path):
    write(tmp_path / "a.jsonl", ROWS)
    (tmp_path / "a.jsonl").rename(tmp_path / "a.json")
    assert list(read(tmp_path, path="a.json").rows) == ROWS


def test_patterns_and_lists_are_read_in_the_order_of_their_names(tmp_path):
    for name, rows in (("p-2.jsonl", ROWS[2:4]), ("p-1.jsonl", ROWS[:2]), ("q.csv", ROWS[4:])):
        write(tmp_path / name, rows)
    assert list(read(tmp_path, path="p-*.jsonl").rows) == ROWS[:4]
    assert list(read(tmp_path, path=["p-*.jsonl", "q.csv"]).rows) == ROWS
    assert list(read(tmp_path, path="p-[2].jsonl", test=["q.csv"]).test) == ROWS[4:]
    with pytest.raises(DataError, match=r"source\.path: a data file must match the pattern"):
        read(tmp_path, path="r-*.jsonl")


def test_a_name_that_looks_like_a_pattern_is_a_file_where_there_is_one(tmp_path):
    write(tmp_path / "a[1].jsonl", ROWS)
    assert list(read(tmp_path, path="a[1].jsonl").rows) == ROWS


def test_a_saved_data_set_gives_the_same_rows(tmp_path):
    from datasets import Dataset, DatasetDict

    data = Dataset.from_list(ROWS)
    data.save_to_disk(tmp_path / "saved")
    assert list(read(tmp_path, path="saved", pattern={"final": r"answer ~ #### (\d+)"}).rows) == [
        {**row, "final": str(2 * i)} for i, row in enumerate(ROWS)
    ]
    DatasetDict({"train": data}).save_to_disk(tmp_path / "dict")
    with pytest.raises(DataError, match="It holds several splits: write `type: hub`"):
        read(tmp_path, path="dict")


def test_a_filter_keeps_what_it_holds_for(tmp_path):
    write(tmp_path / "a.jsonl", ROWS)
    final = {"final": r"answer ~ #### (\d+)"}
    found = read(tmp_path, path="a.jsonl", pattern=final, filter="number(final) > 4 and '5' not in question")
    assert [row["final"] for row in found.rows] == ["6", "8"]
    with pytest.raises(DataError, match=r"source\.filter: no row of the data passes the filter"):
        read(tmp_path, path="a.jsonl", filter="question == ''")


def test_validation_rows_of_their_own(tmp_path):
    write(tmp_path / "a.jsonl", ROWS[:4])
    write(tmp_path / "b.jsonl", ROWS[4:])
    pool = read(tmp_path, path="a.jsonl", validation="b.jsonl")
    assert (list(pool.validation), pool.test) == (ROWS[4:], None)


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        ("a.jsonl", b'{"a": 1}\n{"a": \n{"a": "\xff"}\n[1]\n{"a": 2}\n', "a.jsonl:2: source.path: each line must be"),
        ("a.csv", b"a\n1\n1,2\n2\n", "a.csv:3: source.path: a row must have 1 columns"),
        ("a.json", b'[{"a": 1}, [1], {"a": 2}]', "a.json: row 2: source.path: a row must be a JSON object"),
    ],
)
def test_bad_rows_are_told_and_the_others_are_read(tmp_path, name, content, first):
    (tmp_path / name).write_bytes(content)
    noted = []
    rows = read(tmp_path, bad=noted.append, path=name).rows
    assert [int(row["a"]) for row in rows] == [1, 2]
    assert first in str(noted[0])


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
        ("a.json", b'{"data": [{"a": 1}]}', "Save what stands under 'data' as a file of its own."),
        ("a.jsonl.gz", b"not packed", "must be gzip, and whole"),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 99, mtime=0)[:30], "must be gzip, and whole"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"a": 1}\n{"a": \n', mtime=0),
            "a.jsonl.gz:2: source.path: each line must be JSON",
        ),
        ("a.csv", b"a,b\n1,2\n3,\xff\n", "text must be UTF-8"),
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


@pytest.mark.slow
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
