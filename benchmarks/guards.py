"""What guards do where a near-hopeless domain is in the mix: every guard and none, at the same written budget.

    python -m benchmarks.guards [FILE] --store runs [--seeds 5] [--steps 60] [--out guards.json]

Interrupted, the same command goes on. Each arm trains all domains in one stage (`joint`) and in a stage each in the
file's order (`sequence`), with every seed. The JSON holds for every arm the mean total on `test` over the seeds that
finished, with its interval, every domain's score, the difference from the same composition without a guard (paired
over seeds and items, p by Holm over all arms), what it spent, and what its guards changed. A table is printed before
it. A guarded stage has random numbers of its own, so a pair of arms shares base and data, not rollouts.

none      no guard
unscaled  advantages are not divided by the group's standard deviation
band      prompts with a pass rate outside of .1 to .9 are not drawn
kl        a stage ends at KL .05 to the model that it started from
entropy   a stage ends at half of its first entropy
replay    a tenth of every stage's prompts from the domains before it (sequence only)
all       unscaled, band, kl and entropy

An arm whose band is empty in a stage fails there; its seeds are missing, and the JSON says why.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.paths import last_nodes, spelled, test_items
from benchmarks.training import train
from curricula.guards import EntropyFloor, Guards, KlBudget, PassRate
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from curricula.stage import Schedule, Training
from experiments.analysis.rows.guard_rows import changed
from experiments.nodes.record import Record
from experiments.nodes.tree import StageNode, paid_nodes
from experiments.run.job import Job, open_job, prepare_data
from experiments.store import Store
from scheduler.composing.compose import compose
from scheduler.composing.joint import joint
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm, interval, p_value

FILE = Path(__file__).parent / "orders" / "hopeless.yaml"
NONE, REPLAY = "none", "replay"
BAND, KL, ENTROPY = PassRate(), KlBudget(budget=0.05), EntropyFloor(share=0.5)
UNSCALED = {"trl": {"scale_rewards": "none"}}
CHANGES: dict[str, dict[str, Any]] = {
    NONE: {},
    "unscaled": UNSCALED,
    "band": {"guards": Guards(pass_rate=BAND)},
    "kl": {"guards": Guards(kl=KL)},
    "entropy": {"guards": Guards(entropy=ENTROPY)},
    REPLAY: {},
    "all": {**UNSCALED, "guards": Guards(pass_rate=BAND, kl=KL, entropy=ENTROPY)},
}
"""Guard → what it changes of the file's training."""
SHARE = 0.1
"""Of replayed prompts."""


def arms(curriculum: Curriculum) -> dict[str, Schedule]:
    """``composition/guard`` → its schedule; what the file says of guards is replaced."""
    found = {}
    for name, change in CHANGES.items():
        training = Training.model_validate({**curriculum.training.model_dump(), "guards": Guards(), **change})
        schedule = curriculum.schedule.model_copy(update={"replay": SHARE if name == REPLAY else 0.0})
        changed_to = curriculum.model_copy(update={"training": training, "stages": {}, "schedule": schedule})
        made = compose(tuple(curriculum.domains), "sequential", changed_to, name=f"sequence/{name}", role="main")
        found[made.name] = made
        if name != REPLAY:
            found[f"joint/{name}"] = joint(changed_to, made, f"joint/{name}", "")
    return found


def figures(job: Job, made: Mapping[str, Schedule], ends: Mapping[tuple[str, int], StageNode]) -> dict[str, Any]:
    """Every arm's row, over the seeds that finished both it and its composition without a guard."""
    nodes = tuple(ends.values())
    finished = job.view.finished(nodes)
    done = {name: [seed for seed in job.curriculum.seeds if ends[name, seed].id in finished] for name in made}
    items = {name: _items(job, ends, name, seeds) for name, seeds in done.items()}
    differences = {
        name: _difference(job, ends, name, [seed for seed in done[name] if seed in done[_plain(name)]])
        for name in made
        if name != _plain(name)
    }
    ps = {name: p_value(block) for name, block in differences.items() if block and _seeds(block) > 1}
    adjusted = holm(ps)
    rows = {}
    for name, arm in made.items():
        rows[name] = {"seeds": done[name], **dict(_scores(job, items[name])), **dict(_spent(job, arm, done[name]))}
        if differences.get(name):
            rows[name] |= {"minus_none": spelled(interval(differences[name])), "p_holm": adjusted.get(name)}
        if missing := [seed for seed in job.curriculum.seeds if seed not in done[name]]:
            rows[name]["failed"] = _causes(job, arm, missing)
    return {"curriculum": job.curriculum.name, "steps": job.curriculum.training.steps, "arms": rows}


def _plain(name: str) -> str:
    return f"{name.partition('/')[0]}/{NONE}"


