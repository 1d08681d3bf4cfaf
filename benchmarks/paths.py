"""How the learning rate moves, against what is trained when: every path × every composition, at equal completions.

    python -m benchmarks.paths [FILE] --store runs

Interrupted, the same command goes on. The JSON holds for every cell the total on `test` with its interval, every
domain's score, seconds and tokens, and the difference from joint training in one stage on the same path; then what
trains nothing: merges of the probes, and models half way back to the base.

The file names one creative domain, and structured ones. Compositions, all with the same completions:

joint      all domains in one stage
cut        joint training, cut into as many stages as there are domains
sequence   the creative domain, then the structured ones as written, a stage each
two        the creative domain, then the structured ones together
tail       joint training, its last stage on the structured ones only

Paths: `restart` is `per_stage` with a fresh optimizer, `carried` the same with the optimizer carried on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.training import train
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from curricula.stage import RateName, Schedule, Stage
from domains.interval import Interval
from experiments.nodes.record import Record
from experiments.nodes.tree import StageNode, StageTree, paid_nodes, reading_chains
from experiments.run.job import Job, open_job, prepare_data
from experiments.store import Store
from scheduler.composing.merges import half_way, merged
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval

FILE = Path(__file__).with_name("paths.yaml")
PATHS: dict[str, tuple[RateName, str]] = {
    "restart": ("per_stage", "reset"),
    "carried": ("per_stage", "carry"),
    "whole": ("whole", "carry"),
    "trunk": ("trunk", "carry"),
}
"""Name → the path of the rate, and what becomes of the optimizer between stages."""
BUDGETS = (0.5, 2.0)
"""Joint training at these multiples too, so that the others can be compared at equal seconds and tokens."""


def compositions(curriculum: Curriculum) -> dict[str, list[tuple[str, ...]]]:
    """Name → the domains of each stage."""
    names = tuple(curriculum.domains)
    creative = tuple(name for name in names if curriculum.domains[name].kind == "creative")
    structured = tuple(name for name in names if name not in creative)
    return {
        "joint": [names],
        "cut": [names for _ in names],
        "sequence": [creative, *((name,) for name in structured)],
        "two": [creative, structured],
        "tail": [*(names for _ in names[1:]), structured],
    }


def schedules(curriculum: Curriculum) -> dict[str, Schedule]:
    """``path/composition`` → its schedule; then joint at other budgets, merges and half ways."""
    found: dict[str, Schedule] = {}
    for path in PATHS:
        for name, stages in compositions(curriculum).items():
            found[f"{path}/{name}"] = schedule(curriculum, path, f"{path}/{name}", stages)
    joint = compositions(curriculum)["joint"]
    for path in ("restart", "whole"):
        for factor in BUDGETS:
            name = f"{path}/joint-x{factor:g}"
            found[name] = schedule(curriculum, path, name, joint, factor)
        for name in ("joint", "sequence"):
            found[f"{path}/{name}-half"] = half_way(found[f"{path}/{name}"])
    probes = [schedule(curriculum, "restart", f"probe-{name}", [(name,)]) for name in curriculum.domains]
    found |= {f"merge/{method}": merged(probes, method) for method in ("linear", "ties", "dare")}
    return found


def schedule(
    curriculum: Curriculum, path: str, name: str, stages: Sequence[tuple[str, ...]], factor: float = 1.0
) -> Schedule:
    """Stages over these domains in even shares; a domain's stage has the curriculum's steps, a mixture's the sum."""
    rate, optimizer = PATHS[path]
    total = curriculum.training.steps * (len(stages) if name.startswith("probe") else len(curriculum.domains))
    # Two stages: the second stands for all the domains that the first is not.
    shares = [len(each) if len({len(one) for one in stages}) > 1 and _apart(stages) else 1 for each in stages]
    steps = [round(factor * total * share / sum(shares)) for share in shares]
    return Schedule(
        name=name,
        role="main",
        composition="explicit",
        rate=rate,
        anneal=curriculum.schedule.anneal,
        stages=tuple(
            Stage(
                mixture=dict.fromkeys(each, 1.0),
                training=curriculum.training.model_copy(update={"steps": count, "optimizer": optimizer}),
            )
            for each, count in zip(stages, steps, strict=True)
        ),
    )


