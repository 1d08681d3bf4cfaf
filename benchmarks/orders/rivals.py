"""What all orders are compared with: joint training at several budgets, cumulative of every order, trunk and tail."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np

from curricula.schema import Curriculum
from curricula.stage import Schedule, Stage
from experiments.nodes.tree import StageTree, end_node, paid_nodes
from experiments.run.job import Job
from experiments.run.reading.gather import Records
from scheduler.composing.compose import compose, schedule_fingerprint
from scheduler.composing.joint import at_budget, budget, joint
from scheduler.composing.rate_path import paced
from scheduler.measurements import Array
from scheduler.path_text import order_text

ITEMS = "rivals_items.csv.gz"
TAIL = "trunk and tail"
Rivals = Mapping[str, Mapping[str, tuple[Array, ...]]]
FIELDS = ("seed", "arm", "split", "domain", "score", "entropy", "tokens", "train_seconds")
BUDGETS = (0.5, 1.0, 2.0)
"""Of joint training, beside one stage's: that is what a probe of it costs."""


def rivals(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Each once: cumulative orders that come to the same stages are one."""
    names = tuple(curriculum.domains)
    like = compose(names, "sequential", curriculum, name="like", role="order")
    found = [
        joint(curriculum, like, at_budget(factor), "", total=round(factor * budget(like)))
        for factor in (1 / len(names), *BUDGETS)
    ]
    for order in permutations(names):
        name = f"cumulative {order_text(order)}"
        found.append(compose(order, "cumulative", curriculum, name=name, role="composition"))
    found.append(tail(curriculum))
    return tuple({schedule_fingerprint(arm): arm for arm in reversed(found)}.values())[::-1]


def tail(curriculum: Curriculum) -> Schedule:
    """Joint training for all but the last stage's steps, which go to the structured domains together."""
    structured = [name for name, spec in curriculum.domains.items() if spec.kind == "structured"]
    training, count = curriculum.training, len(curriculum.domains)
    trunk = training.model_copy(update={"steps": training.steps * (count - 1)})
    stages = (
        Stage(mixture=dict.fromkeys(curriculum.domains, 1.0), training=trunk),
        Stage(mixture=dict.fromkeys(structured, 1.0), training=training),
    )
    made = Schedule(name=TAIL, role="composition", stages=stages, composition="explicit")
    return paced(made, curriculum)


def write_rivals(folder: Path, job: Job, arms: tuple[Schedule, ...], tree: StageTree, records: Records) -> None:
    """``rivals.csv``: a row for each arm, seed, split and domain; tokens and seconds are the whole arm's.

    ``rivals_items.csv.gz``: the scores of every item.
    """
    with (folder / "rivals.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for arm in arms:
            for seed in job.curriculum.seeds:
                writer.writerows(_rows(job, arm, seed, tree, records))

    with (folder / ITEMS).open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        packed.write(b"seed,arm,split,domain,items\n")
        for arm in arms:
            for seed in job.curriculum.seeds:
                for split, scores in records[_end(job, arm, seed)].scores.items():
                    for name, score in scores.items():
                        items = " ".join(f"{value:.5g}" for value in score.items)
                        packed.write(f"{seed},{arm.name},{split},{name},{items}\n".encode())


def read_rivals(folder: Path, domains: Sequence[str], seeds: Sequence[int]) -> Rivals:
    """Split → arm → one array (seeds, items) a domain. KeyError where a seed or a domain is missing."""
    cells: dict[str, dict[str, dict[tuple[int, str], Array]]] = {}
    with gzip.open(folder / ITEMS, "rt", newline="") as file:
        for row in csv.DictReader(file):
            cell = cells.setdefault(row["split"], {}).setdefault(row["arm"], {})
            cell[int(row["seed"]), row["domain"]] = np.array(row["items"].split(" "), float)
    return {
        split: {
            arm: tuple(np.stack([cell[seed, name] for seed in seeds]) for name in domains) for arm, cell in arms.items()
        }
        for split, arms in cells.items()
    }


def _end(job: Job, arm: Schedule, seed: int) -> str:
    """The node in which an arm is read off at its end."""
    return end_node(job.setup, arm, seed).id


def _rows(job: Job, arm: Schedule, seed: int, tree: StageTree, records: Records) -> Iterator[Mapping[str, object]]:
    end = records[_end(job, arm, seed)]
    costs = [records[node.id].cost for node in paid_nodes(job.setup, arm, seed)[1:]]
    for split, scores in end.scores.items():
        for name, score in scores.items():
            yield {
                "seed": seed,
                "arm": arm.name,
                "split": split,
                "domain": name,
                "score": f"{score.mean:.6f}",
                "entropy": f"{sum(score.entropy) / len(score.entropy):.6f}" if score.entropy else "",
                "tokens": sum(cost.tokens for cost in costs),
                "train_seconds": f"{sum(cost.train_seconds for cost in costs):.2f}",
            }