def _items(job: Job, ends: Mapping[tuple[str, int], StageNode], name: str, seeds: Sequence[int]) -> dict[str, Array]:
    records = [job.view.record(ends[name, seed]) for seed in seeds]
    return test_items(job, records) if records else {}


def _difference(
    job: Job, ends: Mapping[tuple[str, int], StageNode], name: str, seeds: Sequence[int]
) -> dict[str, Array]:
    ours, theirs = (_items(job, ends, each, seeds) for each in (name, _plain(name)))
    return {domain: ours[domain] - theirs[domain] for domain in ours}


def _seeds(block: Mapping[str, Array]) -> int:
    return int(next(iter(block.values())).shape[0])


def _scores(job: Job, items: Mapping[str, Array]) -> Iterator[tuple[str, Any]]:
    if not items:
        return
    weights = {name: spec.weight for name, spec in job.curriculum.domains.items()}
    yield "total", spelled(interval(items))
    yield (
        "domains",
        {name: round(float(block.mean()) * sum(weights.values()) / weights[name], 4) for name, block in items.items()},
    )


def _spent(job: Job, arm: Schedule, seeds: Sequence[int]) -> Iterator[tuple[str, Any]]:
    """Means over seeds, and what guards changed over all of them."""
    found = [_records(job, arm, seed) for seed in seeds]
    if not found:
        return
    for name in ("steps", "rollouts", "tokens", "train_seconds"):
        spent = [sum(getattr(record.cost, name) for record in each) for each in found]
        yield name, round(float(np.mean(spent)), 1)
    guarded = [record.guarded for each in found for record in each if record.guarded]
    yield "stages_changed", f"{sum(map(changed, guarded))} of {len(guarded)}"
    yield "stages_ended_early", sum(one.done < one.planned for one in guarded)
    pools = [(name, pool) for one in guarded for name, pool in one.pools.items()]
    yield (
        "prompts_kept",
        {
            name: round(float(np.mean([pool.kept / pool.measured for other, pool in pools if other == name])), 3)
            for name in dict.fromkeys(name for name, _ in pools)
        },
    )


def _records(job: Job, arm: Schedule, seed: int) -> list[Record]:
    nodes = [node for node in paid_nodes(job.setup, arm, seed) if node.parent is not None]
    return [job.view.record(node.model_copy(update={"measured": node is nodes[-1]})) for node in nodes]


def _causes(job: Job, arm: Schedule, seeds: Sequence[int]) -> dict[str, str]:
    """Seed → why it did not finish."""
    found = {}
    for seed in seeds:
        failures = [job.view.failure(node) for node in paid_nodes(job.setup, arm, seed)]
        found[str(seed)] = next((failure.cause for failure in failures if failure), "not run")
    return found


def table(found: Mapping[str, Any]) -> str:
    """Markdown: a row an arm."""
    lines = [
        "| arm | seeds | total | minus none | p (Holm) | steps | rollouts | stages changed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in found["arms"].items():
        p = row.get("p_holm")
        cells = (
            name,
            str(len(row["seeds"])),
            _span(row.get("total"), ""),
            _span(row.get("minus_none"), "+"),
            "" if p is None else f"{p:.3f}",
            f"{row.get('steps', 0):,.0f}",
            f"{row.get('rollouts', 0):,.0f}",
            row.get("stages_changed", ""),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _span(found: Sequence[float | None] | None, sign: str) -> str:
    """``0.612 (0.598 to 0.626)``, with signs where `sign` is ``+``."""
    if found is None or found[0] is None:
        return ""
    numbers = [format(value, f"{sign}.3f") for value in found if value is not None]
    return numbers[0] + (f" ({numbers[1]} to {numbers[2]})" if len(numbers) == 3 else "")


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Train what is missing; the figures, printed as a table and as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=FILE)
    parser.add_argument("--store", default="runs")
    parser.add_argument("--seeds", type=int, default=5, help="the file's first so many")
    parser.add_argument("--steps", type=int, default=None, help="of each stage; default: the file's")
    parser.add_argument("--out", type=Path, default=None, help="also write the JSON here")
    given = parser.parse_args(arguments)
    curriculum = load_curriculum(given.file)
    steps = given.steps or curriculum.training.steps
    training = curriculum.training.model_copy(update={"steps": steps})
    curriculum = curriculum.model_copy(update={"seeds": curriculum.seeds[: given.seeds], "training": training})
    job = open_job(prepare_data(curriculum, given.file), Store.open(given.store))
    made = arms(curriculum)
    tree, ends = last_nodes(job, made)
    try:
        train(job, tree)
    except SystemExit as failed:
        print(failed, file=sys.stderr)
    found = figures(job, made, ends)
    print(table(found))
    print(json.dumps(found))
    if given.out:
        given.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return found


if __name__ == "__main__":
    main()
