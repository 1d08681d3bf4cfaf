"""A realistic run for the report's tests: a real curriculum and tree, synthetic results from a seeded generator."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from curricula.schema import Curriculum
from curricula.stage import OrderName, Role, Schedule, Stage
from domains.example import Split
from experiments.analysis.assembly import build_report
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.report import Report
from experiments.nodes.record import Cost, DomainScore, Failure, Record
from experiments.nodes.setup import Setup
from experiments.nodes.suite import HELD_OUT
from experiments.nodes.tree import StageNode, chain, grow
from scheduler.orderings import MEASURED
from tests.support.findings import (
    CREATIVE,
    NAMES,
    ability,
    generator,
    make_plan,
    make_profiles,
    make_transfer,
)
from tests.support.records import recorded, setup_of

ITEMS = 60


def make_inputs(
    domains: int = 4,
    seeds: Sequence[int] = (0, 1, 2),
    *,
    names: Sequence[str] = NAMES,
    probes: bool = True,
    pairs: bool = False,
    seconds: float = 1.0,
) -> ReportInputs:
    """A complete run; with `pairs` two stages of every two domains are trained beside it. `seconds` scales the wall
    times, which must not matter to anything else."""
    return _made(tuple(names[:domains]), tuple(seeds), probes, pairs, seconds)


@cache
def _made(names: tuple[str, ...], seeds: tuple[int, ...], probes: bool, pairs: bool, seconds: float) -> ReportInputs:
    """Nothing of it is ever changed: tests that need another run `replace` what differs."""
    curriculum = make_curriculum(names, seeds)
    setup = setup_of(curriculum)
    schedules = make_arms(curriculum)
    trained = probe_schedules(curriculum) if probes else ()
    tree = grow(setup, (*trained, *(pair_schedules(curriculum) if pairs else ()), *schedules), curriculum.seeds)
    chains = {
        (arm.name, seed): tuple(node.id for node in chain(setup, arm.stages, seed))
        for arm in schedules
        for seed in curriculum.seeds
    }
    return ReportInputs(
        curriculum=curriculum,
        run=f"{curriculum.name}-0123abcd",
        schedules=schedules,
        main="bwt-cumulative",
        primary=("bwt-cumulative", "joint"),
        tree=tree,
        records={node.id: make_record(node, curriculum, seconds) for node in tree.nodes},
        chains=chains,
        readings=chains,
        probes=probe_ids(setup, trained, curriculum.seeds),
        profiles=make_profiles(curriculum) if probes else {},
        transfer=make_transfer(curriculum) if probes else None,
        plan=make_plan(curriculum) if probes else None,
        wall_seconds=754.2 * seconds,
        environment={
            "python": "3.11.9",
            "packages": {"torch": "2.13.0"},
            "hardware": "2 CPUs",
            "seconds": seconds,
        },
    )


@cache
def whole_report() -> Report:
    """Of the run as it is made unless something is asked for; it takes as long as hundreds of tests."""
    return build_report(make_inputs())


def items_of(
    inputs: ReportInputs, arm: str, seed: int, domain: str, depth: int = -1, split: Split = "test"
) -> np.ndarray:
    """Scores by item where an arm stood after so many stages, by default after all."""
    record = inputs.records[inputs.chains[arm, seed][depth]]
    return np.array(record.scores[split][domain].items)


def with_failure(inputs: ReportInputs, cause: str = "loss is NaN at step 12") -> ReportInputs:
    """The first seed's main arm fails in its second stage; everything below is blocked."""
    seed = inputs.curriculum.seeds[0]
    failed = inputs.chains[inputs.main, seed][2]
    lost, records = {failed}, dict(inputs.records)
    for node in inputs.tree.nodes:
        if node.parent in lost:
            lost.add(node.id)
    for node in lost:
        del records[node]
    failure = Failure(node=failed, boundary="training", cause=cause, traceback="Traceback …")
    return replace(inputs, records=records, failures={failed: failure})


def cast(inputs: ReportInputs, **roles: Role) -> ReportInputs:
    """The same arms in other roles; keys are names with `_` for `-`."""
    new = {name.replace("_", "-"): role for name, role in roles.items()}
    arms = tuple(arm.model_copy(update={"role": new.get(arm.name, arm.role)}) for arm in inputs.schedules)
    return replace(inputs, schedules=arms, main=next(arm.name for arm in arms if arm.role == "main"))


def interrupted(inputs: ReportInputs, done: int) -> ReportInputs:
    """Only the first `done` nodes of the tree have a result."""
    kept = [node.id for node in inputs.tree.nodes[:done]]
    return replace(inputs, records={node: inputs.records[node] for node in kept})


