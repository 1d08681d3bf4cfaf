"""Wall time of a four-stage chain as `stagewise run`, against a plain TRL script that does the same stages.

python -m benchmarks.chain [once] [STEPS …]

Whole processes in turn (ours, peer, peer, ours), so that a machine that grows slower or faster favours neither. The
start of Python, of Ray and of the libraries counts on both sides; three lengths of the stages show what does not grow
with them. Both train on the same prompts in the same order, and the tokens of the completions stand beside the seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments

FILE = Path(__file__).with_name("four_stages.yaml")
STEPS = (150, 300, 600)
"""Optimizer steps of each of the four stages."""


@dataclass(frozen=True)
class Took:
    """What one process needed for the chain."""

    seconds: float
    """Wall time from start to end."""
    tokens: int
    """Prompts and completions that it trained on."""


def timed(*command: str) -> tuple[float, str]:
    """Wall seconds of a command and its standard output. RuntimeError where it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return seconds, done.stdout


def ours(file: Path, folder: Path) -> Took:
    """The chain by `stagewise run`, with a store of its own in `folder`."""
    command = Path(sys.executable).with_name("stagewise")
    seconds, output = timed(str(command), "run", str(file), "--store", str(folder), "--json")
    return Took(seconds, int(json.loads(output)["cost"]["tokens"]))


def peer(file: Path, folder: Path) -> tuple[Took, int]:
    """The chain by the plain script, its checkpoints in `folder`; and how many tokens the prompts had."""
    seconds, output = timed(sys.executable, "-m", "benchmarks.plain_trl", str(file), str(folder))
    said = json.loads(output.splitlines()[-1])
    return Took(seconds, said["tokens"]), said["prompt_tokens"]


def compare(steps: int, once: bool = False) -> dict[str, Any]:
    """Figures of one length of the stages: ours, peer, peer, ours; with `once` a single pair."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as name:
        folder = Path(name)
        file = folder / FILE.name
        file.write_text(FILE.read_text("utf-8").replace("steps: 150", f"steps: {steps}"), "utf-8")
        first = ours(file, folder / "1")
        second, prompts = peer(file, folder / "2")
        if once:
            return figures((first,), (second,), prompts)
        third, _ = peer(file, folder / "3")
        return figures((first, ours(file, folder / "4")), (second, third), prompts)


def figures(ours: Sequence[Took], plain: Sequence[Took], prompts: int) -> dict[str, Any]:
    """Seconds of each process, the tokens of all completions, and the ratio of the sums of seconds."""
    ratio = sum(took.seconds for took in ours) / sum(took.seconds for took in plain)
    return {
        "stagewise_seconds": [round(took.seconds, 2) for took in ours],
        "plain_trl_seconds": [round(took.seconds, 2) for took in plain],
        "ratio": round(ratio, 3),
        "stagewise_completion_tokens": [took.tokens - prompts for took in ours],
        "plain_trl_completion_tokens": [took.tokens - prompts for took in plain],
    }


def main(lengths: Sequence[int] = STEPS, once: bool = False) -> dict[str, Any]:
    """All figures; also printed as JSON."""
    result: dict[str, Any] = {"aim": "<= 1.05"}
    for steps in lengths:
        result[f"{steps} steps a stage"] = compare(steps, once)
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    words = arguments(__doc__)
    main([int(word) for word in words if word != "once"] or STEPS, "once" in words)
