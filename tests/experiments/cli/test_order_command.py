"""``stagewise order`` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.cli.order import _standing
from scheduler.linear_ordering import LinearOrdering, RankedOrder
from tests.support.commands import within

MATRIX = "domain,maths,code,tales\nmaths,,0.05,-0.1\ntales,-0.02,0.01,9\ncode,0.04,,-0.03\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a matrix and weights, where the command runs."""
    (tmp_path / "m.csv").write_text(MATRIX, "utf-8")
    (tmp_path / "w.csv").write_text("domain,weight\nmaths,2\ncode,1\ntales,1\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def order(*arguments):
    """Standard output of the command, run in this process."""
    done = within("order", *arguments, COLUMNS="120")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_json_is_what_the_documentation_says(folder: Path) -> None:
    done = within("order", "m.csv", "--weights", "w.csv", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.pop("seconds") >= 0
    assert answer == {
        "order": ["maths", "code", "tales"],
        "objective": 0.05,
        "bound": 0.05,
        "proven": True,
        "runner_up": {"order": ["code", "maths", "tales"], "objective": 0.02},
    }
    assert done.stderr == ""


def test_a_person_reads_order_proof_and_margin(folder):
    lines = order("m.csv").splitlines()
    assert lines[0].split() == ["Order", "code", "→", "maths", "→", "tales"]
    assert "0.04, proven: no order has more" in lines[1]
    assert lines[2].split() == ["Runner-up", "maths", "→", "code", "→", "tales"]
    assert "0.03, 0.01 less" in lines[3]


def test_a_tie_is_called_one(folder):
    (folder / "m.csv").write_text("domain,a,[b]\na,,1\n[b],1,\n", "utf-8")
    out = order("m.csv")
    assert "the matrix does not tell the two apart" in out
    assert "a → [b]" in out


def test_what_is_not_proven_says_what_remains_possible(folder):
    names = [f"d{at}" for at in range(60)]
    rows = [",".join([name, *(str(hash((at, to)) % 100) for to in range(60))]) for at, name in enumerate(names)]
    (folder / "m.csv").write_text("\n".join([",".join(["domain", *names]), *rows]), "utf-8")
    assert "not proven best: no order has more than" in order("m.csv", "--seconds", "0.1")


def standing(objective, bound):
    """The words for an order of this objective under this bound."""
    some = RankedOrder(("a", "b"), objective)
    return _standing(LinearOrdering(some, bound, bound == objective, some, 0.0))


@pytest.mark.parametrize(
    ("objective", "bound", "share"),
    [
        (100, 105, "5 (5 %)"),
        (100, 108.15, "8.15 (8.2 %)"),
        (100, 100.04, "0.04 (0.04 %)"),
        (100, 109.96, "9.96 (10 %)"),
        (100, 150, "50 (50 %)"),
        (-100, -75, "25 (25 %)"),
    ],
)
def test_a_bound_that_is_near_is_told_as_a_share_of_the_objective(objective, bound, share):
    assert standing(objective, bound).endswith(f"which is {share} more")


@pytest.mark.parametrize(
    ("objective", "bound", "more"),
    [(100, 151, "51 (51 %)"), (100, 210, "110 (110 %)"), (-1, 3, "4 (400 %)"), (0, 3, "3"), (1e-9, 3, "2.999999999")],
)
def test_a_bound_that_is_far_off_is_said_to_say_nothing(objective, bound, more):
    """Without a share where the objective is next to nothing."""
    assert f"which is {more} more. A bound so far above it says nothing about how good" in standing(objective, bound)


def test_what_is_proven_has_no_gap():
    assert standing(100, 100) == "proven: no order has more"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.csv",), "error: none.csv: there is no such file.\n"),
        (("mm.csv",), "error: mm.csv: there is no such file. Did you mean m.csv?\n"),
        ((".",), "error: .: must be a CSV file, and this is a folder.\n"),
        (("w.csv",), "error: w.csv:2: no column of the matrix has this name, got 'maths'. There are: weight.\n"),
        (("m.csv", "--weights", "m.csv"), "error: m.csv:1: the first row must be domain,weight, got"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_mistake_is_one_line_and_exit_code_two(arguments, message):
    done = within("order", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(message)
