"""The tables of README and docs from report.json and search.json."""

from __future__ import annotations

import json

import pytest

from benchmarks import readme, searches
from experiments.analysis.assembly import build_report
from experiments.analysis.report import FORMAT
from experiments.analysis.sentences.plan_words import plan_lines
from tests.support.paths import ROOT
from tests.support.report import interrupted, make_inputs, whole_report

SEARCHES = sorted((ROOT / "benchmarks" / "orders" / "searches").glob("*.json"))


@pytest.fixture
def saved(tmp_path):
    """A function that writes a report and gives its place."""

    def save(report: object):
        file = tmp_path / "report.json"
        file.write_text(json.dumps(report), "utf-8")
        return file

    return save


@pytest.mark.parametrize("done", [1000, 60])
def test_a_report_becomes_tables(saved, capsys, done):
    report = build_report(interrupted(make_inputs(), done))
    readme.main(saved(report.model_dump(mode="json")))
    said = capsys.readouterr().out
    total = report.scores["base"]["total"]
    assert f"| base | {total.estimate:.3f} | {total.low:.3f} to {total.high:.3f} |" in said
    assert all(line in said for line in plan_lines(report.plan))
    assert "None" not in said


def test_an_older_report_ends_in_one_line(saved):
    report = whole_report().model_dump(mode="json")
    with pytest.raises(SystemExit) as stopped:
        readme.main(saved(report | {"format": FORMAT - 1}))
    assert str(stopped.value).endswith("report.json: format 3 where 4 is read: write it again with stagewise report.")


@pytest.mark.parametrize("content", [[], {}, 3, "x"])
def test_what_is_no_report_ends_in_one_line(saved, content):
    with pytest.raises(SystemExit, match=r"report\.json: cannot be read as a report"):
        readme.main(saved(content))


@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_the_searches_that_stand_here_are_read(monkeypatch, capsys, file):
    monkeypatch.setattr("sys.argv", ["searches", str(file)])
    searches.main()
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == f"| | {file.stem.replace('_', ', search seed ')} |"
    gains = [gain["test"] for gain in json.loads(file.read_text("utf-8"))["gains"]]
    for gain in gains:
        told = f"against {searches.BASELINES[gain['baseline']]} | {gain['absolute']['estimate']:+.3f} ("
        assert any(row.startswith(f"| {gain['arm']}, ") and told in row for row in rows), gain
    assert sum("the same stages" in row for row in rows) <= 1


def test_there_are_two_searches_of_a_curriculum():
    """One could be lucky."""
    names = ("hopeless", "quickstart", "replay")
    assert [file.stem for file in SEARCHES] == [f"{name}_{seed}" for name in names for seed in (0, 1)]


def test_what_a_search_did_not_measure_is_said():
    row = whole_report().comparisons[0].model_copy(update={"arm": "searched", "verdict": "undecided"})
    test = row.model_dump(mode="json")
    report = {"verdict": "", "gains": [{"test": test}]}
    assert searches.cell(report, "searched", row.baseline).startswith(f"{row.absolute.estimate:+.3f} (")
    assert searches.cell(report, "planned", row.baseline) == "not compared"
    missing = test | {"absolute": test["absolute"] | {"low": None}}
    assert searches.cell({"verdict": "", "gains": [{"test": missing}]}, "searched", row.baseline) == "not measured"
    assert searches.cell({"verdict": "searched is joint: …", "gains": []}, "searched", "joint") == "the same stages"
