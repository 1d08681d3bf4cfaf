"""Runs commands as a person would, and reads what they left."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from experiments.cli.main import main
from tests.support import warm
from tests.support.paths import ROOT, untold

STAGEWISE = str(Path(sys.executable).with_name("stagewise"))
TINY = Path(__file__).with_name("tiny.yaml")


def environment(**more: str) -> dict[str, str]:
    """A terminal of fixed width without colours, and the code of this checkout, wherever the command comes from."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", **more}


def stagewise(*arguments: object, timeout: float = 280, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [STAGEWISE, *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, env=environment(**more), check=False
    )


def within(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """`stagewise` in this process: for what a command does, where a new one would load torch for seconds first."""
    command, out, err = ["stagewise", *(str(argument) for argument in arguments)], io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", command)
        for name, value in environment(**more).items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as stop:
            main()
    return subprocess.CompletedProcess(command, int(stop.value.code or 0), out.getvalue(), err.getvalue())


def start(*arguments: object, **more: str) -> warm.Warm:
    """Start a command in a process and a session of its own, which loads nothing that is loaded here."""
    return warm.start(untold(environment(**more)), _command, ["stagewise", *(str(argument) for argument in arguments)])


def _command(arguments: list[str]) -> None:
    sys.argv[:] = arguments
    main()


def begun(source: Path, store: Path, nodes: int = 1, but: Sequence[str] = ()) -> Path:
    """A store that holds the data and the first finished nodes of another one, or all nodes but those whose folders
    are named like one of `but`: a run that came so far."""
    shutil.copytree(source / "data", store / "data")
    shutil.copy(source / "store.json", store)
    finished = sorted(source.glob("nodes/*/record.json"), key=lambda file: file.stat().st_mtime_ns)
    for node in [file.parent for file in finished][: None if but else nodes]:
        if not any(node.match(pattern) for pattern in but):
            shutil.copytree(node, store / "nodes" / node.name)
    return store


def report_of(store: Path) -> dict[str, Any]:
    """report.json of the only run in a store."""
    (file,) = store.glob("*/report.json")
    return json.loads(file.read_text("utf-8"))


def stable(report: Any) -> Any:
    """A report without what may differ between two runs: times and the environment."""
    if isinstance(report, dict):
        return {
            key: stable(value) for key, value in report.items() if key != "environment" and not key.endswith("seconds")
        }
    return [stable(item) for item in report] if isinstance(report, list) else report


def records(store: Path) -> dict[str, tuple[int, str]]:
    """Node folder → when its record was written and which attempt it names."""
    found = {}
    for file in store.glob("nodes/*/record.json"):
        found[file.parent.name] = (file.stat().st_mtime_ns, json.loads(file.read_text("utf-8"))["checkpoint"])
    return found


def variant(folder: Path, *changes: tuple[str, str], source: Path = TINY) -> Path:
    """A copy of a curriculum with some texts replaced; each must occur."""
    text = source.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file = folder / source.name
    file.write_text(text, "utf-8")
    return file