def _apart(stages: Sequence[tuple[str, ...]]) -> bool:
    names = [name for each in stages for name in each]
    return len(set(names)) == len(names)


def last_nodes(job: Job, arms: Mapping[str, Schedule]) -> tuple[StageTree, dict[tuple[str, int], StageNode]]:
    """All nodes, of which only the schedules' ends are measured, and the end of each for each seed."""
    found: dict[str, StageNode] = {}
    ends: dict[tuple[str, int], StageNode] = {}
    for name, arm in arms.items():
        for seed in job.curriculum.seeds:
            *way, end = reading_chains(job.setup, arm, seed)[-1]
            ends[name, seed] = end
            for node in way:
                found.setdefault(node.id, node.model_copy(update={"measured": node.parent is None}))
            found[end.id] = end
    return StageTree(tuple(found.values())), ends


def main() -> dict[str, Any]:
    """Train what is missing; the figures, also printed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=FILE)
    parser.add_argument("--store", default="runs")
    given = parser.parse_args()
    curriculum = load_curriculum(given.file)
    job = open_job(prepare_data(curriculum, given.file), Store.open(given.store))
    arms = schedules(curriculum)
    tree, ends = last_nodes(job, arms)
    train(job, tree)
    result = figures(job, arms, tree, ends)
    print(json.dumps(result))
    return result


def figures(
    job: Job, arms: Mapping[str, Schedule], tree: StageTree, ends: Mapping[tuple[str, int], StageNode]
) -> dict[str, Any]:
    """Every arm's row."""
    items = {
        name: test_items(job, [job.view.record(ends[name, seed]) for seed in job.curriculum.seeds]) for name in arms
    }
    rows = {name: dict(_row(job, name, arm, tree, items)) for name, arm in arms.items()}
    return {"curriculum": job.curriculum.name, "seeds": list(job.curriculum.seeds), "arms": rows}


def test_items(job: Job, records: Sequence[Record]) -> dict[str, Array]:
    """Domain → scores on test times the domain's weight, (seeds, items)."""
    whole = sum(spec.weight for spec in job.curriculum.domains.values())
    return {
        name: spec.weight / whole * np.array([record.scores["test"][name].items for record in records])
        for name, spec in job.curriculum.domains.items()
    }


def _row(
    job: Job, name: str, arm: Schedule, tree: StageTree, items: Mapping[str, dict[str, Array]]
) -> Iterator[tuple[str, Any]]:
    path = name.partition("/")[0]
    joint = items[f"{path if path in PATHS else 'restart'}/joint"]
    yield "total", spelled(interval(items[name]))
    yield "minus_joint", spelled(interval({key: block - joint[key] for key, block in items[name].items()}))
    weights = {key: spec.weight for key, spec in job.curriculum.domains.items()}
    shares = {key: weight / sum(weights.values()) for key, weight in weights.items()}
    yield "domains", {key: round(float(block.mean()) / shares[key], 4) for key, block in items[name].items()}
    costs = [
        [job.view.record(tree.by_id[node.id]).cost for node in paid_nodes(job.setup, arm, seed)[1:]]
        for seed in job.curriculum.seeds
    ]
    yield "seconds", round(float(np.mean([sum(cost.train_seconds for cost in each) for each in costs])), 1)
    yield "tokens", round(float(np.mean([sum(cost.tokens for cost in each) for each in costs])))


def spelled(found: Interval) -> list[float | None]:
    """Estimate, low, high."""
    return [None if value is None else round(value, 4) for value in (found.estimate, found.low, found.high)]


if __name__ == "__main__":
    main()
