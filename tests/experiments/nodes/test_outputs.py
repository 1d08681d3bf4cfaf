"""Rows that were written can be read again."""

from __future__ import annotations

import pytest

from experiments.nodes.outputs import Marked, Output, read_rows, write_rows


def test_rows_come_back_as_they_were_also_without_what_is_none(tmp_path):
    marks = [Marked(item="a", score=1.0, parsed="3"), Marked(item="b", score=0.0, parsed=None)]
    outputs = [Output(item="a", count=1), Output(item="b", text="x", finish="stop", count=2)]
    write_rows(tmp_path / "marks", marks)
    write_rows(tmp_path / "outputs", outputs)
    assert read_rows(tmp_path / "marks", Marked) == marks
    assert read_rows(tmp_path / "outputs", Output) == outputs


def test_a_file_that_was_cut_off_or_damaged_is_a_value_error(tmp_path):
    file = tmp_path / "rows"
    write_rows(file, [Output(item=str(at), count=1) for at in range(99)])
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    with pytest.raises(ValueError, match="rows is cut off or damaged"):
        read_rows(file, Output)
    file.write_bytes(whole[:20] + b"\xff" * 20 + whole[40:])
    with pytest.raises(ValueError, match="rows is cut off or damaged"):
        read_rows(file, Output)
