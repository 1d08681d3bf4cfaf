"""The report's rows on guards, and what is said of them in words: what they left out, and which stages they ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from curricula.guards import STOP_GUARDS
from curricula.stage import Schedule
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.rows.rows import users
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.analysis.words import count, number, share
from experiments.nodes.guarded import Guarded, Limit


def guard_rows(inputs: ReportInputs) -> tuple[StageGuards, ...]:
    """Every finished stage that had guards, in the tree's order."""
    arms = users(inputs)
    found = ((node, inputs.records[node.id]) for node in inputs.tree.nodes if node.id in inputs.records)
    return tuple(
        StageGuards(node=node.id, seed=node.seed, path=node.path, arms=arms.get(node.id, ()), guarded=record.guarded)
        for node, record in found
        if record.guarded
    )


def guard_lines(rows: Sequence[StageGuards]) -> tuple[str, ...]:
    """One sentence for each stage and thing that a guard changed, the seeds together; the rest is not told."""
    stages: dict[tuple[str, ...], list[Guarded]] = {}
    for row in rows:
        stages.setdefault(row.path, []).append(row.guarded)
    return tuple(f"Guard: {' → '.join(path)}: {what}." for path, found in stages.items() for what in _changes(found))


def changed(guarded: Guarded) -> bool:
    """Whether the guards left a prompt out, struck, or left another model than the last."""
    course = guarded.course
    earlier = course is not None and course.kept < guarded.done
    return earlier or guarded.struck is not None or any(pool.kept < pool.measured for pool in guarded.pools.values())


def early_notes(schedule: Schedule, inputs: ReportInputs) -> tuple[str, ...]:
    """One sentence on an arm whose stages were ended early: it spent less than what it is compared with."""
    chains = [inputs.chains.get((schedule.name, seed), ()) for seed in inputs.curriculum.seeds]
    records = (inputs.records[node] for chain in chains for node in chain if node in inputs.records)
    found = [record.guarded for record in records if record.guarded]
    early = [one for one in found if one.done < one.planned]
    if not early:
        return ()
    steps = share(sum(one.done for one in early) / sum(one.planned for one in early))
    told = f"Guards ended {len(early)} of {len(found)} guarded stages of all seeds early, after {steps} of their steps"
    return (f"{told}, so it spent less than its budget: see its cost.",)


def limit_words(limit: Limit) -> str:
    """``KL at most 0.031 (budget 0.100)``."""
    rule = STOP_GUARDS[limit.guard]
    return f"{rule.title} {rule.keeps} {number(limit.worst)} ({rule.limit} {number(limit.limit)})"


def _changes(found: Sequence[Guarded]) -> Iterator[str]:
    """Of one stage with every seed."""
    for domain in dict.fromkeys(name for one in found for name in one.pools):
        yield from _pools(domain, [one for one in found if domain in one.pools])
    yield from _kept(found)
    for guard, rule in STOP_GUARDS.items():
        struck = [one for one in found if one.struck and one.struck.guard == guard]
        if struck:
            ends = ", ".join(str(one.done) for one in struck)
            limits = ", ".join(dict.fromkeys(number(one.struck.limit) for one in struck if one.struck))
            with_ = f" with {len(struck)} of {len(found)} seeds" if len(found) > 1 else ""
            beyond = f"its {rule.title} {rule.strikes} the {rule.limit} of {limits}"
            yield f"ended{with_} after step {ends} of {struck[0].planned}, {beyond}"


def _pools(domain: str, found: Sequence[Guarded]) -> Iterator[str]:
    """Which of one domain's prompts were left out, and where none were, because too few would have been left."""
    every = [one.pools[domain] for one in found]
    pools = [pool for pool in every if not pool.lifted]
    sides = (
        (sum(pool.below for pool in pools), f"below {number(found[0].low, 2)}"),
        (sum(pool.above for pool in pools), f"above {number(found[0].high, 2)}"),
    )
    if out := " and ".join(f"{count(size / len(pools))} {side}" for size, side in sides if size):
        measured, kept = (sum(each) / len(pools) for each in zip(*((p.measured, p.kept) for p in pools), strict=True))
        mean = " (means over the seeds)" * (len(pools) > 1)
        yield f"of {count(measured)} prompts of {domain}, {out} left out, {count(kept)} drawn from{mean}"
    if lifted := [pool for pool in every if pool.lifted]:
        few = ", ".join(f"{count(pool.within)} of {count(pool.measured)}" for pool in lifted)
        with_ = f" with {len(lifted)} of {len(every)} seeds" if len(every) > 1 else ""
        yield f"all prompts of {domain} drawn from{with_}, because too few were within the band ({few})"


def _kept(found: Sequence[Guarded]) -> Iterator[str]:
    """Which models were left, where one is not the last."""
    measured = [(one, one.course) for one in found if one.course]
    earlier = [(one, course) for one, course in measured if course.kept < one.done]
    if not earlier:
        return
    with_ = f" with {len(earlier)} of {len(found)} seeds" if len(found) > 1 else ""
    steps = ", ".join(f"{course.kept} of {one.done}" for one, course in earlier)
    undone = ", so nothing of the stage is left" if all(course.kept == 0 for _, course in earlier) else ""
    yield f"left{with_} the weights of an earlier step, {steps}, its sweet spot on validation{undone}"
