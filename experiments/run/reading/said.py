"""What the main arm's model, joint training's and the base model said, read from the store for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.stage import Schedule
from domains.errors import StoreError
from experiments.analysis.comparing.primary import primary_pair
from experiments.analysis.completions.choose import Said, by_item, choose
from experiments.analysis.completions.model import DomainCompletions
from experiments.analysis.scores import BASE
from experiments.measures.suite import suite_of
from experiments.nodes.outputs import Marked, Output, Row, read_rows
from experiments.nodes.record import Measurement
from experiments.nodes.tree import StageNode, base_node, end_node
from experiments.run.job import Job
from experiments.run.reading.gather import Records
from scheduler.arms import main_arm


def completions(job: Job, schedules: Sequence[Schedule], records: Records) -> dict[str, DomainCompletions]:
    """Domain → what is shown of it; empty until the main arm has finished with one seed.

    The first seed with which joint training has finished too is shown, else the first one.
    """
    known = {schedule.name: schedule for schedule in schedules}
    main = known.get(main_arm(job.curriculum))
    if main is None:
        return {}
    ends = [(seed, _ends(job, seed, main, _joint(job, schedules), records)) for seed in job.curriculum.seeds]
    done = [(seed, models) for seed, models in ends if {BASE, main.name} <= set(models)]
    if not done:
        return {}
    seed, models = max(done, key=lambda one: len(one[1]))
    return {name: _domain(job, name, seed, models, main.name) for name in job.curriculum.domains}


def _joint(job: Job, schedules: Sequence[Schedule]) -> Schedule | None:
    """The joint arm that the verdict is about, else the first one."""
    arms = [schedule for schedule in schedules if schedule.role == "joint"]
    named = primary_pair(job.curriculum) or ()
    return next((arm for arm in arms if arm.name in named), arms[0] if arms else None)


def _ends(job: Job, seed: int, main: Schedule, joint: Schedule | None, records: Records) -> dict[str, StageNode]:
    """Model → its node, of those that have finished; the main arm last."""
    found = {BASE: base_node(job.setup)}
    for arm in (joint, main):
        if arm is not None:
            found[arm.name] = end_node(job.setup, arm, seed)
    return {name: node for name, node in found.items() if node.id in records}


def _domain(job: Job, name: str, seed: int, models: Mapping[str, StageNode], main: str) -> DomainCompletions:
    items = job.prepared.data[name]["test"]
    said: dict[str, Said] = {}
    for model, node in models.items():
        try:
            said[model] = _said(job, node, name)
            if [answers[0][0].item for answers in said[model]] != [item.id for item in items]:
                raise ValueError("of other items")
        except (OSError, ValueError, KeyError, StoreError):
            # A page is worth more than its examples: the scores stand in the records.
            why = f"what {model} said cannot be read from the store"
            return DomainCompletions(seed=seed, items=len(items), missing=why)
    return choose(job.curriculum.domains[name].kind, seed, items, said, main)


def _said(job: Job, node: StageNode, domain: str) -> Said:
    task = suite_of(job.setup).answers(domain, "test")
    found = job.store.measurement(node, job.view.suite)
    return by_item(
        _rows(job, node, found, task.key, Output),
        _rows(job, node, found, f"{domain}-test-marks", Marked),
    )


def _rows(job: Job, node: StageNode, found: Measurement, key: str, kind: type[Row]) -> list[Row]:
    with job.store.outputs(node, found.outputs[key]) as place:
        return read_rows(place, kind)
