"""Matrices and weights from CSV: what is read, and the line that each mistake gets."""

from __future__ import annotations

import numpy as np
import pytest

from domains.errors import UserError
from experiments.cli.matrix_file import read_matrix, read_weights

GOOD = "domain,a,b\na,,1\nb,2,\n"
NAMES = ("maths", "code", "tales")


def matrix_of(folder, content):
    file = folder / "m.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_matrix(file)


def weights_of(folder, content):
    file = folder / "w.csv"
    file.write_text(content, "utf-8")
    return read_weights(file, NAMES)


def test_rows_are_matched_to_columns_by_name_and_the_diagonal_is_not_read(tmp_path):
    names, transfer = matrix_of(tmp_path, "\ufeffdomain, b ,a,c\r\n\r\na,1,self,-2.5e-1\r\nc,3,4,nan\r\nb,,5,6\r\n")
    assert names == ("b", "a", "c")
    assert transfer.tolist() == [[0, 5, 6], [1, 0, -0.25], [3, 4, 0]]


def test_names_may_hold_commas_and_quotes(tmp_path):
    names, transfer = matrix_of(tmp_path, 'domain,"x, y","say ""z"""\n"x, y",,1\n"say ""z""",2,\n')
    assert names == ("x, y", 'say "z"')
    assert transfer.tolist() == [[0, 1], [2, 0]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "m.csv: must not be empty."),
        ("\n \n", "m.csv: must not be empty."),
        (b"\x80\x00\xff", "m.csv: must be a CSV in UTF-8 (byte 0 is not)."),
        (
            GOOD.replace("domain", "name"),
            "m.csv:1: the first cell must be domain, got 'name'. The first row is domain,<names>; then a row for each "
            "trained domain: its name, then what it changed.",
        ),
        (
            GOOD.replace(",", ";"),
            "m.csv:1: the first cell must be domain, got 'domain;a;b'. Put commas between cells.",
        ),
        ("domain\n", "m.csv: there must be at least two domains to order, got 0."),
        ("domain,a\na,\n", "m.csv: there must be at least two domains to order, got 1."),
        ("domain,a,\na,1,2\n", "m.csv:1: column 3 needs a domain's name."),
        ("domain,a,b,a\n", "m.csv:1: column names must be distinct, got 'a'."),
        (GOOD + "a,,1\n", "m.csv:4: a domain has one row, got 'a'."),
        ("domain,a,b\na,,1\n", "m.csv: every column needs a row of the same name, got 'b'."),
        (GOOD + "c,1,2\n", "m.csv:4: no column of the matrix has this name, got 'c'. There are: a, b."),
        (
            "domain,maths,code\nmath,,1\ncode,1,\n",
            "m.csv:2: no column of the matrix has this name, got 'math'. Did you mean 'maths'?",
        ),
        ("domain,a,b\na,,1,2\nb,1,\n", "m.csv:2: a row must have 3 cells as the first row has, got 4."),
        ("domain,a,b\na,,1\nb\n", "m.csv:3: a row must have 3 cells as the first row has, got 1."),
        ("domain,a,b\na,,\nb,1,\n", "m.csv:2: a→b: must be a number, got ''. Only the diagonal may be empty."),
        ("domain,a,b\na,,high\nb,1,\n", "m.csv:2: a→b: must be a number, got 'high'."),
        ("domain,a,b\na,,1_0\nb,1,\n", "m.csv:2: a→b: must be a number, got '1_0'."),
        ("domain,a,b\na,,1\nb,NaN,\n", "m.csv:3: b→a: must be finite, got 'NaN'."),
        ("domain,a,b\na,,1\nb,-inf,\n", "m.csv:3: b→a: must be finite, got '-inf'."),
        ("domain,a,b\na,,1\nb,1e101,\n", "m.csv:3: b→a: must be at most 1e+100 either way, got '1e101'."),
        ('domain,a,b\na,,1\nb,"2,\n', "m.csv:3: must be CSV (unexpected end of data)."),
    ],
)
def test_a_mistake_in_a_matrix_gets_one_line(tmp_path, content, message):
    with pytest.raises(UserError) as caught:
        matrix_of(tmp_path, content)
    assert str(caught.value).replace(f"{tmp_path}/", "") == message


@pytest.mark.parametrize("path", ["nowhere.csv", "."])
def test_what_is_no_file_is_refused(tmp_path, path):
    with pytest.raises(UserError, match=r"no such file|a folder"):
        read_matrix(tmp_path / path)


def test_weights_come_in_the_order_of_the_names(tmp_path):
    weights = weights_of(tmp_path, "domain,weight\ntales,0\nmaths,2.5\ncode,1\n")
    assert np.array_equal(weights, [2.5, 1, 0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "w.csv: must not be empty."),
        ("maths,1\n", "w.csv:1: the first row must be domain,weight, got 'maths,1'."),
        (
            "domain,weight\nmath,1\n",
            "w.csv:2: no column of the matrix has this name, got 'math'. Did you mean 'maths'?",
        ),
        ("domain,weight\nmaths,1\ntales,1\n", "w.csv: code: every domain of the matrix needs a weight."),
        ("domain,weight\nmaths,1\nmaths,2\n", "w.csv:3: maths: a domain has one weight."),
        ("domain,weight\nmaths,1,2\n", "w.csv:2: a row must have 2 cells as the first row has, got 3."),
        ("domain,weight\nmaths\n", "w.csv:2: a row must have 2 cells as the first row has, got 1."),
        ("domain,weight\nmaths,\n", "w.csv:2: maths: must be a number, got ''."),
        ("domain,weight\nmaths,-1\n", "w.csv:2: maths: a weight must not be negative, got '-1'."),
        ("domain,weight\nmaths,inf\n", "w.csv:2: maths: must be finite, got 'inf'."),
        ("domain,weight\nmaths,0\ncode,0\ntales,-0.0\n", "w.csv: weights must not all be zero."),
    ],
)
def test_a_mistake_in_weights_gets_one_line(tmp_path, content, message):
    with pytest.raises(UserError) as caught:
        weights_of(tmp_path, content)
    assert str(caught.value).replace(f"{tmp_path}/", "") == message
