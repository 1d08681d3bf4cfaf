"""Stages of a pretrained model for the benchmarks on a GPU: a curriculum written into a folder, its nodes by hand."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from experiments.cli.session import prepare
from experiments.executors.base import Work
from experiments.nodes.tree import StageTree, grow
from experiments.run.job import Job, open_job
from experiments.store import Store
from experiments.worker.bench import Bench
from scheduler.probing.probes import probe_schedules

WORDS = ("time", "year", "people", "way", "day", "man", "thing", "woman", "life", "child", "world", "school", "state")
"""Each is one token of most vocabularies."""

SUMS = {
    "kind": "structured",
    "source": {
        "type": "reasoning_gym",
        "task": "chain_sum",
        "config": {"min_terms": 2, "max_terms": 2, "min_digits": 2, "max_digits": 2},
    },
    "prompt": "What is {expression}?",
    "rewards": [{"type": "numeric"}],
    "max_tokens": 8,
    "train": 8,
}
"""Only measured: a curriculum has two domains or more."""


def texts(count: int, words: int) -> list[dict[str, str]]:
    """Questions with answers of so many words; the same ones every time."""
    drawn = random.Random(0)
    return [
        {"question": f"Write text number {number}.", "answer": " ".join(drawn.choices(WORDS, k=words))}
        for number in range(count)
    ]


def curriculum(
    folder: Path, model: Mapping[str, Any], training: Mapping[str, Any], *, items: int, words: int, tokens: int
) -> Path:
    """A curriculum whose first domain is texts, with its data, in `folder`. `items` train it, with answers of so many
    `words`; completions have at most so many `tokens`."""
    rows = texts(items + 128, words)
    (folder / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    domain = {
        "kind": "creative",
        "source": {"type": "file", "path": "texts.jsonl"},
        "prompt": "{question}",
        "answer": "{answer}",
        "rewards": [{"type": "creative", "vocabulary": "any"}],
        "max_tokens": tokens,
        "train": items,
    }
    content = {
        "name": "gpu",
        "model": {"type": "pretrained", **model},
        "domains": {"texts": domain, "sums": SUMS},
        "training": dict(training),
        "evaluation": {"validation": 64, "test": 64, "batch": 64, "metrics": ["nll"], "entropy_items": 8},
        "seeds": [0],
        "resources": {"cpus": 4, "gpus": 1},
    }
    file = folder / "curriculum.yaml"
    file.write_text(yaml.safe_dump(content), "utf-8")
    return file


def opened(file: Path, folder: Path) -> tuple[Job, StageTree]:
    """The job in a store of its own, and the domain's one stage with the base model that it starts from."""
    job = open_job(prepare(file, None, None, None), Store.open(str(folder)))
    probes = (each for each in probe_schedules(job.curriculum) if "texts" in each.stages[0].mixture)
    return job, grow(job.setup, probes, (0,))


def bench(job: Job, tree: StageTree, number: int) -> Bench:
    """What a worker works with on the tree's node of that number."""
    node = tree.nodes[number]
    parent = tree.nodes[0] if number else None
    return Bench(Work(node, parent, job.setup, job.store.url, job.curriculum.resources), job.store)
