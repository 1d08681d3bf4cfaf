"""The evaluation matrix of every order, as files: written from a store's records, read back by the replays."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product
from pathlib import Path as File

import numpy as np

from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.example import Split
from experiments.nodes.record import Provenance
from experiments.nodes.tree import StageTree, reading_chains
from experiments.run.job import Job
from experiments.run.reading.gather import Records
from scheduler.measurements import Array, Measurements, Path

ARROW = ">"
FIELDS = (
    "seed", "path", "depth", "split", "domain", "score", "items", "nll", "reference_entropy", "entropy", "kl",
    "stage_steps", "stage_rollouts", "stage_tokens", "train_seconds", "eval_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Every order of a curriculum. Paths are tuples of domains, first to last; () is the base model."""

    curriculum: Curriculum
    seeds: tuple[int, ...]
    items: Mapping[Split, Mapping[Path, tuple[Array, ...]]]
    """split → path → one array (seeds, items) a domain, in the curriculum's order of domains."""
    entropy: Mapping[Path, Array]
    """Mean own-sample entropy on validation, nats per token: path → (seeds, domains)."""
    time: Mapping[str, float] = field(default_factory=dict)
    """Domain → training time of its stages, mean over all paths and seeds, in units of the mean stage's. Missing: 1."""

    @property
    def domains(self) -> tuple[str, ...]:
        """In the curriculum's order."""
        return tuple(self.curriculum.domains)

    @property
    def weights(self) -> Array:
        """(domains,), sum 1."""
        weights = np.array([spec.weight for spec in self.curriculum.domains.values()])
        return np.asarray(weights / weights.sum())

    @property
    def orders(self) -> tuple[Path, ...]:
        """All complete orders."""
        return tuple(path for path in self.items["validation"] if len(path) == len(self.domains))

    def scores(self, split: Split) -> dict[Path, Array]:
        """Path → mean score (seeds, domains)."""
        return {
            path: np.stack([block.mean(axis=1) for block in blocks], axis=1)
            for path, blocks in self.items[split].items()
        }

    def totals(self, split: Split) -> dict[Path, Array]:
        """Path → weighted mean over domains, (seeds,)."""
        return {path: np.asarray(scores @ self.weights) for path, scores in self.scores(split).items()}

    def measurements(self, paths: Sequence[Path], seeds: Sequence[int]) -> Measurements:
        """What a planner that trained `paths` with these positions in `seeds` has seen: validation only."""
        at = list(seeds)
        blocks = self.items["validation"]
        scores = {path: tuple(block[at] for block in blocks[path]) for path in paths}
        return Measurements(self.domains, self.weights, scores)


