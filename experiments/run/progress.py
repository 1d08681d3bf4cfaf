"""What a person sees while stages run: every node with its state, step, reward, and the time left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence, Set
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
from experiments.store import Progress, View

GLYPHS: dict[State, tuple[str, str]] = {
    "running": ("◐", "bold cyan"),
    "failed": ("✗", "bold red"),
    "blocked": ("–", "red"),
    "waiting": ("○", "dim"),
    "done": ("●", "green"),
}
"""State → its sign and style; in the order in which nodes are shown when not all of them fit."""
LONGEST = 300
"""Characters of a failure's cause; all of it is in the report, and its traceback in the store."""


@dataclass
class Rates:
    """Seconds of an optimizer step and of a measurement, learnt from the nodes that finish while we watch."""

    steps: int = 0
    training: float = 0.0
    """Seconds of all these steps, with what starts and keeps a stage."""
    measured: int = 0
    measuring: float = 0.0
    """Seconds of all these measurements."""

    def learn(self, node: StageNode, seconds: float, measuring: float, *, trained: bool) -> None:
        """Take a finished node into account that took so long, of which so long for measuring; `trained`: before.

        A base node has another kind of step, which is left out.
        """
        if node.measured:
            self.measured += 1
            self.measuring += measuring
        if node.stage is not None and not trained:
            self.steps += node.stage.training.steps
            self.training += max(0.0, seconds - measuring)

    def left(self, nodes: Sequence[StageNode], trained: Set[str], slots: int) -> float | None:
        """Seconds until `nodes`, some of which are trained, are done on `slots` workers.

        None before anything finished that tells.
        """
        stages = [node.stage for node in nodes if node.stage is not None and node.id not in trained]
        steps = sum(stage.training.steps for stage in stages)
        measured = sum(node.measured for node in nodes)
        if (steps and not self.steps) or (measured and not self.measured):
            return None
        seconds = steps * self.training / max(1, self.steps) + measured * self.measuring / max(1, self.measured)
        return seconds / max(1, slots)


@dataclass
class LiveProgress:
    """A live view on a terminal, one line per finished node elsewhere, and one for each that fails. Used as a context
    and as an `Observer`.

    Nodes that join a growing tree are shown from their first change of state.
    """

    console: Console
    view: View
    tree: StageTree
    title: str
    slots: int
    status: Callable[[], str] | None = None
    """What to say in place of the time left, which nobody knows while the tree grows."""
    rates: Rates = field(default_factory=Rates)
    states: dict[str, State] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
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
        todo = len(self.states) - len(finished)
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
        before, self.states[node.id] = self.states.get(node.id), state
        self.nodes.setdefault(node.id, node)
        if state == "running":
            self.started.setdefault(node.id, time.monotonic())
            if progress := self.view.store.progress(node):
                self.steps[node.id] = progress
        elif state == "done" and before == "running":
            self._learn(node, time.monotonic() - self.started[node.id])
            if node.parent is None:
                self._tell_of_base(node)
        if before == "running" and (state == "failed" or (state == "done" and not self.live.is_started)):
            # Above the live view, where there is one: what fails early should not wait for the end to be known.
            self.console.print(self._line(node), style="red" if state == "failed" else "", soft_wrap=True)

    def _learn(self, node: StageNode, seconds: float) -> None:
        trained, measuring = node.id in self.trained, 0.0
        if trained:
            measuring = seconds
        elif node.measured:
            # A record that cannot be read leaves an estimate that is a little off, and nothing worse.
            with suppress(StoreError):
                measuring = self.view.record(node).cost.eval_seconds
        self.rates.learn(node, seconds, measuring, trained=trained)

    def _tell_of_base(self, base: StageNode) -> None:
        """What was seen of the base model that a person may want to mend before hours go into its stages."""
        with suppress(StoreError):
            for note in cut_notes(self.view.setup, self.view.record(base)):
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
        reward = "" if progress.reward is None else f"{self._measure(node)} {progress.reward:.3f}"
        return where, Text(f"step {progress.step}/{progress.steps}"), Text(reward)

    def _measure(self, node: StageNode) -> str:
        return "reward" if node.stage is not None and node.stage.training.method == "grpo" else "loss"

    def _line(self, node: StageNode) -> str:
        ended = sum(state in ("done", "failed") for state in self.states.values())
        seconds = time.monotonic() - self.started.get(node.id, time.monotonic())
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
        waiting = [node for node in self.nodes.values() if self.states[node.id] in ("waiting", "running")]
        left = self.rates.left(waiting, self.trained, self.slots)
        return f"  ({rough_duration(left)} left)" if left else ""

    def _summary(self) -> str:
        counts = Counter(self.states.values())
        parts = [f"{counts[state]} {state}" for state in GLYPHS if counts[state]]
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
    return f"seed {node.seed}  {' → '.join(node.path)}" if node.path else "base model"


def rough_duration(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
