"""What watches a stage while it trains: progress, the curve, and numbers that stop being numbers."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from domains.errors import StageError
from experiments.nodes.record import CURVE_POINTS
from experiments.training.sharding import own

Beat = Callable[[int, int, float | None, float], None]
"""Heartbeat: step, steps, latest reward (or loss), seconds so far."""

BEAT_SECONDS = 1.0
LOGGED = {"entropy": "entropy", "kl": "kl", "clip_ratio/region_mean": "clipped"}
"""TRL's name of what it logs of rollouts → ours (`Health`)."""


class Watch(TrainerCallback):  # type: ignore[misc]
    """Collects the curve, stops a stage whose loss is not finite, and sends heartbeats: of the first step, of the last
    and at most one a second."""

    def __init__(self, beat: Beat, updates: int = 1) -> None:
        """`updates`: optimizer steps of the trainer's a step of the stage."""
        self._updates = updates
        self.curve: list[float] = []
        self.tokens = 0
        self.before = 0.0
        """Seconds that were spent on the stage before it was taken up again."""
        self.steps = 0
        self._beat = beat
        self._start = self._last = time.monotonic()
        self._first: float | None = None
        self._end = self._start
        self._ended = 0
        self._logged = 0
        self._sums: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()

    @property
    def step_seconds(self) -> float:
        """Seconds a step, without the trainer's start: from the end of the first step to the end of the last."""
        if self._first is None or self._ended == 1:
            return self._end - self._start
        return self._updates * (self._end - self._first) / (self._ended - 1)

    @property
    def means(self) -> dict[str, float]:
        """Mean over the stage's steps of what was logged of rollouts, by our names."""
        return {name: total / self._steps[name] for name, total in self._sums.items()}

    def paused(self, seconds: float) -> None:
        """Of the time since the last step so much was not training's own."""
        if self._first is not None:
            self._first += seconds
            # Of a stage's only step its end is all that is known.
            self._end += seconds * (self._ended > 1)

    def state(self) -> dict[str, Any]:
        """All of it as JSON values, times as seconds since the start."""
        return {
            "curve": self.curve,
            "tokens": self.tokens,
            "logged": self._logged,
            "sums": self._sums,
            "steps": self._steps,
            "seconds": time.monotonic() - self._start,
            "first": None if self._first is None else self._first - self._start,
            "end": self._end - self._start,
            "ended": self._ended,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave; the time between does not count."""
        self.before = state["seconds"]
        self._start = time.monotonic() - self.before
        self.curve, self.tokens = list(state["curve"]), state["tokens"]
        self._logged, self._sums, self._steps = state["logged"], Counter(state["sums"]), Counter(state["steps"])
        self._first = None if state["first"] is None else self._start + state["first"]
        self._end, self._ended = self._start + state["end"], state["ended"]

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Take the window's mean reward (GRPO) or loss (SFT) from the trainer's log."""
        logs = logs or {}
        for name in ("loss", "grad_norm"):
            if name in logs and not math.isfinite(logs[name]):
                raise StageError(
                    "training",
                    f"{name} became {logs[name]} by step {state.global_step}. Lower learning_rate.",
                )
        self.tokens = int(logs.get("num_tokens") or self.tokens)
        self._add(logs, state.global_step)
        value = logs.get("reward", logs.get("loss"))
        if value is not None and len(self.curve) < CURVE_POINTS:
            self.curve.append(float(value))

    def _add(self, logs: dict[str, Any], step: int) -> None:
        """Each log is the mean over the steps since the last one."""
        steps, self._logged = step - self._logged, step
        for theirs, ours in LOGGED.items():
            value = logs.get(theirs) if "reward" in logs else None
            if value is not None and math.isfinite(value) and steps:
                self._sums[ours] += value * steps
                self._steps[ours] += steps

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Heartbeat, throttled: it is written to the store."""
        now = time.monotonic()
        begins = self._first is None
        self._first = now if self._first is None else self._first
        self._end = now
        self._ended += 1
        self.steps = state.global_step // self._updates
        if begins or now - self._last >= BEAT_SECONDS or state.global_step == state.max_steps:
            self._last = now
            latest = self.curve[-1] if self.curve else None
            step, steps = state.global_step // self._updates, state.max_steps // self._updates
            self._beat(step, steps, latest, now - self._start)


def check_weights(network: torch.nn.Module) -> None:
    """Raise StageError if a weight is NaN or infinite, of what this process has of it."""
    for name, weight in network.named_parameters():
        if not bool(torch.isfinite(own(weight)).all()):
            raise StageError("training", f"the weights of {name} are not finite. Lower learning_rate.")


def weights_hash(network: torch.nn.Module) -> tuple[bytes, ...]:
    """A hash of each weight that is trained: without a copy of them it can be seen whether any bit moved."""
    trained = (own(weight.detach()) for weight in network.parameters() if weight.requires_grad)
    return tuple(blake2b(weight.cpu().reshape(-1).view(torch.uint8).numpy().data).digest() for weight in trained)
