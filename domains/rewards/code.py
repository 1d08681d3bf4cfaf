"""The completion is a program, and it does what its tests ask: run in a sandbox, never outside one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from domains.at_key import at_key
from domains.errors import DataError
from domains.example import Example
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, never
from domains.rewards.sandbox import Limits, Ran, require_sandbox, run_program, run_tests
from domains.rewards.sandbox.inside.cases import statements
from domains.templates import pieces, render

VERSION = Version(2, python=True)
FENCE = "```"
PYTHON = frozenset({"", "python", "python3", "py"})
"""What may stand after a fence that holds Python."""

Judged = tuple[float, bool]
"""Share of the cases that passed, and whether the clock struck."""


class CodeReward(RewardBase):
    """Share of a row's tests that the completion's code passes, or 1 where it passes all.

    Tests are statements (``assert f(2) == 4``) that call what the code defines, or texts that the code must print
    for texts that it reads.
    """

    type: Literal["code"]
    tests: str | None = None
    """Template of the tests' source, e.g. ``{test_code}``; of a list of lines ``{test_list:\\n}``."""
    stdin: str | None = None
    """Template of what the program reads; a field that holds a list is one case for each of its texts."""
    stdout: str | None = None
    """Template of what it must print, case by case as in `stdin`."""
    before: str = ""
    """Template of source that comes before the completion's, e.g. the head of the function that it continues."""
    score: Literal["all", "share"] = "all"
    """1 for all cases and 0 for fewer, or the share that passes."""
    objects: bool = False
    """Let tests make objects of the completion's classes and call their methods. Else functions must return plain data.
    A test that asks such an object for a verdict of its own (``f(x).fits(expected)``) trusts it."""
    seconds: float = Field(5.0, gt=0, le=600)
    """Seconds of processor time for all tests of a completion, or for each of its cases."""
    memory: int = Field(256, ge=64, le=65536)
    """MiB that the program may use."""

    @model_validator(mode="after")
    def _one_kind(self) -> CodeReward:
        if (self.tests is None) == (self.stdin is None and self.stdout is None):
            raise at_key("tests", "give tests, or stdin and stdout")
        if self.tests is None and (self.stdin is None or self.stdout is None):
            raise at_key("stdout", "stdin and stdout go together")
        return self

    @property
    def limits(self) -> Limits:
        """What a program may use."""
        return Limits(seconds=self.seconds, memory=self.memory)


def ready(spec: CodeReward) -> None:
    """Raises DataError where there is no sandbox."""
    require_sandbox()


MOST = 4
"""Programs at once, however many cores the machine has: workers of other stages run theirs beside."""


def build(spec: CodeReward, train: Sequence[Example]) -> Reward:
    """Every completion of a group is run, several at once; equal ones once.

    Raises DataError where a training example's tests cannot be read, and where there is no sandbox.
    """
    require_sandbox()
    judge = _by_tests(spec) if spec.tests is not None else _by_cases(spec)
    check = _count if spec.tests is not None else _pairs
    for example in train:
        check(spec, example)

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        before = render(spec.before, example.fields) if spec.before else ""
        codes = [code_of(text) for text in completions]
        distinct = list(dict.fromkeys(code for code in codes if code.strip()))
        with ThreadPoolExecutor(min(len(distinct), _processors(), MOST) or 1) as pool:
            judged = dict(zip(distinct, pool.map(lambda code: judge(before + code, example), distinct), strict=True))
        return [_mark(spec, code, judged.get(code, (0.0, False))) for code in codes]

    return reward


def code_of(text: str) -> str:
    """The last fenced block that is Python or says nothing of its language; text without a fence is all code.

    A block that is not closed goes to the end of the text.
    """
    blocks: list[list[str]] = []
    language: str | None = None
    for line in text.split("\n"):
        if line.strip().startswith(FENCE) and (language is None or line.strip() == FENCE):
            opens = language is None
            language = line.strip().removeprefix(FENCE).strip().lower() if opens else None
            if opens and language in PYTHON:
                blocks.append([])
        elif language in PYTHON and language is not None:
            blocks[-1].append(line)
    if blocks:
        return "\n".join([*blocks[-1], ""])
    return "" if FENCE in text else text


def _mark(spec: CodeReward, code: str, judged: Judged) -> Mark:
    share, stopped = judged
    if stopped:
        return Mark(0.0, None, stopped=True)
    score = share if spec.score == "share" else float(share == 1.0)
    return Mark(score, found(code), stopped)


def _by_tests(spec: CodeReward) -> Callable[[str, Example], Judged]:
    def judge(code: str, example: Example) -> Judged:
        tests, cases = _count(spec, example)
        ran = run_tests(code, tests, spec.objects, spec.limits)
        return ran.output.count(b"1") / cases, ran.stopped

    return judge


def _by_cases(spec: CodeReward) -> Callable[[str, Example], Judged]:
    def judge(code: str, example: Example) -> Judged:
        pairs, passed = _pairs(spec, example), 0
        for given, wanted in pairs:
            ran = run_program(code, given.encode(), spec.limits)
            right = ran.ended and _printed(ran) == _lines(wanted)
            passed += right
            if ran.stopped or (spec.score == "all" and not right):
                return passed / len(pairs), ran.stopped
        return passed / len(pairs), False

    return judge


def _printed(ran: Ran) -> list[str]:
    return _lines(ran.output.decode(errors="replace"))


def _lines(text: str) -> list[str]:
    """Lines without white space at their ends, and without blank lines at the end of all."""
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _count(spec: CodeReward, example: Example) -> tuple[str, int]:
    """The example's tests, and how many cases they are."""
    tests = render(spec.tests or "", example.fields)
    return tests, _cases(tests)


@lru_cache(maxsize=16384)
def _cases(tests: str) -> int:
    try:
        count = sum(case for _, case in statements(tests))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or type(error).__name__
        raise DataError(f"tests must be Python ({reason})", key="rewards.tests", value=tests) from None
    if not count:
        raise DataError(
            "tests must hold a case, e.g. `assert f(2) == 4`",
            key="rewards.tests",
            value=tests,
            hint="Tests that only define `check(candidate)` need a call: add `check(name)` to the template.",
        )
    return count


def _pairs(spec: CodeReward, example: Example) -> list[tuple[str, str]]:
    """What goes in and what must come out, case by case."""
    given, wanted = (_texts(template or "", example) for template in (spec.stdin, spec.stdout))
    if len(given) != len(wanted) or not given:
        raise DataError(
            f"stdin and stdout must hold equally many cases, there are {len(given)} and {len(wanted)}",
            key="rewards.stdin",
            value=example.prompt,
        )
    return list(zip(given, wanted, strict=True))


def _texts(template: str, example: Example) -> list[str]:
    parsed = pieces(template)
    if len(parsed) == 1 and parsed[0][0] == "" and parsed[0][1] is not None:
        value = example.fields.get(parsed[0][1])
        if isinstance(value, list):
            return [str(item) for item in value]
    return [render(template, example.fields)]


def _processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


KIND = RewardKind(spec=CodeReward, version=VERSION, compares=never, build=build, ready=ready)
