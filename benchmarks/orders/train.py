"""Train every order of a curriculum's domains, and what they are compared with; keep all evaluations as CSV.

    python -m benchmarks.orders.train benchmarks/orders/<name>.yaml --store runs

Interrupted, the same command goes on: finished stages are not trained again.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import permutations
from pathlib import Path

from benchmarks.orders.rivals import rivals, write_rivals
from benchmarks.orders.table import write_table
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from curricula.stage import Schedule
from experiments.executors.base import State
from experiments.executors.ray import RayExecutor
from experiments.nodes.provenance import provenance
from experiments.nodes.tree import StageNode, grow
from experiments.run.gather import load_records
from experiments.run.job import open_job, prepare_data
from experiments.store import Store
from experiments.worker.launch import run_node
from scheduler.arms import BASE_ARM
from scheduler.compose import compose
from scheduler.path_text import order_text

HERE = Path(__file__).parent


def all_orders(curriculum: Curriculum) -> list[Schedule]:
    """Every order, composed sequentially as the curriculum says (replay, decay)."""
    return [
        compose(order, "sequential", curriculum, name=order_text(order), role="order", origin="One of all orders.")
        for order in permutations(curriculum.domains)
    ]


def main() -> None:
    """Train what is missing, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--store", default="runs")
    parser.add_argument("--out", type=Path, default=None, help="default: a folder beside this module")
    given = parser.parse_args()
    curriculum = load_curriculum(given.file)
    prepared = prepare_data(curriculum, given.file)
    job = open_job(prepared, Store.open(given.store))
    orders = all_orders(curriculum)
    others = rivals(curriculum)
    tree = grow(job.setup, [BASE_ARM, *orders, *others], curriculum.seeds)
    workers = RayExecutor(job.view, curriculum.resources, run_node)
    done, started = 0, time.monotonic()

    def watch(node: StageNode, state: State) -> None:
        nonlocal done
        if state in {"done", "failed"}:
            done += 1
            print(f"{time.monotonic() - started:7.0f} s  {done}/{len(tree.nodes)}  {state}  {node.slug}", flush=True)

    try:
        outcome = workers.run(tree, watch)
    finally:
        workers.close()
    if not outcome.complete:
        raise SystemExit(f"failed: {json.dumps(dict(outcome.causes), indent=1)}")
    out = given.out or HERE / curriculum.name
    records = load_records(job, tree)
    write_table(out, job, orders, records, tree, provenance(), str(given.file))
    write_rivals(out, job, others, tree, records)
    print(f"{tree.stage_runs} stage runs ({tree.unshared} without sharing): {out}")


if __name__ == "__main__":
    main()
