"""What a person sees while stages run: every node with its state, step, reward, and the time left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from domains.errors import StoreError
from experiments.analysis.notes.cut_notes import cut_notes
from experiments.analysis.words import short
from experiments.executors.base import State
from experiments.nodes.tree import StageNode, StageTree
from experiments.run.durations import rough_duration, rough_range
from experiments.run.experience import Experience
from experiments.run.remaining import Countdown, Range, left
from experiments.run.silence import Silence
from experiments.run.worker_clock import WorkerClock
from experiments.store import Progress, View

GLYPHS: dict[State, tuple[str, str]] = {
    "running": ("◐", "bold cyan"),
    "failed": ("✗", "bold red"),
    "blocked": ("–", "red"),
    "waiting": ("○", "dim"),
    "done": ("●", "green"),
}
"""State → its sign and style; in the order in which nodes are shown when not all of them fit."""
RECALLED = 200
"""Finished nodes, the latest of a tree, of which the store is asked how long they took."""
LONGEST = 300
"""Characters of a failure's cause; all of it is in the report, and its traceback in the store."""


@dataclass
class LiveProgress:
    """A live view on a terminal; elsewhere a line for each node that ends, and one now and then while none does.

    Used as a context and as an `Observer`.

    Nodes that join a growing tree are shown from their first change of state.
    """

    console: Console
    view: View
    tree: StageTree
    title: str
    slots: int
    status: Callable[[], str] | None = None
    """What to say in place of the time left, which nobody knows while the tree grows."""
    known: Experience = field(default_factory=Experience)
    said: set[str] = field(default_factory=set)
    """Notes that were printed; what is told of the base model joins them."""
    states: dict[str, State] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    """When a node started, by the workers' clock."""
    steps: dict[str, Progress] = field(default_factory=dict)
    nodes: dict[str, StageNode] = field(default_factory=dict)
    trained: set[str] = field(default_factory=set)
    """Nodes that were trained before: what they still take is measuring alone."""

    def __enter__(self) -> Self:
        """Take stock of what is finished, and begin to draw."""
        finished = self.view.finished(self.tree.nodes)
        self.nodes = dict(self.tree.by_id)
        self.trained = {node.id for node in self.tree.nodes if self.view.has_weights(node)}
        self.states = {node.id: "done" if node.id in finished else "waiting" for node in self.tree.nodes}
        self.counts = Counter(self.states.values())
        self.changes = 0
        self.clock, self.countdown = WorkerClock(self.slots, at=time.monotonic()), Countdown()
        self.silence = Silence()
        todo = len(self.states) - len(finished)
        if todo and self.status is None:
            self._recall(finished)
        self.console.print(f"[bold]{self.title}[/]: {self._plan(finished)}")
        self.live = Live(get_renderable=self.render, console=self.console, refresh_per_second=2, transient=True)
        if self.console.is_terminal and (todo or self.status):
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        self.live.stop()

    def __call__(self, node: StageNode, state: State) -> None:
        """Note a change, or a heartbeat of a running node."""
        before = self._note(node, state)
        if state == "waiting":
            # It begins again: the attempt that was lost says nothing of how long one takes.
            self.started.pop(node.id, None)
            self.steps.pop(node.id, None)
        elif state == "running":
            self.started.setdefault(node.id, self._now())
            if progress := self.view.store.progress(node):
                self.steps[node.id] = progress
            if not self.live.is_started and self.silence.long:
                self._tell(self._sign(node))
        elif state == "done" and before == "running":
            self._learn(node, self._now() - self.started[node.id])
            if node.parent is None:
                self._tell_of_base(node)
        if before == "running" and (state == "failed" or (state == "done" and not self.live.is_started)):
            # Above the live view, where there is one: what fails early should not wait for the end to be known.
            self._tell(self._line(node), "red" if state == "failed" else "")

    def _note(self, node: StageNode, state: State) -> State | None:
        """What the node's state was before."""
        before, self.states[node.id] = self.states.get(node.id), state
        self.nodes.setdefault(node.id, node)
        if state != before:
            self.counts[state] += 1
            if before is not None:
                self.counts[before] -= 1
            self.changes += before is None or state not in ("waiting", "running")
            self.clock.turn(time.monotonic(), self.counts["running"])
        return before

    def _now(self) -> float:
        return self.clock.seconds(time.monotonic())

    def _tell(self, line: str, style: str = "") -> None:
        self.silence.end()
        self.console.print(line, style=style, highlight=False, soft_wrap=True)

    def _recall(self, finished: Set[str]) -> None:
        """What the store tells of how long such nodes take."""
        if self.known.stored.measuring.weight:
            return
        for node in [node for node in self.tree.nodes if node.id in finished][-RECALLED:]:
            # A record that cannot be read leaves an estimate that is a little off, and nothing worse.
            with suppress(StoreError):
                cost = self.view.record(node).cost
                self.known.stored.learn(node, cost.train_seconds, cost.eval_seconds)

    def _learn(self, node: StageNode, seconds: float) -> None:
        trained = node.id in self.trained
        training, measuring = (0.0, seconds) if trained else (seconds, 0.0)
        if not trained:
            with suppress(StoreError):
                cost = self.view.record(node).cost
                training, measuring = cost.train_seconds, cost.eval_seconds
        self.known.learn(node, training, measuring, seconds, trained=trained)

    def _tell_of_base(self, base: StageNode) -> None:
        """What was seen of the base model that a person may want to mend before hours go into its stages."""
        with suppress(StoreError):
            for note in cut_notes(self.view.setup, self.view.record(base)):
                self.said.add(note)
                self.console.print(f"  Note: {note}", style="yellow", markup=False, soft_wrap=True)

    def render(self) -> RenderableType:
        """The whole picture, cut to the terminal's height."""
        room = max(4, self.console.height - 4)
        rank = {state: index for index, state in enumerate(GLYPHS)}
        nodes = list(self.nodes.values())
        if len(nodes) > room:
            first = sorted(nodes, key=lambda node: rank[self.states[node.id]])[: room - 1]
            kept = {node.id for node in first}
            nodes = [node for node in nodes if node.id in kept]
        table = Table.grid(padding=(0, 2))
        for node in nodes:
            table.add_row(*self._row(node))
        hidden = len(self.nodes) - len(nodes)
        more = [Text(f"… and {hidden} more", style="dim")] if hidden else []
        return Group(table, *more, Text(self._summary(), style="bold"))

    def _row(self, node: StageNode) -> tuple[Text, ...]:
        state = self.states[node.id]
        glyph, style = GLYPHS[state]
        where = Text(f"{glyph} {_which(node)}", style=style)
        progress = self.steps.get(node.id)
        if state != "running" or progress is None:
            return where, Text(state, style=style), Text("")
        return where, Text(_step(progress)), Text(_reward(node, progress))

    def _sign(self, node: StageNode) -> str:
        """What a log is told while nothing ends: what runs, how far that is, and how far all is."""
        progress = self.steps.get(node.id)
        so_far = rough_duration(self._now() - self.started[node.id])
        if progress:
            doing = ", ".join(filter(None, (_step(progress), _reward(node, progress))))
        else:
            doing = f"no step yet after {so_far}" if node.stage is not None else f"for {so_far}"
        others = self.counts["running"] - 1
        more = f" and {others} more" if others else ""
        ended = self.counts["done"] + self.counts["failed"]
        status = f"; {escape(self.status())}" if self.status is not None else ""
        return f"  … running: {_which(node)}, {doing}{more}; {ended} of {len(self.states)} ended{self._left()}{status}"

    def _line(self, node: StageNode) -> str:
        ended = self.counts["done"] + self.counts["failed"]
        seconds = self._now() - self.started.get(node.id, self._now())
        state = self.states[node.id]
        why = f": {escape(self._cause(node))}" if state == "failed" else self._left()
        return f"  \\[{ended}/{len(self.states)}] {_which(node)}  {state}  {seconds:.0f} s{why}"

    def _cause(self, node: StageNode) -> str:
        """Where and why a node failed, in one line."""
        failure = self.view.failure(node)
        return short(f"{failure.boundary}: {' '.join(failure.cause.split())}", LONGEST) if failure else "cause unknown"

    def _left(self) -> str:
        if self.status is not None:
            return ""
        todo = self.counts["waiting"] + self.counts["running"]
        found = self.countdown(time.monotonic(), self.changes, todo, self._reckon)
        return f"  ({rough_range(found)} left of this part)" if found else ""

    def _reckon(self) -> Range | None:
        todo = [node for node in self.nodes.values() if self.states[node.id] in ("waiting", "running")]
        now, running = self._now(), [node.id for node in todo if self.states[node.id] == "running"]
        return left(
            todo,
            self.known,
            self.trained,
            {key: self.steps.get(key) for key in running},
            {key: now - self.started[key] for key in running},
            self.slots,
        )

    def _summary(self) -> str:
        parts = [f"{self.counts[state]} {state}" for state in GLYPHS if self.counts[state]]
        status = f"\n{self.status()}" if self.status is not None else ""
        return f"{self.title}: {', '.join(parts)}{self._left()}{status}"

    def _plan(self, finished: Set[str]) -> str:
        if self.status is not None:
            return self.status()
        left = [node for node in self.tree.nodes if node.id not in finished]
        again = sum(self.view.has_weights(node) for node in left)
        todo = len(left) - again
        base = sum(not node.path and not self.view.has_weights(node) for node in left)
        stages = f"{todo - base} stage{'s' * (todo - base != 1)} to run"
        parts = [f"the base model and {stages}" if base else stages]
        parts += [f"{again} trained and to measure"] if again else []
        parts += [f"{len(finished)} already done"] if finished else []
        return ", ".join(parts)


def _which(node: StageNode) -> str:
    """A merge is named by what is made into one, and how."""
    if node.merge is None:
        return f"seed {node.seed}  {' → '.join(node.path)}" if node.path else "base model"
    return f"seed {node.seed}  {node.label} of {' and '.join(' → '.join(one.path) for one in node.sources)}"


def _step(progress: Progress) -> str:
    """Where a node is; once its last step is done it is being measured."""
    return f"step {progress.step}/{progress.steps}" if progress.step < progress.steps else "trained, now measured"


def _reward(node: StageNode, progress: Progress) -> str:
    if progress.reward is None or progress.step >= progress.steps:
        return ""
    grpo = node.stage is not None and node.stage.training.method == "grpo"
    return f"{'reward' if grpo else 'loss'} {progress.reward:.3f}"
