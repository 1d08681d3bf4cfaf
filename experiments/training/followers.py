"""What follows a stage while it trains: its curve, its rollouts, its guards, and how it does on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from transformers import TrainerCallback

from curricula.guards import NONE
from curricula.stage import Stage
from experiments.models.checkpoints import LanguageModel
from experiments.nodes.course import Course
from experiments.nodes.guarded import Guarded
from experiments.nodes.record import Cost
from experiments.training.course import CourseRecorder, Examiner
from experiments.training.early_stopping import EarlyStopping
from experiments.training.saving import Kept
from experiments.training.settings import updates
from experiments.training.tally import RolloutTally
from experiments.training.watch import Beat, Watch


@dataclass(frozen=True)
class Followers:
    """Those of one stage. What they saw is part of its work in progress."""

    stage: Stage
    watch: Watch
    tally: RolloutTally
    stopping: EarlyStopping
    recorder: CourseRecorder | None
    """None where its guards do not ask how it does on the way."""

    @classmethod
    def of(
        cls,
        stage: Stage,
        network: LanguageModel,
        beat: Beat,
        examiner: Examiner | None,
        folder: Path,
        found: Path | None,
    ) -> Self:
        """`folder`: an empty one, for the best weights so far; `found`: work in progress that it goes on from."""
        each, guards = updates(stage.training), stage.training.guarded_by
        watch, spot = Watch(beat, each), guards.sweet_spot
        recorder = None
        if spot and examiner:
            recorder = CourseRecorder(spot, stage, network, examiner, watch, folder, each, found)
        return cls(stage, watch, RolloutTally(), EarlyStopping(guards, each), recorder)

    @property
    def callbacks(self) -> list[TrainerCallback]:
        """Those that hear of the trainer's steps, in this order."""
        return [self.watch, self.stopping, *([self.recorder] if self.recorder else [])]

    @property
    def kept(self) -> Mapping[str, Kept]:
        """What is saved with the stage, by the names under which it is."""
        always: dict[str, Kept] = {"watch": self.watch, "tally": self.tally, "limits": self.stopping}
        return always | ({"way": self.recorder} if self.recorder else {})

    def guarded(self, course: Course | None) -> Guarded | None:
        """What the stage's guards did; None where it has none."""
        if self.stage.training.guarded_by == NONE:
            return None
        limits = tuple(each.told for each in self.stopping.watched)
        return Guarded(limits=limits, course=course, planned=self.stage.training.steps, done=self.watch.steps)

    def cost(self, seconds: float, course: Course | None) -> Cost:
        """Of a stage that took so long here; what was spent on it before comes on top."""
        return Cost(
            steps=self.watch.steps,
            rollouts=self.watch.steps * self.stage.training.completions,
            tokens=self.watch.tokens + (course.tokens if course else 0),
            stopped=self.tally.stopped.total(),
            abstained=self.tally.abstained,
            unread=self.tally.unread,
            train_seconds=seconds + self.watch.before,
            step_seconds=self.watch.step_seconds,
        )