def make_curriculum(names: tuple[str, ...], seeds: tuple[int, ...]) -> Curriculum:
    """A small from-config model over procedural domains."""
    return Curriculum.model_validate(
        {
            "name": "four-skills",
            "description": "Sums, sorting, spelling & little stories",
            "model": {"type": "scratch"},
            "domains": {
                name: {
                    "kind": "creative" if name in CREATIVE else "structured",
                    "source": {"type": "stories"},
                    "rewards": [{"type": "creative" if name in CREATIVE else "exact"}],
                    "weight": 2.0 if index == 0 else 1.0,
                }
                for index, name in enumerate(names)
            },
            "seeds": seeds,
        }
    )


def make_arms(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """The arms of a default curriculum."""
    names = tuple(curriculum.domains)
    training = curriculum.training

    def arm(role: Role, name: str, ordering: OrderName, order: tuple[str, ...], origin: str) -> Schedule:
        return Schedule(
            name=name,
            role=role,
            stages=tuple(Stage(mixture={domain: 1.0}, training=training) for domain in order),
            order=order,
            ordering=ordering,
            composition="sequential",
            probes="first" if ordering in MEASURED else "none",
            origin=origin,
        )

    def joint(name: str, steps: int, origin: str, times: float | None = None) -> Schedule:
        stage = Stage(mixture=dict.fromkeys(names, 1.0), training=training.model_copy(update={"steps": steps}))
        return Schedule(name=name, role="joint", stages=(stage,), composition="joint", origin=origin, times=times)

    whole = training.steps * len(names)
    growing = tuple(
        Stage(mixture={**dict.fromkeys(names[:k], 0.5 / max(k, 1)), names[k]: 0.5}, training=training)
        for k in range(len(names))
    )
    return (
        arm("composition", "bwt-sequential", "bwt", names, "Exact order from measured transfer."),
        arm("main", "bwt-cumulative", "bwt", names, "The plan.").model_copy(
            update={"stages": growing, "composition": "cumulative"}
        ),
        arm("order", "entropy-sequential", "entropy", (*names[1:], names[0]), "Falling entropy first."),
        arm("order", "greedy-sequential", "greedy", (names[1], names[0], *names[2:]), "The seed paper's rule."),
        arm("order", "reverse-sequential", "reverse", names[::-1], "The worst order by the same matrix."),
        arm("random", "random-0-sequential", "random", (*names[2:], *names[:2]), "A random order."),
        arm("random", "random-1-sequential", "random", (names[-1], *names[:-1]), "A random order."),
        joint("joint", whole, "Joint training as people run it.", 1.0),
        joint("joint-tuned", whole - 1, "Joint training with the schedule's freedoms."),
        joint("joint-probes", whole * 2, "Joint training with the probes' steps too.", 2.0),
    )


def probe_schedules(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Every domain alone."""
    return tuple(_alone(curriculum, (name,)) for name in curriculum.domains)


def pair_schedules(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Every ordered pair of domains, a stage each; no probes."""
    return tuple(_alone(curriculum, pair) for pair in itertools.permutations(curriculum.domains, 2))


def _alone(curriculum: Curriculum, path: tuple[str, ...]) -> Schedule:
    stages = tuple(Stage(mixture={name: 1.0}, training=curriculum.training) for name in path)
    return Schedule(name="probe-" + "-".join(path), role="probe", stages=stages, order=path)


def probe_ids(setup: Setup, schedules: Sequence[Schedule], seeds: Sequence[int]) -> frozenset[str]:
    """Nodes of the probes, without the bases."""
    return frozenset(n.id for s in schedules for seed in seeds for n in chain(setup, s.stages, seed)[1:])


def make_record(node: StageNode, curriculum: Curriculum, seconds: float = 1.0) -> Record:
    """What a worker would have left."""
    rng = generator("cost", node.id)
    steps = node.stage.training.steps if node.stage else 0
    cost = Cost(
        steps=steps,
        rollouts=steps * 64,
        tokens=steps * 64 * int(rng.integers(8, 14)),
        train_seconds=steps * 0.11 * seconds,
        eval_seconds=2.5 * seconds,
    )
    scores = {split: {name: make_score(node, name, split) for name in curriculum.domains} for split in HELD_OUT}
    return recorded(node, scores, cost)


def make_score(node: StageNode, domain: str, split: str) -> DomainScore:
    """Items whose difficulties are shared by all nodes, so that differences are paired."""
    difficulty = generator("item", domain, split).uniform(size=ITEMS)
    luck = generator("luck", node.id, domain, split).normal(0, 0.08, size=ITEMS)
    level = ability(node.path, domain) + generator("seed", node.id, domain).normal(0, 0.02)
    items = (difficulty + luck < level).astype(float)
    fall = sum(0.08 if "stories" not in label else -0.05 for label in node.path)
    entropy = np.clip(0.7 - fall + generator("entropy", node.id, domain).normal(0, 0.1, size=24), 0.01, None)
    return DomainScore(
        items=tuple(items.tolist()),
        nll=1.9 - float(items.mean()),
        reference_entropy=0.5,
        entropy=tuple(entropy.tolist()),
        kl=0.05 * node.depth,
        tokens=ITEMS * 9,
    )
