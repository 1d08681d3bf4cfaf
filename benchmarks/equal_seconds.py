"""What searches found against joint training at equal seconds of training, as a Markdown table for docs.

    python -m benchmarks.equal_seconds benchmarks/orders/searches/*.json --store a-new-folder [--budgets 0.25 0.5]

A search's own seconds are those of the machine as busy as it was when each arm was trained, which need not be alike.
Here the winners and joint training at several budgets are trained again, in this process alone, with the searches'
fresh seeds, one seed of all searches after the other, so that what slows the machine slows every arm. Let nothing else
run beside it. Seconds are those of training, without measuring. Interrupted, the same command goes on; begin in a store
that has nothing of these curricula, since seconds that stand there already are taken as they are. Files are what
`stagewise search` leaves as search.json; searches of one curriculum meet the same joint training. Data files that a
curriculum names are looked for in the working directory.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.reports import read_report
from benchmarks.retrained import OFF
from benchmarks.training import train
from curricula.schema import Baselines, Curriculum
from curricula.stage import Schedule
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.intervals.equal_cost import equal_cost
from experiments.analysis.report_parts import EqualCost
from experiments.analysis.rows.costs import cost_report
from experiments.analysis.scores import RunScores
from experiments.analysis.words import signed, signed_span
from experiments.executors.inline import InlineExecutor
from experiments.nodes.tree import StageTree, grow
from experiments.run.findings import chains, reading_ids
from experiments.run.job import Job, open_job, prepare_data
from experiments.run.reading.gather import load_records
from experiments.search.analysis.pairs import SEARCHED
from experiments.search.analysis.report import FORMAT
from experiments.store import Store
from experiments.worker.launch import run_node
from scheduler.arms import BASE_ARM, fixed_arms, main_arm

ALONE: dict[str, Any] = {**OFF, "joint": True, "compositions": ()}
"""Joint training is the only rival."""
HEAD = (
    "search", "seeds", "seconds of joint training's", "at equal seconds", "tokens of joint training's",
    "at equal tokens", "seconds a token, slowest seed over fastest",
)  # fmt: skip


@dataclass(frozen=True)
class Again:
    """A finished search's winner and joint training at several budgets, to be trained again."""

    name: str
    job: Job
    arms: tuple[Schedule, ...]

    def tree(self, *seeds: int) -> StageTree:
        """All that these seeds train."""
        return grow(self.job.setup, [BASE_ARM, *self.arms], seeds)

    def equal(self) -> tuple[EqualCost, EqualCost]:
        """The winner against joint training at equal seconds, and at equal tokens."""
        tree = self.tree(*self.job.curriculum.seeds)
        inputs = ReportInputs(
            curriculum=self.job.curriculum,
            run=self.job.run,
            schedules=self.arms,
            main=SEARCHED,
            primary=None,
            tree=tree,
            records=load_records(self.job, tree),
            chains=chains(self.job, self.arms),
            readings=reading_ids(self.job, self.arms),
        )
        scores, costs = RunScores(inputs), cost_report(inputs)
        return (
            equal_cost(scores, SEARCHED, costs, "train_seconds"),
            equal_cost(scores, SEARCHED, costs, "tokens"),
        )


def again(file: Path, store: Store, budgets: list[float]) -> Again:
    """What a search.json says was found, and joint training as people run it, at 1 and these times its budget."""
    report = read_report(file, FORMAT, "the same stagewise search")
    baselines = Baselines.model_validate({**ALONE, "joint_budgets": budgets})
    curriculum = Curriculum.model_validate(report["curriculum"]).model_copy(
        update={"seeds": tuple(report["fresh_seeds"]), "baselines": baselines}
    )
    best = Curriculum.model_validate(yaml.safe_load(report["best"]["yaml"]))
    winner = next(arm for arm in fixed_arms(best) if arm.name == main_arm(best))
    searched = winner.model_copy(update={"name": SEARCHED})
    joint = [arm for arm in fixed_arms(curriculum) if arm.times is not None]
    job = open_job(prepare_data(curriculum, Path.cwd() / file.name), store)
    return Again(file.stem, job, (searched, *joint))


def row(one: Again) -> str:
    """A search's line of the table."""
    cells = [one.name, str(len(one.job.curriculum.seeds))]
    seconds, tokens = one.equal()
    for found in (seconds, tokens):
        cells.append("–" if found.ratio is None else f"{found.ratio:.2f}")
        told, between = found.difference, " and ".join(found.between)
        said = told.missing or f"{signed(told.estimate)} ({signed_span(told)})"
        cells.append(f"{said}, between {between}" if between else said)
    cells.append("–" if seconds.spread is None else f"{seconds.spread:.2f}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--store", required=True)
    parser.add_argument("--budgets", nargs="+", type=float, default=[0.5], help="of joint training, beside 1")
    given = parser.parse_args()
    store = Store.open(given.store)
    searches = [again(file, store, given.budgets) for file in given.files]
    for seed in sorted({seed for one in searches for seed in one.job.curriculum.seeds}):
        for one in searches:
            if seed in one.job.curriculum.seeds:
                workers = InlineExecutor(one.job.view, one.job.curriculum.resources, run_node)
                train(one.job, one.tree(seed), workers)
    print(f"| {' | '.join(HEAD)} |")
    print("|---" * len(HEAD) + "|")
    for one in searches:
        print(row(one), flush=True)


if __name__ == "__main__":
    main()
