"""From the store's records to what the scheduler and the report ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain

import numpy as np

from curricula.schema import ScratchModel
from curricula.stage import Schedule
from domains.interval import Interval
from domains.profile import EntropyProfile, make_profile
from experiments.analysis.sentences.health_words import nothing_words
from experiments.nodes.record import Failure, Record
from experiments.nodes.tree import StageNode, StageTree, base_node, end_node, reading_chains
from experiments.run.job import Job
from scheduler.evidence.transfer import UNTOLD
from scheduler.grouping import told, unit_by_domain, units_of
from scheduler.measurements import Array, Measurements, Path
from scheduler.probing.probes import groups_of, joint_probe, mixes, unit_probes
from scheduler.statistics.intervals import interval

Records = Mapping[str, Record]
Paths = dict[Path, dict[int, tuple[StageNode, ...]]]
"""Order so far → seed → the base and all nodes to where it is read off."""
NOT_PROBED = Interval.unknown("no seed finished the domain's own probe")
GROUP_NOT_PROBED = Interval.unknown("no seed finished the probe of the domain's group")


def load_records(job: Job, tree: StageTree) -> dict[str, Record]:
    """Node id → record of every finished node of the tree."""
    finished = job.view.finished(tree.nodes)
    return {node.id: job.view.record(node) for node in tree.nodes if node.id in finished}


def load_failures(job: Job, tree: StageTree, records: Records) -> dict[str, Failure]:
    """Node id → why its last attempt failed."""
    missing = (node for node in tree.nodes if node.id not in records)
    return {node.id: failure for node in missing if (failure := job.view.failure(node))}


def measurements(job: Job, schedules: Iterable[Schedule], records: Records) -> Measurements | None:
    """Validation scores along the sequential `schedules`; None where a probe or the base is missing.

    Only seeds with all probes count, and only paths that all of these seeds have finished, so that every
    difference is paired. A stage's key is the domain that it introduces, whatever it replays. A stage whose weights did
    not move scores what the model before it scored: two draws of one model's samples are no effect.
    """
    curriculum = job.curriculum
    paths = {**_probe_paths(job), **_paths(job, schedules)}
    groups = groups_of(curriculum)
    units = units_of(tuple(curriculum.domains), groups)
    needed: list[Path] = [(), *((unit,) for unit in units)]
    seeds = [seed for seed in curriculum.seeds if all(paths[path][seed][-1].id in records for path in needed)]
    if not seeds:
        return None
    weights = np.array([spec.weight for spec in curriculum.domains.values()])
    complete = {path for path, nodes in paths.items() if all(nodes[seed][-1].id in records for seed in seeds)}
    probes = {unit: [_own(paths[(unit,)][seed], records) for seed in seeds] for unit in units}
    found = Measurements(
        domains=tuple(curriculum.domains),
        weights=weights / weights.sum(),
        scores={
            path: validation_blocks([_standing(path, seed, paths, records) for seed in seeds], curriculum.domains)
            for path in sorted(complete, key=lambda path: (len(path), path))
        },
        mixed=_mixed(job, seeds, records),
        idle={
            name: nothing_words(chain.from_iterable(own))
            for unit, own in probes.items()
            if not any(piece.taught for piece in chain.from_iterable(own))
            for name in units[unit]
        },
        groups=groups,
    )
    first = {path: [_standing(path, seed, paths, records) for seed in seeds] for path in needed}
    return replace(found, entropy=_by_entropy(found, first))


def profiles(job: Job, records: Records) -> dict[str, EntropyProfile]:
    """Domain → profile of the base model; ΔH over the seeds whose probe of the domain is finished."""
    curriculum = job.curriculum
    if base_node(job.setup).id not in records or "entropy" not in curriculum.evaluation.metrics:
        return {}
    ends = {unit: _finished(job, probe, records) for unit, probe in unit_probes(curriculum).items()}
    unit = unit_by_domain(tuple(curriculum.domains), groups_of(curriculum))
    probed = {name: ends[unit[name]] for name in curriculum.domains}
    return {name: _profile(job, name, probed, records) for name in curriculum.domains}


def _finished(job: Job, probe: Schedule, records: Records) -> list[Record]:
    """The records of a probe's ends, by seed; missing ones are left out."""
    ends = [end_node(job.setup, probe, seed).id for seed in job.curriculum.seeds]
    return [records[end] for end in ends if end in records]


