"""``stagewise order`` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.cli.main import main
from tests.support.commands import within

MATRIX = "domain,maths,code,tales\nmaths,,0.05,-0.1\ntales,-0.02,0.01,9\ncode,0.04,,-0.03\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a matrix and weights, where the command runs."""
    (tmp_path / "m.csv").write_text(MATRIX, "utf-8")
    (tmp_path / "w.csv").write_text("domain,weight\nmaths,2\ncode,1\ntales,1\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def order(monkeypatch, capsys, *arguments):
    """Standard output of the command, run in this process."""
    monkeypatch.setattr("sys.argv", ["stagewise", "order", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    return capsys.readouterr().out


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


def test_a_person_reads_order_proof_and_margin(folder, monkeypatch, capsys):
    lines = order(monkeypatch, capsys, "m.csv").splitlines()
    assert lines[0].split() == ["Order", "code", "→", "maths", "→", "tales"]
    assert "0.04, proven: no order has more" in lines[1]
    assert lines[2].split() == ["Runner-up", "maths", "→", "code", "→", "tales"]
    assert "0.03, 0.01 less" in lines[3]


def test_a_tie_is_called_one(folder, monkeypatch, capsys):
    (folder / "m.csv").write_text("domain,a,[b]\na,,1\n[b],1,\n", "utf-8")
    out = order(monkeypatch, capsys, "m.csv")
    assert "the matrix does not tell the two apart" in out
    assert "a → [b]" in out


def test_what_is_not_proven_says_what_remains_possible(folder, monkeypatch, capsys):
    names = [f"d{at}" for at in range(60)]
    rows = [",".join([name, *(str(hash((at, to)) % 100) for to in range(60))]) for at, name in enumerate(names)]
    (folder / "m.csv").write_text("\n".join([",".join(["domain", *names]), *rows]), "utf-8")
    assert "not proven best: no order has more than" in order(monkeypatch, capsys, "m.csv", "--seconds", "0.1")


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
def test_a_mistake_is_one_line_and_exit_code_two(folder, monkeypatch, capsys, arguments, message):
    monkeypatch.setattr("sys.argv", ["stagewise", "order", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capsys.readouterr()
    assert (stop.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(message)
