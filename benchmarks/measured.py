"""How long `stagewise measure` takes for two folders that plain TRL made, and what it says of them.

    python -m benchmarks.measured FOLDER [STEPS]

FOLDER holds SmolLM2-135M-Instruct (`make smollm`). TRL's SFTTrainer, with nothing of ours but the data, trains it on
sorting and saves it, goes on with tales and saves that too. Then the command is run on both with the domains of
curricula/smollm2_domains.yaml, at tier A. Prints its output, its exit code and its seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

from benchmarks.arguments import arguments
from curricula.loader import load_curriculum
from domains.preparation.prepare import prepare

FILE = Path(__file__).parents[1] / "curricula" / "smollm2_domains.yaml"
STAGES = ("sorting", "tales")
PROMPTS = 8
RATE = 5e-5
AIM = 300


def rows(name: str, count: int) -> list[dict[str, Any]]:
    """Training items of a domain as TRL's conversations."""
    curriculum = load_curriculum(FILE)
    data = prepare(name, curriculum.domains[name], validation=16, test=40, seed=curriculum.data_seed, base=FILE.parent)
    return [
        {
            "prompt": [dict(turn) for turn in item.conversation],
            "completion": [{"role": "assistant", "content": item.answer}],
        }
        for item in data["train"][:count]
    ]


def trained(model: Path, name: str, steps: int, folder: Path) -> Path:
    """The model of a folder after so many steps on a domain, saved by TRL."""
    arguments = SFTConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=PROMPTS,
        learning_rate=RATE,
        bf16=False,
        use_cpu=True,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(model),
        processing_class=AutoTokenizer.from_pretrained(model),
        args=arguments,
        train_dataset=Dataset.from_list(rows(name, steps * PROMPTS)),
    )
    trainer.train()
    trainer.save_model(str(folder))
    return folder


def main(model: Path, steps: int = 16) -> None:
    """What the command printed, then a line of JSON."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as name:
        scratch = Path(name)
        folders: list[Path] = []
        for stage in STAGES:
            folders.append(trained(folders[-1] if folders else model, stage, steps, scratch / stage))
        command = [str(Path(sys.executable).with_name("stagewise")), "measure", *map(str, folders)]
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "--domains", str(FILE), "--store", str(scratch / "store")],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        print(done.stdout + done.stderr)
        print(json.dumps({"exit code": done.returncode, "seconds": round(seconds, 1), "aim": f"< {AIM} s"}))


if __name__ == "__main__":
    place, *numbers = arguments(__doc__, 1)
    main(Path(place).resolve(), *map(int, numbers))