def _profile(job: Job, name: str, probed: Mapping[str, list[Record]], records: Records) -> EntropyProfile:
    base = records[base_node(job.setup).id]
    before = _entropy([base], name)
    groups = groups_of(job.curriculum)
    unit, known = unit_by_domain(tuple(probed), groups), told(tuple(probed), groups)[:, list(probed).index(name)]
    moved = {
        trained: _interval(_entropy(ends, name) - before) if measured else UNTOLD
        for (trained, ends), measured in zip(probed.items(), known, strict=True)
        if ends
    }
    first = base.scores["validation"][name]
    group = unit[name] if unit[name] in groups else None
    return make_profile(
        name,
        job.curriculum.domains[name].kind,
        entropy=_interval(before),
        delta=moved.get(name, NOT_PROBED if group is None else GROUP_NOT_PROBED),
        answers=_answers(job, name),
        reference_entropy=first.reference_entropy,
        nll=first.nll,
        # The character tokenizer has one token a byte; of others that is not known here.
        tokens_per_byte=1.0 if isinstance(job.curriculum.model, ScratchModel) else None,
        effects=moved,
        group=group,
    )


def _answers(job: Job, name: str) -> list[str]:
    """Training answers of one domain, as many bytes as the smallest domain has: the statistics grow with length."""
    texts = {
        domain: [item.answer for item in splits["train"] if item.answer] for domain, splits in job.prepared.data.items()
    }
    sums = (sum(len(text.encode()) for text in answers) for answers in texts.values())
    room = min((size for size in sums if size), default=0)
    ends = accumulate(len(text.encode()) for text in texts[name])
    return [text for text, end in zip(texts[name], ends, strict=True) if end <= room]


def _by_entropy(found: Measurements, first: Mapping[Path, list[Record]]) -> Measurements | None:
    """The same of base and probes by the entropy of their samples; None where one of them has none."""
    measured = [record.scores["validation"] for ends in first.values() for record in ends]
    if not all(one[name].entropy for one in measured for name in found.domains):
        return None
    scores = {path: tuple(_entropy(ends, name) for name in found.domains) for path, ends in first.items()}
    return replace(found, scores=scores, mixed=None)


def _entropy(records: list[Record], name: str) -> Array:
    """Own-sample entropy, shape (seeds, items), nats per token."""
    return np.array([record.scores["validation"][name].entropy for record in records], float)


def _interval(values: Array) -> Interval:
    """Mean of (seeds, items) with its interval."""
    return interval({"": values})


def _mixed(job: Job, seeds: Sequence[int], records: Records) -> tuple[Array, ...] | None:
    """What the joint probe scored; None unless it is asked for and all of these seeds have finished it."""
    if not mixes(job.curriculum):
        return None
    ends = [end_node(job.setup, joint_probe(job.curriculum), seed).id for seed in seeds]
    if not all(end in records for end in ends):
        return None
    return validation_blocks([records[end] for end in ends], job.curriculum.domains)


def _probe_paths(job: Job) -> Paths:
    """The base, and every domain's or group's own probe."""
    found: Paths = {}
    for unit, probe in unit_probes(job.curriculum).items():
        for seed in job.curriculum.seeds:
            base, *_, end = reading_chains(job.setup, probe, seed)
            found.setdefault((), {})[seed] = base
            found.setdefault((unit,), {})[seed] = end
    return found


def _paths(job: Job, schedules: Iterable[Schedule]) -> Paths:
    """Those of sequential schedules and their prefixes."""
    found: Paths = {}
    for schedule in schedules:
        if schedule.composition == "sequential":
            for seed in job.curriculum.seeds:
                for depth, nodes in enumerate(reading_chains(job.setup, schedule, seed)):
                    found.setdefault(schedule.order[:depth], {})[seed] = nodes
    return found


def _standing(path: Path, seed: int, paths: Paths, records: Records) -> Record:
    """What a model after these stages scored; one that the last of them left as it was is the one before it."""
    before = paths.get(path[:-1], {}).get(seed)
    own = _own(paths[path][seed], records)
    if path and before and before[-1].id in records and not any(piece.moved for piece in own):
        return _standing(path[:-1], seed, paths, records)
    return records[paths[path][seed][-1].id]


def _own(nodes: Sequence[StageNode], records: Records) -> list[Record]:
    """What the last stage left; it may be of several pieces."""
    return [records[node.id] for node in nodes if node.path == nodes[-1].path and node.id in records]


def validation_blocks(records: Sequence[Record], names: Iterable[str]) -> tuple[Array, ...]:
    """Validation scores of records that differ in their seed alone, (records, items) for each domain."""
    return tuple(np.array([record.scores["validation"][name].items for record in records], float) for name in names)
