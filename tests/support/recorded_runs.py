"""Stages of two real runs with the times that they took, played again as a driver saw them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from curricula.merge import Merge
from curricula.stage import Method, Stage, Training
from experiments.nodes.tree import StageNode
from experiments.run.experience import Experience
from experiments.store import Progress

EVERY = 5.0
"""Seconds between two looks."""


class Row(NamedTuple):
    """One node: its domains, method and completions, the rows it is made from, and when it started, was trained and
    was done, in seconds."""

    domains: str
    method: Method | None
    completions: int
    parents: tuple[int, ...]
    start: float
    trained: float
    done: float


DEMO = (
    Row("base", None, 0, (), 3.0, 121.5, 124.8),
    Row("sorting", "grpo", 10240, (0,), 125.1, 170.3, 174.0),
    Row("sorting", "grpo", 10240, (0,), 129.4, 172.9, 176.4),
    Row("gcd+sorting+stories", "grpo", 6848, (0,), 176.6, 208.8, 212.2),
    Row("sorting", "grpo", 10240, (0,), 174.2, 209.8, 213.0),
    Row("gcd+sorting+stories", "grpo", 6848, (0,), 212.6, 241.8, 245.6),
    Row("gcd+sorting+stories", "grpo", 6848, (0,), 213.2, 243.1, 246.6),
    Row("gcd", "grpo", 6400, (0,), 245.7, 255.5, 259.1),
    Row("gcd", "grpo", 6400, (0,), 246.7, 256.3, 259.7),
    Row("gcd", "grpo", 6400, (0,), 259.3, 267.8, 271.2),
    Row("stories", "grpo", 3840, (0,), 259.9, 275.7, 279.9),
    Row("stories", "grpo", 3840, (0,), 271.3, 289.3, 293.2),
    Row("stories", "grpo", 3840, (0,), 280.0, 297.1, 300.8),
    Row("gcd+sorting+stories", "grpo", 20480, (0,), 301.4, 390.6, 394.1),
    Row("gcd+sorting+stories", "grpo", 20480, (0,), 301.4, 391.1, 394.5),
    Row("gcd", "grpo", 6400, (10,), 394.6, 403.2, 406.6),
    Row("gcd", "grpo", 6400, (11,), 406.8, 415.0, 418.5),
    Row("gcd", "grpo", 6400, (12,), 418.6, 427.2, 430.7),
    Row("gcd+sorting+stories", "grpo", 10240, (0,), 431.0, 478.4, 482.1),
    Row("gcd+sorting+stories", "grpo", 20480, (0,), 394.6, 486.8, 490.5),
    Row("gcd+sorting+stories", "grpo", 10240, (0,), 482.5, 532.3, 535.6),
    Row("gcd+sorting+stories", "grpo", 10240, (0,), 490.8, 539.2, 542.7),
    Row("sorting", "grpo", 10240, (15,), 535.8, 574.5, 578.5),
    Row("sorting", "grpo", 10240, (16,), 542.9, 582.2, 586.1),
    Row("merge", None, 0, (7, 2, 10), 586.3, 586.3, 589.8),
    Row("merge", None, 0, (8, 1, 11), 589.9, 589.9, 593.5),
    Row("merge", None, 0, (9, 4, 12), 593.7, 593.7, 597.0),
    Row("merge", None, 0, (13,), 597.1, 597.1, 600.6),
    Row("merge", None, 0, (14,), 600.7, 600.7, 604.1),
    Row("merge", None, 0, (19,), 604.2, 604.2, 607.6),
    Row("merge", None, 0, (22,), 607.7, 607.7, 611.3),
    Row("merge", None, 0, (23,), 611.4, 611.4, 615.1),
    Row("sorting", "grpo", 10240, (17,), 578.7, 616.5, 620.4),
    Row("merge", None, 0, (32,), 616.7, 616.7, 620.5),
)
"""curricula/demo.yaml on two cores: probes are the rows before 13, arms the others."""
SMOLLM2 = (
    Row("base", None, 0, (), 3.0, 3.0, 542.1),
    Row("sorting", "sft", 128, (0,), 1055.9, 1432.0, 1985.2),
    Row("tales", "sft", 128, (0,), 2233.4, 2531.6, 3059.5),
    Row("sums", "grpo", 192, (0,), 3065.4, 4004.2, 4395.5),
    Row("sorting", "sft", 128, (0,), 4235.9, 4439.0, 4528.1),
    Row("tales", "sft", 128, (0,), 4529.3, 4577.5, 4666.1),
    Row("sums", "grpo", 192, (0,), 4667.2, 4822.0, 4917.2),
    Row("sorting+tales", "sft", 256, (3,), 4918.4, 5025.0, 5115.4),
    Row("sorting+tales", "sft", 256, (6,), 5116.7, 5224.1, 5311.8),
    Row("tales", "sft", 128, (1,), 5313.0, 5355.5, 5448.4),
    Row("tales", "sft", 128, (4,), 5450.0, 5492.7, 5582.7),
    Row("sums", "grpo", 192, (9,), 5584.2, 5715.4, 5803.9),
    Row("sums", "grpo", 192, (10,), 5804.9, 5939.9, 6023.2),
)
"""curricula/smollm2_domains.yaml on one worker. The machine was busy with other work until row 4 and then free, which
made it five times as fast; before that row there were pauses between commands."""


@dataclass(frozen=True)
class Look:
    """What a driver sees of a phase at one moment."""

    now: float
    left: tuple[StageNode, ...]
    trained: frozenset[str]
    running: dict[str, Progress | None]
    elapsed: dict[str, float]
    end: float
    """When the phase ended in truth."""


def nodes_of(rows: Sequence[Row]) -> tuple[StageNode, ...]:
    """A node for every row, with ids ``0``, ``1``, …"""
    found: list[StageNode] = []
    for at, row in enumerate(rows):
        parent = str(row.parents[-1]) if row.parents else None
        if row.method is not None:
            stage = Stage(
                mixture=dict.fromkeys(row.domains.split("+"), 1.0),
                training=Training(method=row.method, steps=row.completions // 4, prompts=2, rollouts=2)
                if row.method == "grpo"
                else Training(method="sft", steps=row.completions // 2, prompts=2),
            )
            found.append(StageNode(id=str(at), parent=parent, stage=stage, seed=0, path=(stage.label,)))
        elif row.parents:
            sources = tuple(found[one] for one in row.parents)
            merge = Merge(method="linear", weights=tuple(1 / len(sources) for _ in sources))
            found.append(
                StageNode(id=str(at), parent=parent, stage=None, seed=0, path=("merge",), merge=merge, sources=sources)
            )
        else:
            found.append(StageNode(id=str(at), parent=None, stage=None, seed=None))
    return tuple(found)


def learn(known: Experience, node: StageNode, row: Row) -> None:
    """As a driver does of a node that it watched, with a second for its start."""
    known.learn(node, row.trained - row.start, row.done - row.trained, row.done - row.start + 1.0)


def looks(rows: Sequence[Row], first: int, last: int, done: Callable[[StageNode, Row], None]) -> Iterator[Look]:
    """One phase, rows `first` to before `last`, looked at every few seconds; `done` is told of every end in between."""
    nodes = nodes_of(rows)
    phase = range(first, last)
    end = max(rows[at].done for at in phase)
    now, told = min(rows[at].start for at in phase), set[int]()
    while now < end:
        for at in sorted(phase, key=lambda one: rows[one].done):
            if rows[at].done <= now and at not in told:
                told.add(at)
                done(nodes[at], rows[at])
        open_rows = [at for at in phase if rows[at].done > now]
        running = {str(at): _progress(rows[at], now) for at in open_rows if rows[at].start <= now}
        yield Look(
            now,
            tuple(nodes[at] for at in open_rows),
            frozenset(str(at) for at in phase if rows[at].trained <= now),
            running,
            {key: now - rows[int(key)].start for key in running},
            end,
        )
        now += EVERY


def _progress(row: Row, now: float) -> Progress | None:
    if row.start in (row.trained, now):
        return None
    steps = 100
    step = min(steps, int(steps * (now - row.start) / (row.trained - row.start)))
    return Progress(step=step, steps=steps, seconds=min(now, row.trained) - row.start) if step else None
