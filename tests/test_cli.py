"""Commands as transcripts: what a person types, the one line that answers a mistake, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.cli.main import main
from tests.commands import TINY, variant

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture
def stagewise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run a command in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> Answer:
        monkeypatch.setattr("sys.argv", ["stagewise", *(str(argument) for argument in arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
            raise SystemExit(0)
        out = capsys.readouterr()
        return int(stop.value.code or 0), out.out, out.err

    return command


def one_line(answer: Answer) -> str:
    """The only line of a refusal: exit code 2, nothing on standard output, no traceback."""
    code, out, err = answer
    assert code == 2, err
    assert out == ""
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_init_writes_a_file_that_validates(stagewise: Command, tmp_path: Path) -> None:
    code, out, _ = stagewise("init", "mine")
    assert (code, out) == (0, "Wrote mine.yaml. Next: stagewise run mine.yaml\n")
    assert (tmp_path / "mine.yaml").is_file()
    code, out, err = stagewise("validate", "mine.yaml")
    assert code == 0, err
    assert "mine is valid" in out


def test_init_never_overwrites(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("precious", "utf-8")
    assert one_line(stagewise("init", "mine")).startswith("mine.yaml: is there already")
    assert (tmp_path / "mine.yaml").read_text("utf-8") == "precious"


def test_validate_says_what_a_run_costs_and_writes_nothing(stagewise: Command, tmp_path: Path) -> None:
    code, out, _ = stagewise("validate", TINY, "--store", tmp_path / "store", "--json")
    cost = json.loads(out)
    assert code == 0
    assert cost["probe_stage_runs"] == 4
    assert cost["stage_runs"][1] < cost["stage_runs_unshared"][1]
    assert cost["worker_seconds"] > cost["steps"][0] * cost["pace"]["step"] > 0
    assert not (tmp_path / "store").exists()


def test_seeds_replace_the_curriculum_s(stagewise: Command) -> None:
    _, out, _ = stagewise("validate", TINY, "--seeds", "0,1,2,3", "--json")
    assert json.loads(out)["seeds"] == 4


@pytest.mark.parametrize("seeds", ["a", "1,,2", "1,1"])
def test_bad_seeds(stagewise: Command, seeds: str) -> None:
    assert "--seeds" in one_line(stagewise("validate", TINY, "--seeds", seeds))


MISTAKES = {
    "unknown key": (("training: {steps: 4,", "training: {stepz: 4,"), "Did you mean 'steps'?"),
    "wrong type": (("steps: 4", "steps: many"), "training.steps"),
    "zero budget": (("steps: 4", "steps: 0"), "training.steps"),
    "unknown reward": (("{type: exact}", "{type: exakt}"), "Did you mean 'exact'?"),
    "unknown order": (("seeds: [0, 1]", "seeds: [0, 1]\nschedule: {order: bvt}"), "Did you mean 'bwt'?"),
    "domain not defined": (("seeds: [0, 1]", "seeds: [0, 1]\nstages: {story: {steps: 1}}"), "story"),
    "unknown template field": (('"{direction}', '"{directoin}'), "domains.sorting"),
    "unknown task": (("number_sorting", "number_sort"), "number_sorting"),
    "splits too small": (("test: 24", "test: 99999"), "domains.sorting"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_the_curriculum(stagewise: Command, tmp_path: Path, mistake: str) -> None:
    change, expected = MISTAKES[mistake]
    file = variant(tmp_path, change)
    line = one_line(stagewise("run", file, "--store", tmp_path / "store"))
    assert line.startswith(str(file))
    assert expected in line
    assert not (tmp_path / "store").exists()


def test_file_that_is_not_there(stagewise: Command) -> None:
    assert one_line(stagewise("run", "nowhere.yaml")).startswith("nowhere.yaml: there is no such file")


def test_model_path_that_is_no_model(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    scratch = TINY.read_text("utf-8").split("model: ")[1].split("\n")[0]
    file = variant(tmp_path, (scratch, f"{{type: pretrained, id: {tmp_path / 'empty'}}}"))
    line = one_line(stagewise("run", file))
    assert "model.id" in line


def test_store_that_is_a_file(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert "a store is a folder" in one_line(stagewise("run", TINY, "--store", tmp_path / "file"))


def test_store_of_another_version(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text('{"format": 99}', "utf-8")
    assert "version" in one_line(stagewise("run", TINY, "--store", tmp_path))


def test_cluster_that_does_not_answer(stagewise: Command, tmp_path: Path) -> None:
    line = one_line(stagewise("run", TINY, "--store", tmp_path / "store", "--address", "127.0.0.1:1"))
    assert "127.0.0.1:1" in line
    assert not (tmp_path / "store").exists()


def test_more_cpus_than_there_are(stagewise: Command, tmp_path: Path) -> None:
    file = variant(tmp_path, ("seeds: [0, 1]", "seeds: [0, 1]\nresources: {cpus: 4096}"))
    assert "4096" in one_line(stagewise("run", file, "--store", tmp_path / "store"))
    assert not (tmp_path / "store").exists()


def test_address_without_ray(stagewise: Command) -> None:
    assert "--address" in one_line(stagewise("run", TINY, "--executor", "inline", "--address", "x:1"))


def test_report_of_a_store_that_is_not_there(stagewise: Command, tmp_path: Path) -> None:
    one_line(stagewise("report", TINY, "--store", tmp_path / "nothing"))
    one_line(stagewise("runs", "--store", tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()


def test_profile_then_runs_then_report(stagewise: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    code, out, err = stagewise("profile", TINY, "--store", store, "--executor", "inline", "--seeds", "0", "--json")
    assert code == 0, err
    entropy = json.loads(out)["domains"]["stories"]["entropy"]
    assert entropy["entropy"] > 0
    assert entropy["delta_entropy"] is None
    _, out, _ = stagewise("runs", "--store", store, "--json")
    (row,) = json.loads(out)
    assert row["state"] == "not finished"
    code, out, err = stagewise("report", TINY, "--store", store, "--seeds", "0", "--json")
    assert code == 0, err
    assert json.loads(out)["missing"]
