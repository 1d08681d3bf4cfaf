"""A stage's work in progress: saved every so many steps, and taken up again to the bit.

Weights, the optimizer's moments, the rate's position, the trainer's own state and all random numbers are written and
read by transformers' Trainer. What it and TRL's trainers leave out stands in a file of ours beside them: what was
logged of a window of steps that is not yet over, tokens so far, what the stage's followers hold. Of
processes that share a stage each has its own random numbers and its own such file, in one folder. It is saved between
a generation's last step and the next generation, so rollouts that wait to be used are never part of it, and the model
that a KL penalty holds to is made anew from where the stage began.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from experiments.training.ranks import everyone, first, rank

FILE = "stage.json"
NEEDLESS = "training_args.bin"
"""A pickle that nothing reads."""
COUNTED = ("_total_train_tokens", "_globalstep_last_logged")
"""Numbers of the trainers that begin anew where training is taken up again, and matter."""


@dataclass(frozen=True)
class Saving:
    """Where a stage's work in progress goes, and what is there of it already."""

    keep: Callable[[Path], None]
    """Is given a folder whose files are all there is; the folder is gone afterwards. Every process of the stage calls
    it; the first alone keeps what is there."""
    every: int | None = None
    """Steps of the stage between two; None: nothing is saved."""
    found: Path | None = None
    """What was given to `keep` last by whoever worked on the stage before."""


class Kept(Protocol):
    """What a stage holds beside its trainer."""

    def state(self) -> dict[str, Any]:
        """All of it as JSON values."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        ...


class Saver(TrainerCallback):  # type: ignore[misc]
    """Says when to save, and keeps and restores what the trainer itself does not."""

    trainer: Trainer
    """Set before it trains."""

    def __init__(self, saving: Saving, kept: Mapping[str, Kept], updates: int = 1) -> None:
        """`kept` by name; `updates`: optimizer steps of the trainer's a step of the stage."""
        self._saving, self._kept = saving, kept
        self._every = (saving.every or 0) * updates

    def attach(self, trainer: Trainer) -> None:
        """Hear of `trainer`'s steps, after everything else that does."""
        self.trainer = trainer
        # TRL would render one at every save.
        trainer.create_model_card = lambda **_: None
        trainer.add_callback(self)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Put back what the trainer has not, after it has set all of this to nothing."""
        if self._saving.found is None:
            return
        saved = json.loads((self._saving.found / _file()).read_text("utf-8"))
        trainer = self.trainer
        for name, value in saved["counted"].items():
            setattr(trainer, name, value)
        trainer._tr_loss.fill_(saved["loss"])
        trainer._metrics["train"].update(saved["metrics"])
        for name, kept in self._kept.items():
            kept.restore(saved["kept"][name])

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """After the last step the node itself is kept."""
        step = state.global_step
        control.should_save = bool(self._every) and step % self._every == 0 and step < state.max_steps

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Add what the trainer leaves out, and hand everything over."""
        folder = saved_in(args, state)
        (folder / _file()).write_text(json.dumps(self._state()), encoding="utf-8")
        # When all have written theirs.
        everyone(None)
        if first():
            (folder / NEEDLESS).unlink(missing_ok=True)
        self._saving.keep(folder)
        if first():
            shutil.rmtree(folder)

    def _state(self) -> dict[str, Any]:
        trainer, metrics = self.trainer, self.trainer._metrics["train"]
        return {
            "counted": {name: getattr(trainer, name) for name in COUNTED if hasattr(trainer, name)},
            "loss": trainer._tr_loss.item(),
            "metrics": {name: [float(value) for value in values] for name, values in metrics.items()},
            "kept": {name: kept.state() for name, kept in self._kept.items()},
        }


def saved_in(args: TrainingArguments, state: TrainerState) -> Path:
    """The folder that the trainer has saved its own work in progress in."""
    return Path(args.output_dir) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"


def _file() -> str:
    """This process's own."""
    return FILE if first() else f"{rank()}-{FILE}"
