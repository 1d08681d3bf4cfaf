"""Every command's help ends with an example that the command takes, and --version says what runs."""

from __future__ import annotations

import inspect
import re
import shlex
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest
import typer

from experiments.cli.main import COMMANDS, app, main

NAMES = [command.__name__ for command in COMMANDS]


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints that ends well."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "argv", ["stagewise", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    return capsys.readouterr().out


def test_the_walk_is_over_all_commands() -> None:
    assert sorted(typer.main.get_command(app).commands) == sorted(NAMES)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_help_ends_with_one_example(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(monkeypatch, capsys, name, "--help")
    last = text.strip().splitlines()[-1].strip()
    assert last.startswith(f"Example: stagewise {name}")
    assert text.count("Example:") == 1
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    arguments = shlex.split(last.removeprefix(f"Example: stagewise {name}"))
    command.make_context(name, arguments)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_paragraph_of_a_help_is_one_line_of_the_code(command: Callable[..., None]) -> None:
    """A line's end in the code would end the line in the terminal too."""
    assert all("\n" not in paragraph for paragraph in (inspect.getdoc(command) or "").split("\n\n"))


@pytest.mark.parametrize("name", NAMES)
def test_a_store_is_always_named_by_the_same_option(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert [one.opts for one in command.params if one.name == "store"] in ([], [["--store"]])


@pytest.mark.parametrize("name", [*NAMES, None])
def test_a_switch_is_not_called_a_bool(
    name: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--json <bool>`` reads as if it took a value."""
    text = said(monkeypatch, capsys, *([name] if name else []), "--help")
    assert "bool" not in text
    assert re.search(r"--help +Show this message and exit\.", text)


def test_the_help_of_all_ends_with_how_to_begin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(monkeypatch, capsys, "--help")
    assert "To begin: stagewise init mine, then stagewise run mine.yaml." in text
    assert "prove it against joint training" in text


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = said(monkeypatch, capsys, "--version")
    known = (
        rf"stagewise {re.escape(version('stagewise'))}( \(commit [0-9a-f]{{12}}(, changed since)?\))?, Python 3\.\S+, "
    )
    assert re.fullmatch(known + rf"torch {re.escape(version('torch'))}\n", line)
