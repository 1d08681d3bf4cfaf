"""A stage that is measured on its way: every domain at several of its steps, and the weights of the best one kept.

Measuring changes nothing: the model is read in evaluation mode and in float32, and random numbers go on as if nobody
had asked. What was measured, and the best weights so far, are part of a stage's work in progress.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import load_file, save_file
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from curricula.guards import SweetSpot
from curricula.stage import Stage
from experiments.measures.sweet_spot import balances, summary
from experiments.models.checkpoints import LanguageModel
from experiments.nodes.course import Course, Point, PointScores
from experiments.training.precision import read_in_float32
from experiments.training.ranks import first, from_first
from experiments.training.saving import saved_in
from experiments.training.sharding import gathered, like, own
from experiments.training.watch import Watch

FILE = "best.safetensors"


class Examiner(Protocol):
    """Measures a model on the first validation items of every domain."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Domain → UTF-8 bytes of those items' references together."""
        ...

    def __call__(self, network: LanguageModel) -> tuple[dict[str, PointScores], int]:
        """`network` in evaluation mode; with the tokens that were read and written."""
        ...


@dataclass(eq=False)
class CourseRecorder(TrainerCallback):  # type: ignore[misc]
    """Follows one stage. Steps here are the stage's, of which each may be several of the trainer's updates."""

    guard: SweetSpot
    stage: Stage
    network: LanguageModel
    examiner: Examiner
    watch: Watch
    folder: Path
    """Where the best weights so far lie; emptied by whoever made it."""
    updates: int = 1
    found: Path | None = None
    """Work in progress that the stage goes on from."""

    def __post_init__(self) -> None:
        steps = self.stage.training.steps
        self.planned = {round(at * steps / self.guard.points) for at in range(self.guard.points + 1)}
        self.points: list[Point] = []
        self.tokens = 0

    def state(self) -> dict[str, Any]:
        """All that was measured so far, as JSON values."""
        return {"points": [point.model_dump(mode="json") for point in self.points], "tokens": self.tokens}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.points = [Point.model_validate(point) for point in state["points"]]
        self.tokens = state["tokens"]
        if self.found is not None and (self.found / FILE).is_file():
            shutil.copyfile(self.found / FILE, self.folder / FILE)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """The model that the stage starts from."""
        if self.found is None:
            self._measure(0)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """At the steps that are planned."""
        step, rest = divmod(state.global_step, self.updates)
        if not rest and step in self.planned:
            self._measure(step)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """The best weights so far go with what the trainer saves."""
        if first() and (self.folder / FILE).is_file():
            shutil.copyfile(self.folder / FILE, saved_in(args, state) / FILE)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Once more, where another guard ended the stage early."""
        self._measure(state.global_step // self.updates)

    def settle(self) -> Course:
        """Put the best weights back, where that is asked for, and say how the stage went."""
        kept = self._best if self.guard.keep == "best" else self.points[-1].step
        if kept != self.points[-1].step:
            weights = load_file(self.folder / FILE)
            with torch.no_grad():
                for name, weight in self._trained():
                    own(weight).copy_(own(like(weights[name], weight)))
        return Course(
            points=tuple(self.points),
            trained=self.stage.mixture,
            sizes=dict(self.examiner.sizes),
            most=self.guard.loss,
            kept=kept,
            tokens=self.tokens,
        )

    @property
    def _best(self) -> int:
        return summary(balances(self.points, self.stage.mixture, self.examiner.sizes), self.guard.loss).best

    def _measure(self, step: int) -> None:
        if self.points and self.points[-1].step == step:
            return
        started, training = time.monotonic(), self.network.training
        with torch.random.fork_rng(), read_in_float32(self.network), gathered(self.network):
            # What is asked may cost money, and every process must choose the same point.
            domains, tokens = from_first(lambda: self.examiner(self.network.eval()))
            self.points.append(Point(step=step, domains=domains))
            if self.guard.keep == "best" and self._best == step:
                save_file(
                    {name: weight.detach().cpu().contiguous() for name, weight in self._trained()}, self.folder / FILE
                )
        self.network.train(training)
        self.tokens += tokens
        self.watch.paused(time.monotonic() - started)

    def _trained(self) -> list[tuple[str, torch.nn.Parameter]]:
        return [(name, weight) for name, weight in self.network.named_parameters() if weight.requires_grad]
