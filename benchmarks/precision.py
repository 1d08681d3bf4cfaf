"""Scores of stages that multiply in bf16 while they train, against the same stages in float32.

    python -m benchmarks.precision [--store runs] [--seeds 8] [--steps 100]

Interrupted, the same command goes on. The domains and the base of `curricula/demo.yaml`, all domains in one stage, by
SFT and by GRPO, each in float32 and under bf16 autocast, with every seed; all are measured in float32. The JSON holds
for each method the mean total on `test` in both, the standard deviation over seeds in float32 (the noise), and bf16
minus float32, paired over seeds and items, with its 95 % interval. `equivalent`: two one-sided tests at 5 %, so the
90 % interval lies within ± `rope`, which is the demo's `comparison.rope`. A pair shares base, data and the seed of
every item's answers; of GRPO not the rollouts, since a stage's random numbers come of its identity.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.paths import last_nodes, spelled, test_items
from benchmarks.training import train
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from curricula.stage import Method, Precision, Schedule, Stage, Training
from experiments.executors.inline import InlineExecutor
from experiments.run.job import open_job, prepare_data
from experiments.store import Store
from experiments.worker.launch import run_node
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval

FILE = Path(__file__).parents[1] / "curricula" / "demo.yaml"
METHODS: tuple[Method, ...] = ("sft", "grpo")
PRECISIONS: tuple[Precision, ...] = ("float32", "bf16")
TEST = 400
"""Items a domain."""


def arms(curriculum: Curriculum, steps: int) -> dict[str, Schedule]:
    """``method/precision`` → one stage over all domains; SFT takes as many prompts a step as GRPO has completions."""
    plain = curriculum.training.model_dump()
    whole = curriculum.training.prompts * curriculum.training.rollouts
    found = {}
    for method in METHODS:
        prompts = whole if method == "sft" else curriculum.training.prompts
        for precision in PRECISIONS:
            changed = {"method": method, "precision": precision, "steps": steps, "prompts": prompts}
            training = Training.model_validate({**plain, **changed})
            stage = Stage(mixture=dict.fromkeys(curriculum.domains, 1.0), training=training)
            name = f"{method}/{precision}"
            found[name] = Schedule(name=name, role="main", composition="explicit", stages=(stage,))
    return found


def row(float32: Mapping[str, Array], bf16: Mapping[str, Array], rope: float) -> dict[str, Any]:
    """One method's figures; a domain's scores are (seeds, items), in shares of the total."""
    differences = {name: bf16[name] - block for name, block in float32.items()}
    inner = interval(differences, level=0.9)
    assert inner.low is not None and inner.high is not None
    return {
        "float32": round(sum(float(block.mean()) for block in float32.values()), 4),
        "bf16": round(sum(float(block.mean()) for block in bf16.values()), 4),
        "deviation_over_seeds": round(float(np.std(_by_seed(float32), ddof=1)), 4),
        "bf16_minus_float32": spelled(interval(differences)),
        "by_seed": [round(float(one), 4) for one in _by_seed(differences)],
        "rope": rope,
        "equivalent": -rope < inner.low and inner.high < rope,
    }


def _by_seed(blocks: Mapping[str, Array]) -> Array:
    """Totals, (seeds,)."""
    return np.asarray(np.sum([block.mean(axis=1) for block in blocks.values()], axis=0))


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Train what is missing in this process; the figures, also printed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", default="runs")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--steps", type=int, default=100)
    given = parser.parse_args(arguments)
    curriculum = load_curriculum(FILE)
    evaluation = curriculum.evaluation.model_copy(update={"test": TEST, "metrics": ()})
    curriculum = curriculum.model_copy(update={"seeds": tuple(range(given.seeds)), "evaluation": evaluation})
    job = open_job(prepare_data(curriculum, FILE), Store.open(given.store))
    made = arms(curriculum, given.steps)
    tree, ends = last_nodes(job, made)
    train(job, tree, InlineExecutor(job.view, curriculum.resources, run_node))
    scores = {name: test_items(job, [job.view.record(ends[name, seed]) for seed in curriculum.seeds]) for name in made}
    found: dict[str, Any] = {
        method: row(scores[f"{method}/float32"], scores[f"{method}/bf16"], curriculum.comparison.rope)
        for method in METHODS
    }
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main()
