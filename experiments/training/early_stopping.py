"""Guards that end a stage: the trainer's own KL and entropy are read while it trains, and the rate falls to zero."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from curricula.guards import STOP_GUARDS, Guards, StopGuard, StopRule, stops
from experiments.nodes.guarded import Limit


@dataclass
class Window:
    """The mean over at least the last so many steps of what is logged every few of them."""

    over: int
    logs: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, value: float, steps: int) -> float | None:
        """With the mean over `steps` more; None while there are too few."""
        self.logs.append((value, steps))
        while sum(steps for _, steps in self.logs) - self.logs[0][1] >= self.over:
            self.logs.popleft()
        total = sum(steps for _, steps in self.logs)
        return sum(value * steps for value, steps in self.logs) / total if total >= self.over else None


@dataclass
class Watched:
    """One guard: whether the mean of what is logged under its name goes beyond its limit."""

    guard: StopGuard
    limit: float | None
    """None until the entropy that it is a share of was read."""
    share: float | None
    window: Window
    worst: float | None = None
    struck: int | None = None

    def read(self, value: float, steps: int, step: int) -> bool:
        """Take a mean over `steps` up to `step`; whether the guard strikes."""
        mean = self.window.add(value, steps)
        if mean is None:
            return False
        if self.limit is None:
            assert self.share is not None
            self.limit = self.share * mean
        self.worst = mean if self.worst is None else self.rule.worse(self.worst, mean)
        if self.rule.beyond(mean, self.limit):
            self.struck = step
        return self.struck is not None

    @property
    def rule(self) -> StopRule:
        """What the guard reads, and on which side of its limit it strikes."""
        return STOP_GUARDS[self.guard]

    @property
    def told(self) -> Limit:
        """For the record."""
        return Limit(guard=self.guard, limit=self.limit, worst=self.worst, struck=self.struck)


class EarlyStopping(TrainerCallback):  # type: ignore[misc]
    """Ends a stage whose guards strike. Steps here are optimizer steps, of which a stage's step may have several."""

    def __init__(self, guards: Guards, updates: int = 1) -> None:
        """`updates`: optimizer steps of the trainer's a step of the stage."""
        self._updates, self._share, self._logged = updates, guards.fall, 0
        self._start = 0
        self._end: int | None = None
        self.watched = [Watched(guard, limit, share, Window(guards.over)) for guard, limit, share in stops(guards)]

    def state(self) -> dict[str, Any]:
        """All that was read so far, as JSON values."""
        return {
            "logged": self._logged,
            "start": self._start,
            "end": self._end,
            "watched": [
                {"limit": each.limit, "worst": each.worst, "struck": each.struck, "logs": list(each.window.logs)}
                for each in self.watched
            ],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._logged, self._start, self._end = state["logged"], state["start"], state["end"]
        for each, kept in zip(self.watched, state["watched"], strict=True):
            each.limit, each.worst, each.struck = kept["limit"], kept["worst"], kept["struck"]
            each.window.logs.extend((value, steps) for value, steps in kept["logs"])

    def falling(self, factor: Callable[[int], float]) -> Callable[[int], float]:
        """A factor on the learning rate by update, which falls to zero once a guard has struck."""
        return lambda update: factor(update) * self._left(update)

    def _left(self, update: int) -> float:
        if self._end is None:
            return 1.0
        return min(1.0, max(0.0, (self._end - update) / (self._end - self._start)))

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Read what was logged of the steps since the last time."""
        step = state.global_step // self._updates
        steps, self._logged = step - self._logged, step
        if not steps or self._end is not None or logs is None or "reward" not in logs:
            return
        read = [(each, logs[each.rule.logged]) for each in self.watched if each.rule.logged in logs]
        struck = [each.read(value, steps, step) for each, value in read]
        if any(struck) and state.global_step < state.max_steps:
            length = max(1, min(round(self._share * step), state.max_steps // self._updates - step))
            self._start = state.global_step
            self._end = self._start + self._updates * length * (self._share > 0)
            control.should_training_stop |= self._end == self._start

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """The stage is over when the rate has fallen."""
        if self._end is not None and state.global_step >= self._end:
            control.should_log = control.should_training_stop = True
