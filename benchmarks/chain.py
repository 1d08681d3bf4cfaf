"""Wall time of a four-stage chain as `stagewise run`, against a plain TRL script that does the same stages.

Whole processes, in turn: start of Python, of Ray and of the libraries count on both sides.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("four_stages.yaml")
PAIRS = 1


def seconds(*command: str) -> float:
    """Wall seconds of a command; its output is kept only for a failure."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def main(pairs: int = PAIRS) -> dict[str, Any]:
    """All figures; also printed as JSON."""
    ours, plain = [], []
    for _ in range(pairs):
        with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
            plain.append(seconds(sys.executable, "-m", "benchmarks.plain_trl", str(FILE), folder))
            ours.append(seconds(str(Path(sys.executable).with_name("stagewise")), "run", str(FILE), "--store", folder))
    result = {
        "stagewise_seconds": [round(value, 2) for value in ours],
        "plain_trl_seconds": [round(value, 2) for value in plain],
        "ratio": round(statistics.median(a / b for a, b in zip(ours, plain, strict=True)), 3),
        "aim": "<= 1.05",
    }
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    main()
