"""A function that the user wrote, in a file of theirs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from domains.apart.guest import serve
from domains.apart.pool import Outcome, pool_of
from domains.apart.worker import Service
from domains.errors import DataError, StageError, shorten
from domains.example import Example
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, never
from domains.sources.paths import astray, beside, expand

VERSION = Version(2)
LARGEST = 1_000_000
"""Bytes of code that travel with a curriculum to its workers."""


class FunctionReward(RewardBase):
    """What the function `name` in `file` gives: called as TRL calls its own, or once for each completion."""

    type: Literal["function"]
    file: str = Field(min_length=1)
    """A Python file; relative to the curriculum."""
    name: str = Field(min_length=1)
    """The function: ``f(completions, **columns)`` with lists, as in TRL, or ``f(completion, reference, **fields)``."""
    also: tuple[str, ...] = ()
    """Files that `file` imports or reads, relative to its folder; no others are there when it runs."""
    code: str | None = None
    """SHA-256 of `file` and `also`, filled in by stagewise in what it stores; where it is written, other files are
    refused."""
    range: tuple[float, float] = (0.0, 1.0)
    """The function's scores that mean 0 and 1; those between are mapped linearly, those outside are refused."""
    limit: float = Field(10.0, gt=0, le=3600)
    """Seconds of processor time for one completion; what takes longer scores 0 and is counted as stopped."""
    conversational: bool = False
    """Pass prompts and completions as lists of messages (``role``, ``content``), as TRL does for chat."""
    _texts: dict[str, str] = PrivateAttr(default_factory=dict)
    """File, relative to the folder of `file` → its text."""

    @field_validator("range")
    @classmethod
    def _rising(cls, given: tuple[float, float]) -> tuple[float, float]:
        if not given[0] < given[1]:
            raise ValueError("must be two numbers, the first below the second")
        return given

    @field_validator("also")
    @classmethod
    def _beside(cls, also: tuple[str, ...]) -> tuple[str, ...]:
        for each in also:
            if PurePosixPath(each).is_absolute() or ".." in PurePosixPath(each).parts:
                raise ValueError(f"must be files in the folder of `file` or below it, got {each!r}")
        return also

    @property
    def texts(self) -> dict[str, str]:
        """The code as it was read; empty before `with_code`."""
        return self._texts


def with_code(spec: FunctionReward, base: Path) -> FunctionReward:
    """`spec` with the code that its files hold now, which is what is hashed and what runs, on any machine.

    Relative paths start at `base`. Raises DataError where a file is missing, huge, no text, or no Python.
    """
    if spec.texts:
        return spec
    file = expand(spec.file, base, "file")
    texts = {file.name: _text(file, spec.file, base, "file")}
    compile_checked(texts[file.name], file)
    for each in spec.also:
        texts[each] = _text(file.parent / each, each, file.parent, "also")
    code = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()
    if spec.code and spec.code != code:
        raise DataError(
            "the file has changed since it was hashed", key="code", value=spec.file, hint="Leave `code` out to use it."
        )
    read = spec.model_copy(update={"file": str(file.absolute()), "code": code})
    read._texts = texts
    return read


def identity(spec: FunctionReward) -> dict[str, object]:
    """What decides the scores: the code in place of its files, the function's name and all settings."""
    if not spec.code:
        raise DataError("the function's file must be read first", key="file", value=spec.file)
    return {**spec.model_dump(mode="json", exclude={"file", "also"}), "code": spec.code}


def build(spec: FunctionReward, train: Sequence[Example]) -> Reward:
    """The function's scores, mapped from `range`. Whatever is not blank counts as an answer.

    None abstains. Raises StageError with the function's file and line where it fails.
    """
    setup = json.dumps({"file": Path(spec.file).name, "name": spec.name, "code": spec.texts})
    service = Service(serve, setup, name=Path(spec.file).name)
    by_group: list[bool] = []

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        pool = pool_of(service)
        if not by_group:
            by_group.append(bool(_value(spec, pool.run([None], spec.limit)[0])))
        whole = len(completions) if by_group[0] else 1
        groups = [completions[start : start + whole] for start in range(0, len(completions), whole or 1)]
        tasks = [task_of(spec, group, example) for group in groups]
        outcomes = pool.run(tasks, spec.limit * whole)
        return [mark for group, one in zip(groups, outcomes, strict=True) for mark in _marks(spec, group, one)]

    return reward


def task_of(spec: FunctionReward, completions: Sequence[str], example: Example) -> dict[str, Any]:
    """What the function is given: the row's fields, with the prompt and the reference under these names."""
    prompt: object = example.prompt
    said: list[object] = list(completions)
    if spec.conversational:
        prompt = [dict(turn) for turn in example.conversation]
        said = [[{"role": "assistant", "content": text}] for text in completions]
    columns = {"answer": example.answer, **example.fields, "reference": example.reference, "prompt": prompt}
    return {"completions": said, "columns": columns}


def _marks(spec: FunctionReward, group: Sequence[str], outcome: Outcome) -> list[Mark]:
    if outcome.stopped:
        return [Mark(0.0, None, stopped=True)] * len(group)
    scores = _value(spec, outcome)
    if len(scores) != len(group):
        raise StageError("reward", f"{_place(spec)} gave {len(scores)} scores for {len(group)} completions")
    return [_mark(spec, score, text) for score, text in zip(scores, group, strict=True)]


def _mark(spec: FunctionReward, score: float | None, text: str) -> Mark:
    if score is None:
        return Mark(0.0, None, abstains=True)
    low, high = spec.range
    if not low <= score <= high:
        raise StageError(
            "reward",
            f"{_place(spec)} gave {score:g} for {shorten(text)}, scores must be in [{low:g}, {high:g}]. "
            "Declare its `range: [low, high]`.",
        )
    return Mark((score - low) / (high - low), found(text))


def _value(spec: FunctionReward, outcome: Outcome) -> Any:
    if wrong := outcome.failure or (outcome.died and f"{_place(spec)}: {outcome.died}"):
        raise StageError("reward", wrong)
    return outcome.value


def _place(spec: FunctionReward) -> str:
    return f"{spec.name} in {Path(spec.file).name}"


def compile_checked(text: str, file: Path) -> None:
    """Raise DataError with file and line where `text` is no Python."""
    try:
        compile(text, str(file), "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise DataError(f"must be Python ({getattr(error, 'msg', error)})", file=str(file), line=line) from None


def _text(file: Path, written: str, base: Path, key: str) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        reason = (
            "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        )
        hint = astray(written, base, key) or beside(file)
        raise DataError(reason, key=key, value=written, hint=hint) from None
    if len(raw) > LARGEST:
        raise DataError(f"must be at most {LARGEST:,} bytes", key=key, value=f"{len(raw):,} bytes in {written}")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError("must be a text file in UTF-8", key=key, value=written) from None


KIND = RewardKind(
    spec=FunctionReward, version=VERSION, compares=never, build=build, identity=identity, with_code=with_code
)
