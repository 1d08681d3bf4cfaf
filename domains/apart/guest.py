"""A function that the user wrote, called in a process apart; what goes wrong there is told by its file and line.

Standard library alone: nothing of ours stands between the user's imports and theirs.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import math
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

TRL, ONE = "completions", "completion"
"""Parameters: who has the first is called as TRL calls it, once for a group, who has the second for each completion."""


class Blamed(Exception):  # noqa: N818
    """A fault of the user's code, in one line."""

    def __init__(self, told: str) -> None:
        self.told = told
        super().__init__(told)


def serve(setup: dict[str, Any]) -> Callable[[dict[str, Any] | None], Callable[[], Any]]:
    """Setup ``{"file": …, "name": …, "code": {file: text}}``.

    Task ``{"completions": […], "columns": {…}}`` → one score or None each; task None → whether it takes whole groups.
    """
    folder = Path(tempfile.mkdtemp())
    function = _loaded(folder, setup)
    parameters = inspect.signature(function).parameters
    if not {TRL, ONE} & parameters.keys():
        raise Blamed(
            f"{setup['file']}: {setup['name']} must have a parameter `completions` (as in TRL) or `completion`"
        )

    def prepare(task: dict[str, Any] | None) -> Callable[[], Any]:
        if task is None:
            return lambda: TRL in parameters
        calls = _calls(function, **task)

        def run() -> list[float | None]:
            try:
                results = [asyncio.run(one) if inspect.iscoroutine(one := call()) else one for call in calls]
            except BaseException as error:
                raise Blamed(_told(error, folder)) from None
            scores = _listed(results[0], setup["name"]) if TRL in parameters else results
            return [_score(score, setup["name"]) for score in scores]

        return run

    return prepare


def _calls(function: Callable[..., Any], completions: list[Any], columns: dict[str, Any]) -> list[Callable[[], Any]]:
    """What is called for a group: once with lists, one value a completion, or once for each completion."""
    if TRL not in inspect.signature(function).parameters:
        return [partial(function, **_taken(function, {**columns, ONE: text})) for text in completions]
    listed = {name: [value] * len(completions) for name, value in columns.items()}
    listed["prompts"] = listed.pop("prompt")
    given = {**listed, TRL: completions, "trainer_state": None, "log_extra": _nothing, "log_metric": _nothing}
    return [partial(function, **_taken(function, given))]


def _nothing(*_: Any, **__: Any) -> None:
    """TRL's loggers, which have no place here."""


def _loaded(folder: Path, setup: Mapping[str, Any]) -> Callable[..., Any]:
    """The function, from the texts that were hashed and from nothing else that stands beside the file."""
    for name, text in setup["code"].items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        module = _module(folder / setup["file"])
    except ModuleNotFoundError as error:
        raise Blamed(f"{_told(error, folder)}. Files beside it that it imports are named in `also`") from None
    except BaseException as error:
        raise Blamed(_told(error, folder)) from None
    function = getattr(module, setup["name"], None)
    if not callable(function):
        raise Blamed(f"{setup['file']}: no function of the name {setup['name']!r} is defined there")
    return function  # type: ignore[no-any-return]


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def _taken(function: Callable[..., Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Of `columns` what the function has parameters for; all of them where it has ``**``."""
    parameters = inspect.signature(function).parameters.values()
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        return dict(columns)
    return {one.name: columns[one.name] for one in parameters if one.name in columns}


def _listed(scores: Any, name: str) -> list[Any]:
    try:
        return list(scores)
    except TypeError:
        raise Blamed(f"{name} must return a list of scores, got {scores!r:.60}") from None


def _score(score: Any, name: str) -> float | None:
    """A number, also numpy's or torch's, as a float; finite, since JSON knows nothing else."""
    if score is None:
        return None
    try:
        value = float(score)
    except (TypeError, ValueError):
        raise Blamed(f"{name} must return a number or None, got {score!r:.60}") from None
    if not math.isfinite(value):
        raise Blamed(f"{name} must return finite numbers, got {value}")
    return value


def _told(error: BaseException, folder: Path) -> str:
    """``rewards.py:12: ValueError: …``, at the last line of the user's own that was reached."""
    kind = f"{type(error).__name__}: {error}".strip().removesuffix(":")
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        return f"{Path(error.filename).relative_to(folder)}:{error.lineno}: {type(error).__name__}: {error.msg}"
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(folder)]
    return f"{Path(own[-1].filename).relative_to(folder)}:{own[-1].lineno}: {kind}" if own else kind
