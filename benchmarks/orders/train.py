"""Train every order of a curriculum's domains, and what they are compared with; keep all evaluations as CSV.

    python -m benchmarks.orders.train benchmarks/orders/<name>.yaml --store runs

Interrupted, the same command goes on: finished stages are not trained again.
"""

from __future__ import annotations

import argparse
from itertools import permutations
from pathlib import Path

from benchmarks.orders.rivals import rivals, write_rivals
from benchmarks.orders.table import write_table
from benchmarks.training import train
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from curricula.stage import Schedule
from experiments.nodes.provenance import provenance
from experiments.nodes.tree import grow
from experiments.run.job import open_job, prepare_data
from experiments.run.reading.gather import load_records
from experiments.store import Store
from scheduler.arms import BASE_ARM
from scheduler.composing.compose import compose
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
    parser.add_argument("--seeds", type=int, default=None, help="train only so many of the curriculum's seeds")
    given = parser.parse_args()
    curriculum = load_curriculum(given.file)
    curriculum = curriculum.model_copy(update={"seeds": curriculum.seeds[: given.seeds]})
    prepared = prepare_data(curriculum, given.file)
    job = open_job(prepared, Store.open(given.store))
    orders = all_orders(curriculum)
    others = rivals(curriculum)
    tree = grow(job.setup, [BASE_ARM, *orders, *others], curriculum.seeds)
    train(job, tree)
    out = given.out or HERE / curriculum.name
    records = load_records(job, tree)
    write_table(out, job, orders, records, tree, provenance(), str(given.file))
    write_rivals(out, job, others, tree, records)
    print(f"{tree.stage_runs} stage runs ({tree.unshared} without sharing): {out}")


if __name__ == "__main__":
    main()
