"""What the sandbox costs: seconds a run, alone and many at once, and what one Python of its own would take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.arguments import arguments
from domains.example import Example
from domains.rewards import build_reward
from domains.rewards.code import CodeReward
from domains.rewards.sandbox import Limits, require_sandbox, run_program, run_tests

RUNS = 20
GROUP = 16


def seconds(run: Callable[[], object]) -> float:
    """The median of `RUNS`."""
    found = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return round(median(found), 4)


def main() -> dict[str, Any]:
    """All figures, printed as JSON."""
    require_sandbox()
    code, tests = "def f(x):\n    return 2 * x\n", "assert f(1) == 2\nassert f(2) == 4"
    row = Example(prompt="f", answer=code, fields={"tests": tests})
    reward = build_reward(CodeReward(type="code", tests="{tests}"), [row])
    group = [f"{code}# {number}\n" for number in range(GROUP)]
    start = time.perf_counter()
    marks = reward(group, row)
    took = time.perf_counter() - start
    assert all(mark.score == 1 for mark in marks)
    result = {
        "python alone": seconds(lambda: subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)),
        "a program": seconds(lambda: run_program("print(1)", b"", Limits())),
        "tests": seconds(lambda: run_tests(code, tests, False, Limits())),
        f"a group of {GROUP}": round(took, 3),
        "each of it": round(took / GROUP, 4),
        "processors": len(os.sched_getaffinity(0)),
    }
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    arguments(__doc__)
    main()
