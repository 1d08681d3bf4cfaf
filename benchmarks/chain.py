"""Wall time of a four-stage chain as `stagewise run`, against a plain TRL script that does the same stages.

Whole processes, in turn: start of Python, of Ray and of the libraries count on both sides. Twice: with the stages of
the file, and with longer ones, since what stagewise adds does not grow with a stage.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("four_stages.yaml")
STEPS = (150, 600)
"""Optimizer steps of each of the four stages."""


def seconds(*command: str) -> float:
    """Wall seconds of a command; its output is kept only for a failure."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def pair(steps: int) -> tuple[float, float]:
    """Seconds of both."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
        file = Path(folder, FILE.name)
        file.write_text(FILE.read_text("utf-8").replace("steps: 150", f"steps: {steps}"), "utf-8")
        plain = seconds(sys.executable, "-m", "benchmarks.plain_trl", str(file), folder)
        return seconds(str(Path(sys.executable).with_name("stagewise")), "run", str(file), "--store", folder), plain


def main() -> dict[str, Any]:
    """All figures; also printed as JSON."""
    result: dict[str, Any] = {"aim": "<= 1.05"}
    for steps in STEPS:
        ours, plain = pair(steps)
        result[f"{steps} steps a stage"] = {
            "stagewise_seconds": round(ours, 2),
            "plain_trl_seconds": round(plain, 2),
            "ratio": round(ours / plain, 3),
        }
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    main()
