"""`guards: recommended` from the file to the report: told before, chosen by the base, the same for whoever goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domains.errors import shorten
from tests.support.commands import begun, records, report_of, stable, variant, within

pytestmark = pytest.mark.slow

ASKED = (
    ("training: {", "training: {guards: recommended, "),
    ("[{type: creative}]", "[{type: creative, vocabulary: any, enough: 0.5}]"),
)
"""Its base model has something to lose on stories, and is hopeless at sorting."""


@pytest.fixture(scope="module")
def file(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return variant(tmp_path_factory.mktemp("recommended"), *ASKED, source=few)


@pytest.fixture(scope="module")
def whole(file: Path, few_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run, on a base model that was there."""
    store = begun(few_store, tmp_path_factory.mktemp("whole") / "store")
    done = within("run", file, "--store", store, "--executor", "inline")
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = done.stdout.split("Probes: ")
    assert before.count("Note: Recommended for ") == 2
    assert "Recommended for" not in after
    return store


def test_what_was_chosen_is_in_report_page_and_weights(whole: Path, few_store: Path) -> None:
    report = report_of(whole)
    choices = {one["domain"]: one for one in report["recommended"]}
    assert set(choices) == {"sorting", "stories"}
    assert all(one["reason"] and one["figures"] for one in choices.values())
    chosen = {name for name, one in choices.items() if any(one["guards"][key] for key in ("pass_rate", "entropy"))}
    assert chosen == {"stories"}
    assert choices["sorting"]["remedy"] == "method: sft"
    guarded = {row["path"][-1] for row in report["guards"] if len(row["path"]) == 1 and "+" not in row["path"][0]}
    assert guarded == chosen
    assert report["curriculum"]["training"].get("guards") != "recommended"
    (page,) = whole.glob("*/report.html")
    assert page.read_text("utf-8").count("Recommended for ") >= 2
    (written,) = whole.glob("*/curriculum.yaml")
    assert "guards: recommended" in written.read_text("utf-8")
    assert set(records(whole)) & set(records(few_store)) >= {name for name in records(few_store) if "base" in name}


def test_whoever_goes_on_chooses_the_same(whole: Path, file: Path, tmp_path: Path) -> None:
    """After some stages, and after all of it."""
    for nodes in (3, 1000):
        store = begun(whole, tmp_path / str(nodes), nodes)
        done = within("run", file, "--store", store, "--executor", "inline")
        assert done.returncode == 0, done.stdout + done.stderr
        assert set(records(store)) == set(records(whole))
        assert stable(report_of(store)) == stable(report_of(whole))
    assert "0 stages to run" in done.stdout
    assert records(store) == records(whole)


def test_the_guards_written_out_are_the_same_weights(whole: Path, file: Path, few: Path, tmp_path: Path) -> None:
    out = tmp_path / "winner"
    done = within("export", file, out, "--store", whole)
    assert done.returncode == 0, done.stderr
    store = begun(whole, tmp_path / "store", 1000)
    told = within("validate", out / "curriculum.yaml", "--store", store)
    assert "0 stages to train, 0 to measure again, 0 to train again" in told.stdout, told.stdout + told.stderr


def test_before_the_base_is_measured_nothing_is_promised(
    file: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    told = within("validate", file, "--store", tmp_path / "store")
    assert told.returncode == 0, told.stderr
    assert "guards: recommended are chosen once the base model was measured" in told.stdout
    assert "Recommended for" not in told.stdout
    after = within("validate", file, "--store", whole)
    assert after.stdout.count("Note: Recommended for ") == 2
    assert "are chosen once" not in after.stdout
    assert "0 stages to train" in after.stdout


def test_commands_that_only_read_say_what_is_missing(file: Path, tmp_path: Path, few_store: Path) -> None:
    store = begun(few_store, tmp_path / "store", 0)
    for command in (("report", file), ("export", file, tmp_path / "out")):
        done = within(*command, "--store", store)
        assert done.returncode == 2
        (line,) = done.stderr.strip().splitlines()[-1:]
        assert line == (
            f"error: {file}:19: training.guards: follows from the base model, which was not measured in this store, "
            f"got {shorten(str(store))}. Run the curriculum first; `stagewise profile` measures the base model alone."
        )


def test_profile_measures_the_base_and_says_what_it_chose(file: Path, few_store: Path, tmp_path: Path) -> None:
    store = begun(few_store, tmp_path / "store")
    done = within("profile", file, "--store", store, "--executor", "inline")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Note: Recommended for ") == 2
    assert "to be pasted" not in done.stdout
    told = within("profile", file, "--store", store, "--executor", "inline", "--json")
    assert [one["domain"] for one in json.loads(told.stdout)["recommended"]] == ["sorting", "stories"]
    assert len(records(store)) == 1
