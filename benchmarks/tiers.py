"""What measuring costs, as shares of what a stage's training takes: tier A, which is always measured, and tier B.

    python -m benchmarks.tiers [SEEDS] [KEY=VALUE …]

Every domain's stage of curricula/demo.yaml with every seed is trained and then measured in the same process, as a
worker does: first what is asked anyway (answers on validation and test), then the rest of tier A (likelihood of
references, own samples, divergence), then tier B (confidence asked afterwards, eight formats). What was asked before is
not asked again, so each figure is what the level adds. Processor time holds on a busy machine, wall time only on an
idle one.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scipy.stats import binom

from benchmarks.arguments import arguments
from experiments.cli.session import prepare
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.models.seeding import seed_all, seed_of
from experiments.nodes.tree import StageNode, grow
from experiments.run.job import Job, open_job
from experiments.store import Store
from experiments.worker.bench import Bench
from experiments.worker.measure import measure
from experiments.worker.train import train
from scheduler.probing.probes import probe_schedules

FILE = Path(__file__).parents[1] / "curricula" / "demo.yaml"
METRICS = "evaluation.metrics=[nll, entropy, reference_entropy, kl]"
LEVELS = {
    "answers": ("evaluation.metrics=[]",),
    "rest of tier A": (METRICS,),
    "tier B": (METRICS, "evaluation.inquiries=[confidence]", "evaluation.formats=100"),
}
"""Level → what the curriculum says for it; each holds what those before it ask."""
AIM = 0.15
LEVEL = 0.95


@dataclass(frozen=True)
class Took:
    """What one node took, seconds."""

    cpu: dict[str, float]
    """``training`` and each level → processor time of this process."""
    wall: dict[str, float]


def timed(told: dict[str, tuple[float, float]], name: str, act: Callable[[], Any]) -> Any:
    """What `act` gives; `told[name]` is (processor, wall) seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    done = act()
    told[name] = time.process_time() - cpu, time.perf_counter() - wall
    return done


def one(jobs: dict[str, Job], node: StageNode, parent: StageNode | None) -> Took:
    """Train a node and measure it, level by level."""
    told: dict[str, tuple[float, float]] = {}
    benches = {
        name: Bench(Work(node, parent, job.setup, job.store.url, job.curriculum.resources), job.store)
        for name, job in jobs.items()
    }
    first = next(iter(benches.values()))
    seed_all(seed_of("node", node.id), first.work.resources.cpus)
    model = timed(told, "training", partial(train, first))
    for name, bench in benches.items():
        timed(told, name, partial(measure, bench, suite_of(bench.work.setup), model))
    return Took({name: cpu for name, (cpu, _) in told.items()}, {name: wall for name, (_, wall) in told.items()})


def run(seeds: Sequence[int], sets: Sequence[str] = ()) -> list[Took]:
    """Every domain's stage with every seed, from a base that is made first."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
        store = Store.open(folder)
        jobs = {
            name: open_job(prepare(FILE, ",".join(map(str, seeds)), [*sets, *more], None), store)
            for name, more in LEVELS.items()
        }
        job = jobs["answers"]
        tree = grow(job.setup, probe_schedules(job.curriculum), seeds)
        base, *nodes = tree.nodes
        one(jobs, base, None)
        found = []
        for node in nodes:
            found.append(one(jobs, node, base))
            print(node.label, node.seed, found[-1].cpu, file=sys.stderr, flush=True)
        return found


def median(values: Sequence[float]) -> list[float | None]:
    """[median, low, high]: an interval by the order of the values, which asks nothing of how they spread; without ends
    where they are too few for 95 %."""
    ordered, count = sorted(values), len(values)
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    at = int(binom.ppf((1 - LEVEL) / 2, count, 0.5))
    if at < 1:
        return [round(middle, 3), None, None]
    return [round(middle, 3), round(ordered[at - 1], 3), round(ordered[count - at], 3)]


def figures(found: Sequence[Took]) -> dict[str, Any]:
    """Shares of the training's time by node, the median with its interval."""
    told: dict[str, Any] = {"aim": f"tier A <= {AIM}", "stages": len(found)}
    for kind in ("cpu", "wall"):
        each = [one.cpu if kind == "cpu" else one.wall for one in found]
        shares = {name: [took[name] / took["training"] for took in each] for name in LEVELS}
        shares["tier A"] = [sum(pair) for pair in zip(shares["answers"], shares["rest of tier A"], strict=True)]
        told[f"{kind}_seconds_training"] = [round(took["training"], 1) for took in each]
        told[f"share_of_{kind}_time"] = {name: median(values) for name, values in shares.items()}
    return told


def main(seeds: Sequence[int] = (0, 1, 2), sets: Sequence[str] = ()) -> dict[str, Any]:
    """All figures; also printed as JSON."""
    result = figures(run(seeds, sets))
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    words = arguments(__doc__)
    counted = [word for word in words if "=" not in word]
    main(range(int(counted[0])) if counted else (0, 1, 2), [word for word in words if "=" in word])
