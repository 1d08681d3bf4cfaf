"""Commands as transcripts: what a person types, the one line that answers a mistake, and the exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from experiments.run.job import open_job, prepare_data
from experiments.store import Store
from tests.support.commands import TINY, begun, variant, within

pytestmark = pytest.mark.slow

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture
def stagewise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in this process: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> Answer:
        done = within(*arguments, COLUMNS="200")
        return done.returncode, done.stdout, done.stderr

    return command


def one_line(answer: Answer) -> str:
    """The only line of a refusal: exit code 2, nothing on standard output, no traceback."""
    code, out, err = answer
    assert code == 2, err
    assert out == ""
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_init_writes_a_file_that_validates(stagewise: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a step takes is timed in test_estimate.py.
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    code, out, _ = stagewise("init", "mine")
    assert (code, out) == (0, "Wrote mine.yaml. Next: stagewise validate mine.yaml\n")
    assert (tmp_path / "mine.yaml").is_file()
    code, out, err = stagewise("validate", "mine.yaml")
    assert code == 0, err
    assert "mine is valid" in out
    assert re.search(r"^  \w+ \(structured, \w+, \d+ steps of \d+ \w+", out, re.MULTILINE)


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


def test_seeds_replace_the_curriculum_s(stagewise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
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
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_the_curriculum(stagewise: Command, tmp_path: Path, mistake: str) -> None:
    change, expected = MISTAKES[mistake]
    file = variant(tmp_path, change)
    line = one_line(stagewise("run", file, "--store", tmp_path / "store", "--executor", "inline"))
    assert line.startswith(str(file))
    assert expected in line
    assert not (tmp_path / "store").exists()


def test_the_number_of_a_line_is_no_emoji(stagewise: Command, tmp_path: Path) -> None:
    """To rich `:100:` is one."""
    file = tmp_path / "mine.yaml"
    file.write_text(99 * "\n" + "name: mine\n", "utf-8")
    assert one_line(stagewise("validate", file)).startswith(f"{file}:100: ")


def test_of_splits_that_are_too_small_each_domain_is_named(stagewise: Command, tmp_path: Path) -> None:
    file = variant(tmp_path, ("test: 24", "test: 99999"))
    code, out, err = stagewise("run", file, "--store", tmp_path / "store", "--executor", "inline")
    first, second = err.strip().splitlines()
    assert (code, out) == (2, "")
    assert first.startswith(f"error: {file}")
    assert "domains.sorting" in first
    assert "domains.stories" in second


def test_file_that_is_not_there(stagewise: Command) -> None:
    assert one_line(stagewise("run", "nowhere.yaml")).startswith("nowhere.yaml: there is no such file")


def test_model_path_that_is_no_model(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    scratch = TINY.read_text("utf-8").split("model: ")[1].split("\n")[0]
    file = variant(tmp_path, (scratch, f"{{type: pretrained, id: {tmp_path / 'empty'}}}"))
    line = one_line(stagewise("run", file, "--executor", "inline"))
    assert "model.id" in line


def test_store_that_is_a_file(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert "a store is a folder" in one_line(stagewise("run", TINY, "--store", tmp_path / "file"))


def test_store_of_another_version(stagewise: Command, tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text('{"format": 99}', "utf-8")
    assert "version" in one_line(stagewise("run", TINY, "--store", tmp_path, "--executor", "inline"))


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


def test_profile_then_runs_then_report(stagewise: Command, tmp_path: Path, few_store: Path) -> None:
    store = begun(few_store, tmp_path / "store")
    code, out, err = stagewise("profile", TINY, "--store", store, "--executor", "inline", "--seeds", "0", "--json")
    assert code == 0, err
    entropy = json.loads(out)["domains"]["stories"]["entropy"]
    assert entropy["entropy"]["estimate"] > 0
    assert entropy["delta_entropy"]["missing"] == "no seed finished the domain's own probe"
    _, out, _ = stagewise("runs", "--store", store, "--json")
    (row,) = json.loads(out)
    assert row["state"] == "not finished"
    code, out, err = stagewise("report", TINY, "--store", store, "--seeds", "0", "--json")
    assert code == 0, err
    assert json.loads(out)["missing"]


@pytest.mark.parametrize("seeds", ["99999999999999999999999", "1_0", "٣", "", "1;2"])
def test_seeds_are_read_as_in_the_curriculum(stagewise: Command, seeds: str) -> None:
    assert one_line(stagewise("validate", TINY, "--seeds", seeds)).startswith("--seeds: must be whole numbers")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("order", "m.csv", "--seconds", "0"), "--seconds: must be at least 0.1, got '0'. See: stagewise order"),
        (("prune", "--store", "s", "--keep", "foo"), "--keep: must be one of all, ends, best, none, got 'foo'. See: "),
        (("prune", "s"), "Missing option '--store'. See: stagewise prune --help"),
        (("search", TINY), "Missing option '--trials'. See: stagewise search --help"),
        (("search", TINY, "--trials", "abc"), "--trials: must be a whole number, got 'abc'. See: stagewise search"),
        (("run", TINY, "--stroe", "x"), "No such option: --stroe"),
        (("run",), "Missing argument 'FILE'. See: stagewise run --help"),
        (("rnu", TINY), "No such command 'rnu'"),
    ],
)
def test_mistakes_in_options_are_one_line_too(stagewise: Command, arguments: tuple[object, ...], said: str) -> None:
    assert one_line(stagewise(*arguments)).startswith(said)


def test_without_arguments_there_is_help(stagewise: Command) -> None:
    code, out, _ = stagewise()
    assert code == 0
    assert "validate" in out


def test_an_empty_store_is_refused(stagewise: Command, tmp_path: Path) -> None:
    assert one_line(stagewise("run", TINY, "--store", "")).startswith("--store: must not be empty")
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_is_stopped_at_once_says_so(stagewise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.cli.session.load", stopped)
    assert stagewise("run", TINY) == (130, "", "Stopped before any stage ran.\n")


@pytest.mark.parametrize("text", ["{bad", "[]", "{}", "", "3"])
def test_a_damaged_report_hides_no_other_run(stagewise: Command, tmp_path: Path, text: str) -> None:
    store = Store.open(str(tmp_path / "store"))
    store.write_run("bad-00000000", "report.json", text)
    store.write_run("good-00000000", "report.json", json.dumps({"format": 4, "missing": [], "verdict": "fine"}))
    code, out, _ = stagewise("runs", "--store", tmp_path / "store", "--json")
    assert code == 0
    assert {row["run"]: row["state"] for row in json.loads(out)} == {
        "bad-00000000": "report unreadable",
        "good-00000000": "done",
    }


@pytest.mark.parametrize("command", ["report", "search"])
@pytest.mark.parametrize("found", [2, 5, "3"])
def test_a_report_of_another_format_is_refused_in_one_line(
    stagewise: Command, tmp_path: Path, command: str, found: object
) -> None:
    store = Store.open(str(tmp_path / "store"))
    text = json.dumps({"format": found, "missing": [], "verdict": "fine"})
    store.write_run("old-00000000", f"{command}.json", text)
    code, out, _ = stagewise("runs", "--store", tmp_path / "store", "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert row["state"] == f"format {found!r} where 4 is read: write it again with stagewise {command}"
    assert row["verdict"] is None


def test_init_replaces_its_own_schema_only(stagewise: Command, tmp_path: Path) -> None:
    assert stagewise("init", "mine")[0] == stagewise("init", "other")[0] == 0
    (tmp_path / "curriculum.schema.json").write_text("precious", "utf-8")
    assert "is not ours" in one_line(stagewise("init", "third"))
    assert (tmp_path / "curriculum.schema.json").read_text("utf-8") == "precious"
    assert not (tmp_path / "third.yaml").exists()


def test_more_cpus_than_there_are_are_refused_without_ray_too(stagewise: Command, tmp_path: Path) -> None:
    file = variant(tmp_path, ("seeds: [0, 1]", "seeds: [0, 1]\nresources: {cpus: 4096}"))
    line = one_line(stagewise("run", file, "--store", tmp_path / "store", "--executor", "inline"))
    assert line.startswith("resources.cpus: a stage asks for more CPUs than this machine has, got 4096. It has ")
    assert not (tmp_path / "store").exists()


def test_an_item_that_does_not_fit_is_refused_with_its_line(stagewise: Command, tmp_path: Path) -> None:
    file = variant(tmp_path, ("context: 96", "context: 30"))
    for command in (["validate"], ["run", "--executor", "inline"]):
        line = one_line(stagewise(*command, file, "--store", tmp_path / "store"))
        place = rf"{re.escape(str(file))}:\d+: domains\.\w+: "
        assert re.match(place + r"an item needs \d+ tokens and the model takes 30", line)
    assert not (tmp_path / "store").exists()


def test_what_the_data_lack_is_said_with_the_line_of_its_key(stagewise: Command, tmp_path: Path) -> None:
    file = variant(tmp_path, ("number_sorting", "number_sort"))
    written = next(at for at, text in enumerate(file.read_text("utf-8").splitlines(), 1) if "number_sort" in text)
    assert one_line(stagewise("validate", file)).startswith(f"{file}:{written}: domains.sorting.source.task: ")


@pytest.mark.parametrize("storage", ["sqlite:///nowhere/x.db", "grpc://localhost:1", "nowhere/x", "sqlite://", ""])
def test_a_search_whose_storage_is_refused_writes_nothing(
    stagewise: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    monkeypatch.setattr("experiments.search.storage.ANSWER_SECONDS", 0.5)
    arguments = ("search", TINY, "--trials", 1, "--storage", storage, "--store", tmp_path / "store")
    assert one_line(stagewise(*arguments, "--executor", "inline")).startswith("--storage: ")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("text", ["my precious notes", '{"a": 1}'])
def test_a_storage_that_is_another_file_is_left_as_it_is(stagewise: Command, tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.txt").write_text(text, "utf-8")
    line = one_line(stagewise("search", TINY, "--trials", 1, "--storage", "notes.txt", "--executor", "inline"))
    assert line.startswith("--storage: not a journal of Optuna")
    assert (tmp_path / "notes.txt").read_text("utf-8") == text


def test_a_run_whose_stages_are_gone_keeps_its_report(stagewise: Command, tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "store"))
    prepared = prepare_data(load_curriculum(TINY), TINY)
    open_job(prepared, store)
    store.write_run(prepared.run, "report.json", "precious")
    assert "nothing to report" in one_line(stagewise("report", TINY, "--store", store.url))
    assert store.read_run(prepared.run, "report.json") == "precious"