def read_table(folder: File) -> Table:
    """The table of one curriculum. ValueError where a result is missing: every order is there or nothing is."""
    curriculum = load_curriculum(folder / "curriculum.yaml")
    domains = tuple(curriculum.domains)
    items: dict[Split, dict[Path, dict[tuple[int, str], Array]]] = {"validation": {}, "test": {}}
    with gzip.open(folder / "items.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            split: Split = "validation" if row["split"] == "validation" else "test"
            cell = items[split].setdefault(_path(row["path"]), {})
            cell[int(row["seed"]), row["domain"]] = np.array(row["items"].split(" "), float)
    entropy: dict[Path, dict[tuple[int, str], float]] = {}
    took: dict[str, dict[tuple[Path, str], float]] = {name: {} for name in domains}
    with (folder / "evaluations.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] == "validation" and row["entropy"]:
                entropy.setdefault(_path(row["path"]), {})[int(row["seed"]), row["domain"]] = float(row["entropy"])
            if path := _path(row["path"]):
                took[path[-1]][path, row["seed"]] = float(row["train_seconds"])
    means = {name: float(np.mean(list(found.values()))) for name, found in took.items()}
    seeds = curriculum.seeds
    _check(folder, curriculum, items)
    return Table(
        curriculum=curriculum,
        seeds=seeds,
        items={
            split: {
                path: tuple(np.stack([cell[seed, name] for seed in seeds]) for name in domains)
                for path, cell in paths.items()
            }
            for split, paths in items.items()
        },
        entropy={
            path: np.array([[cell[seed, name] for name in domains] for seed in seeds]) for path, cell in entropy.items()
        },
        time={name: mean / float(np.mean(list(means.values()))) for name, mean in means.items()},
    )


def _check(
    folder: File, curriculum: Curriculum, items: Mapping[Split, Mapping[Path, Mapping[tuple[int, str], Array]]]
) -> None:
    paths = [path for depth in range(len(curriculum.domains) + 1) for path in permutations(curriculum.domains, depth)]
    wanted = product(items, paths, curriculum.seeds, curriculum.domains)
    missing = [found for found in wanted if (found[2], found[3]) not in items[found[0]].get(found[1], {})]
    if missing:
        split, path, seed, name = missing[0]
        where = f"{split} of {name} after {ARROW.join(path) or 'no stage'} with seed {seed}"
        raise ValueError(f"{folder}: {len(missing)} results are missing, the first: {where}")


def write_table(
    folder: File,
    job: Job,
    orders: Sequence[Schedule],
    records: Records,
    tree: StageTree,
    made: Provenance,
    curriculum: str,
) -> None:
    """Three files and the provenance. Rows are sorted, so that the same records give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes = {
        (schedule.order[:depth], seed): node.id
        for schedule in orders
        for seed in job.curriculum.seeds
        for depth, (*_, node) in enumerate(reading_chains(job.setup, schedule, seed))
    }
    rows = sorted(nodes.items(), key=lambda entry: (len(entry[0][0]), entry[0]))
    with (folder / "evaluations.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for (path, seed), node in rows for row in _rows(path, seed, records, node))
    with (folder / "items.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        packed.write(b"seed,path,split,domain,items\n")
        for (path, seed), node in rows:
            for split, scores in records[node].scores.items():
                for name, score in scores.items():
                    packed.write(f"{seed},{ARROW.join(path)},{split},{name},{_numbers(score.items)}\n".encode())
    (folder / "curriculum.yaml").write_text(job.store.read_run(job.run, "curriculum.yaml") or "")
    (folder / "provenance.json").write_text(_provenance(job, records, tree, made, curriculum))


def _rows(path: Path, seed: int, records: Records, node: str) -> Iterator[dict[str, object]]:
    record = records[node]
    for split, scores in record.scores.items():
        for name, score in scores.items():
            yield {
                "seed": seed,
                "path": ARROW.join(path),
                "depth": len(path),
                "split": split,
                "domain": name,
                "score": f"{score.mean:.6f}",
                "items": len(score.items),
                "nll": _optional(score.nll),
                "reference_entropy": _optional(score.reference_entropy),
                "entropy": _optional(float(np.mean(score.entropy)) if score.entropy else None),
                "kl": _optional(score.kl),
                "stage_steps": record.cost.steps,
                "stage_rollouts": record.cost.rollouts,
                "stage_tokens": record.cost.tokens,
                "train_seconds": f"{record.cost.train_seconds:.2f}",
                "eval_seconds": f"{record.cost.eval_seconds:.2f}",
            }


def _provenance(job: Job, records: Records, tree: StageTree, made: Provenance, curriculum: str) -> str:
    commits = sorted({record.provenance.commit or "unknown" for record in records.values()})
    seconds = sum(record.cost.train_seconds + record.cost.eval_seconds for record in records.values())
    return json.dumps(
        {
            "command": f"python -m benchmarks.orders.train {curriculum} --store runs",
            "run": job.run,
            "setup": job.setup.id,
            "seeds": list(job.curriculum.seeds),
            "stage_runs": tree.stage_runs,
            "stage_runs_unshared": tree.unshared,
            "stage_seconds": round(seconds, 1),
            "commits": commits,
            "stagewise": made.stagewise,
            "python": made.python,
            "packages": made.packages,
            "hardware": made.hardware,
        },
        indent=1,
    )


def _optional(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.5g}" for value in values)


def _path(text: str) -> Path:
    return tuple(text.split(ARROW)) if text else ()
