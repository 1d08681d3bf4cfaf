"""Runs whose probes left a known damage, for the benchmark of claims."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.claims.model import Claim, Comparison
from domains.frozen import fingerprint
from experiments.analysis.scores import RunScores
from experiments.nodes.health import Health, RolloutGroups
from tests.support.cliffs import Truth, drawn
from tests.support.report import make_inputs, pair_schedules, probe_schedules

FIRST, SECOND, STORIES = "sums", "sort", "stories"
FIVE = (0, 1, 2, 3, 4)
Damage = Mapping[tuple[str, str], Truth]
"""(domains trained, joined by -; the one measured) → what is true after them; everything else is `Truth()`."""


def planted(damage: Damage, seeds: Sequence[int] = FIVE, further: Sequence[str] = ()) -> RunScores:
    """Three domains, their probes the only arms; `further`: arms of two stages beside them, ``sort-sums``."""
    inputs = make_inputs(3, seeds, names=(FIRST, SECOND, STORIES), pairs=bool(further))
    pairs = tuple(arm for arm in pair_schedules(inputs.curriculum) if "-".join(arm.order) in further)
    arms = (*probe_schedules(inputs.curriculum), *pairs)
    base = next(node.id for node in inputs.tree.nodes if node.parent is None)
    following = {(node.parent, node.seed, fingerprint(node.stage)): node.id for node in inputs.tree.nodes if node.stage}
    nodes: dict[tuple[str, int], str] = {}
    for arm, seed in itertools.product(arms, seeds):
        at = base
        for depth, stage in enumerate(arm.stages, start=1):
            at = nodes["-".join(arm.order[:depth]), seed] = following[at, seed, fingerprint(stage)]
    trained = {id_: path for (path, _), id_ in nodes.items()}
    records = {
        id_: record.model_copy(
            update={
                "scores": {
                    split: {
                        name: drawn(id_, name, split, damage.get((trained.get(id_, ""), name), Truth()))
                        for name in block
                    }
                    for split, block in record.scores.items()
                }
            }
        )
        for id_, record in inputs.records.items()
    }
    readings = {
        (arm.name, seed): (base, *(nodes["-".join(arm.order[:depth]), seed] for depth in range(1, len(arm.order) + 1)))
        for arm in arms
        for seed in seeds
    }
    return RunScores(replace(inputs, schedules=arms, main=arms[0].name, records=records, readings=readings))


def with_reference(scores: RunScores, arm: str, domain: str, nats: float) -> RunScores:
    """Every reference answer of a domain has this −ln p after the arm."""
    ends = {nodes[1] for (name, _), nodes in scores.inputs.readings.items() if name == arm}
    records = dict(scores.inputs.records)
    for end in ends:
        block = records[end].scores["test"]
        kept = block[domain].details
        assert kept is not None and kept.reference_nll is not None
        changed = kept.model_copy(update={"reference_nll": (nats,) * len(kept.reference_nll)})
        test = {**block, domain: block[domain].model_copy(update={"details": changed})}
        records[end] = records[end].model_copy(update={"scores": {**records[end].scores, "test": test}})
    return RunScores(replace(scores.inputs, records=records))


def with_groups(scores: RunScores, arm: str, groups: RolloutGroups) -> RunScores:
    """The rollouts of the arm's last stage had these groups with every seed."""
    health = Health(groups={"x": groups}, completion_tokens=3.0, truncated=0.0)
    ends = {nodes[-1] for (name, _), nodes in scores.inputs.readings.items() if name == arm}
    records = {
        id_: one.model_copy(update={"health": health}) if id_ in ends else one
        for id_, one in scores.inputs.records.items()
    }
    return RunScores(replace(scores.inputs, records=records))


def row(claim: Claim, what: str) -> Comparison:
    return next(one for one in claim.comparisons if what in one.what)
