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
    head, _, searched, planned = capsys.readouterr().out.splitlines()
    assert head.startswith("| curriculum | arm |")
    gains = json.loads(file.read_text("utf-8"))["gains"]
    for arm, line in (("searched", searched), ("planned", planned)):
        found = next(g["test"] for g in gains if (g["test"]["arm"], g["test"]["baseline"]) == (arm, "joint"))
        older = found.get("relative_gain")
        told = f"{older['estimate']:+.1%}" if older else f"{found['absolute']['estimate']:+.3f}"
        assert told in line


def test_there_are_searches():
    assert len(SEARCHES) == 3


def test_a_search_of_this_format_shows_gains_in_points_and_what_was_promised():
    row = whole_report().comparisons[0].model_copy(update={"arm": "searched", "verdict": "undecided"})
    cell = searches.cell({"promised": 0.05, "test": row.model_dump(mode="json")})
    found = row.absolute
    assert cell.startswith(f"{found.estimate:+.3f} ({found.low:+.3f} to {found.high:+.3f}), undecided; relative ")
    assert cell.endswith("promised +5.0%")
