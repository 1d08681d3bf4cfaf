"""What preparing a large file takes: ``python -m benchmarks.preparation [rows]`` prints JSON.

400,000 rows (the default) of questions and answers are 190 MB of JSON lines; 3 % of them are duplicates, and a third
holds no number, so that near duplicates are looked for among many. `stagewise validate`, as a person runs it, prepares
them in a process of its own, and then once more from what the first kept.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.arguments import arguments

ROWS = 400_000
CURRICULUM = """\
name: large
model: {type: scratch, hidden_size: 32, layers: 1, context: 1024, warmup: {steps: 2, batch: 2}}
domains:
  large:
    kind: structured
    source: {type: file, path: large.jsonl}
    prompt: "Q: {question}\\nA: "
    rewards: [{type: exact}]
    max_tokens: 400
  sums:
    kind: structured
    source: {type: reasoning_gym, task: chain_sum}
    prompt: "{expression}="
    rewards: [{type: exact}]
training: {method: sft, steps: 2, prompts: 2}
seeds: [0]
"""


def write_rows(file: Path, rows: int) -> None:
    """JSON lines of about 480 bytes each; the same every time."""
    rng = random.Random(0)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(20_000)]
    again: list[str] = []
    with file.open("w", encoding="utf-8") as stream:
        for number in range(rows):
            if again and rng.random() < 0.03:
                stream.write(rng.choice(again))
                continue
            numbers = f" {rng.randint(0, 99_999)} plus {rng.randint(0, 999)}" if number % 3 else ""
            question = f"{' '.join(rng.choices(words, k=38)).capitalize()}{numbers}?"
            answer = f"{' '.join(rng.choices(words, k=25))}. #### {rng.randint(0, 9999)}"
            line = json.dumps({"question": question, "answer": answer, "id": number}) + "\n"
            if len(again) < 5000:
                again.append(line)
            stream.write(line)


def measured(folder: Path) -> dict[str, float]:
    """Seconds of the wall and of the processor, and peak memory in MB, of one `stagewise validate`."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-c", "from experiments.cli.main import main; main()", "validate", "large.yaml"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "wall_seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mb": round(after.ru_maxrss / 1000),
    }


def main() -> None:
    """Print the figures."""
    rows = next(map(int, arguments(__doc__)), ROWS)
    with tempfile.TemporaryDirectory(prefix="stagewise-preparation-") as place:
        folder = Path(place)
        write_rows(folder / "large.jsonl", rows)
        (folder / "large.yaml").write_text(CURRICULUM, encoding="utf-8")
        size = (folder / "large.jsonl").stat().st_size / 1e6
        # The peak of the second is the larger of both: the counter never falls.
        first, second = measured(folder), measured(folder)
        print(json.dumps({"rows": rows, "mb": round(size, 1), "first": first, "second": second}, indent=1))


if __name__ == "__main__":
    main()
