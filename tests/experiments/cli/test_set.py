"""`--set` on the commands: all that take a curriculum have it, and the store keeps what it said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer

from curricula.loader import load_curriculum
from domains.errors import UserError
from experiments.cli import session as sessions
from experiments.cli.main import app, main
from tests.support.commands import TINY


def test_every_command_that_takes_a_curriculum_takes_overrides() -> None:
    commands = typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
    options = {name: {option for each in command.params for option in each.opts} for name, command in commands}
    with_file = {name for name, command in commands if any(each.name == "file" for each in command.params)}
    with_file -= {"convert"}  # whose file is a model's
    assert with_file == {"validate", "profile", "plan", "run", "search", "report", "export", "push"}
    assert {name for name in options if "--set" in options[name]} == with_file | {"measure"}


@pytest.mark.parametrize("command", ["validate", "profile", "plan", "run", "search", "report", "export", "push"])
def test_each_refuses_a_mistake_in_one_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    more = {"search": ["--trials", "1"], "export": ["out"], "push": ["--repo", "me/mine"]}.get(command, [])
    monkeypatch.setattr(sys, "argv", ["stagewise", command, str(TINY), *more, "--set", "training.stepz=3"])
    with pytest.raises(SystemExit) as stop:
        main()
    said = capsys.readouterr()
    assert (stop.value.code, said.out) == (2, "")
    assert said.err == "error: --set training.stepz: unknown key, got 3. Did you mean 'steps'?\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_store_keeps_what_was_set_so_that_the_run_can_be_repeated(tmp_path: Path) -> None:
    sets = ["training.steps=2", "evaluation.test=20"]
    with sessions.session(TINY, str(tmp_path / "store"), None, "inline", None, json=True, sets=sets) as opened:
        job = opened.job
    kept = tmp_path / "store" / job.run / "curriculum.yaml"
    assert load_curriculum(kept) == job.curriculum
    assert (job.curriculum.training.steps, job.curriculum.evaluation.test) == (2, 20)
    assert sessions.prepare(kept, None).run == job.run
    assert sessions.prepare(TINY, None, sets).run == job.run
    assert sessions.prepare(TINY, None).run != job.run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("domains.sorting.prompt='{nope}'", "--set domains.sorting.prompt: the data have no such field, got 'nope'."),
        ("domains.sorting.source.task=nope", "--set domains.sorting.source.task: must be a reasoning-gym task"),
        ("model={type: pretrained, id: ./nope}", "--set model: model.id: must be a folder that holds a model"),
        (
            "domains.sorting.source={type: file, path: no.csv}",
            "--set domains.sorting.source: domains.sorting.source.path: ",
        ),
        ("comparison.primary={arm: x, baseline: joint}", "--set comparison.primary: "),
    ],
)
def test_what_only_data_and_model_show_is_named_by_the_option_too(given: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        sessions.prepare(TINY, None, [given])
    assert str(caught.value).startswith(said)
