"""What a tracker is told of one stage of one schedule, from its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.nodes.record import Record, log_every
from experiments.nodes.tree import StageNode
from experiments.run.job import Job

Setting = str | int | float | bool | None


@dataclass(frozen=True)
class Entry:
    """One run of a tracker."""

    project: str
    """The curriculum's name."""
    run: str
    """The run's folder in the store."""
    group: str
    """The schedule's name."""
    slug: str
    """The node's, unique within a group."""
    title: str
    """What a person calls it."""
    settings: Mapping[str, Setting]
    """What it was trained with, flat, `training.learning_rate`."""
    measure: str
    """What the curve is of: ``train/reward`` or ``train/loss``."""
    curve: tuple[tuple[int, float], ...]
    """(optimizer step, mean since the point before)."""
    values: Mapping[str, float]
    """What it came to, `validation/sums`; of the stage's last step."""

    @property
    def steps(self) -> int:
        """Its last step; 0 where nothing was trained."""
        return int(self.values["cost/steps"])

    @property
    def key(self) -> str:
        """Group and slug: what a tracker has once."""
        return f"{self.group}/{self.slug}"


def entry_of(job: Job, group: str, node: StageNode, record: Record) -> Entry:
    """What is told of a finished node as a stage of the schedule `group`. Scores on test are the report's alone."""
    return Entry(
        project=job.curriculum.name,
        run=job.run,
        group=group,
        slug=node.slug,
        title=f"seed {node.seed}: {' → '.join(node.path)}" if node.path else "base",
        settings=_settings(job, group, node, record),
        measure="train/reward" if node.stage and node.stage.training.method == "grpo" else "train/loss",
        curve=_curve(node, record),
        values=dict(_values(job, record)),
    )


def _settings(job: Job, group: str, node: StageNode, record: Record) -> dict[str, Setting]:
    stage = node.stage.model_dump(mode="json") if node.stage else {}
    told = {
        "run": job.run,
        "schedule": group,
        "seed": node.seed,
        "node": node.id,
        "parent": node.parent,
        "path": " → ".join(node.path),
        "stagewise": record.provenance.stagewise,
        "commit": record.provenance.commit,
    }
    return {**told, **dict(_flat("", stage))}


def _flat(before: str, value: Any) -> Iterator[tuple[str, Setting]]:
    """JSON values by the way to them; what is no mapping and no plain value as text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{before}.{key}" if before else key, inner)
    else:
        yield before, value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _curve(node: StageNode, record: Record) -> tuple[tuple[int, float], ...]:
    """A guard may have ended the stage early: then its last point lies there."""
    last = record.cost.steps
    # A warm-up is no stage of the node's: its steps are the record's own.
    every = log_every(node.stage.training.steps if node.stage else last)
    return tuple((min(every * at, last), value) for at, value in enumerate(record.reward_curve, 1))


def _values(job: Job, record: Record) -> Iterator[tuple[str, float]]:
    yield from _scores(job, record)
    if record.health is not None:
        groups = record.health.whole
        if groups.count:
            yield "health/flat_groups", groups.flat / groups.count
        if groups.leverage_share is not None:
            yield "health/leverage_share", groups.leverage_share
        for name in ("completion_tokens", "truncated", "entropy", "kl", "clipped"):
            value = getattr(record.health, name)
            if value is not None:
                yield f"health/{name}", value
    for name in ("steps", "rollouts", "tokens", "train_seconds", "eval_seconds"):
        yield f"cost/{name}", float(getattr(record.cost, name))


def _scores(job: Job, record: Record) -> Iterator[tuple[str, float]]:
    """By domain, and their mean by the domains' weights."""
    found = record.scores.get("validation", {})
    weights = {name: spec.weight for name, spec in job.curriculum.domains.items()}
    for name, score in found.items():
        yield f"validation/{name}", score.mean
        if score.entropy:
            yield f"entropy/{name}", sum(score.entropy) / len(score.entropy)
        if score.kl is not None:
            yield f"kl/{name}", score.kl
    if set(weights) <= set(found):
        total = sum(weights[name] * found[name].mean for name in weights)
        yield "validation/total", total / sum(weights.values())
