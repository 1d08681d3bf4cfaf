"""What one stage says of its training in place of the defaults."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from curricula.guards import Guards
from curricula.one_way import said_one_way
from curricula.stage import Method, Optim, Precision, Training
from domains.frozen import Frozen


class TrainingOverride(Frozen):
    """The same keys as `training`; those that are written replace the default for one stage."""

    method: Method | None = None
    steps: int | None = Field(None, gt=0, le=1_000_000)
    epochs: float | None = Field(None, gt=0, le=10_000, exclude_if=lambda epochs: epochs is None)
    prompts: int | None = Field(None, gt=0, le=100_000)
    rollouts: int | None = Field(None, ge=2, le=10_000)
    max_tokens: int | None = Field(None, gt=0, le=10_000_000)
    learning_rate: float | None = Field(None, gt=0)
    lr_schedule: Literal["constant", "linear", "cosine"] | None = None
    warmup_steps: int | None = Field(None, ge=0)
    warmup_ratio: float | None = Field(None, ge=0, lt=1, exclude_if=lambda ratio: ratio is None)
    optim: Optim | None = Field(None, exclude_if=lambda name: name is None)
    weight_decay: float | None = Field(None, ge=0, lt=1, exclude_if=lambda decay: decay is None)
    max_grad_norm: float | None = Field(None, ge=0, exclude_if=lambda norm: norm is None)
    optimizer: Literal["reset", "carry"] | None = None
    kl: float | None = Field(None, ge=0)
    kl_to: Literal["stage", "base"] | None = None
    temperature: float | None = Field(None, gt=0)
    loss: Literal["sequence", "token"] | None = None
    batches: Literal["mixed", "single"] | None = None
    precision: Precision | None = Field(None, exclude_if=lambda precision: precision is None)
    gradient_checkpointing: bool | None = Field(None, exclude_if=lambda asked: asked is None)
    micro_batch: int | None = Field(None, gt=0, le=10_000_000, exclude_if=lambda size: size is None)
    checkpoint_every: int | None = Field(None, gt=0, le=1_000_000, exclude_if=lambda steps: steps is None)
    guards: Guards | None = Field(None, exclude_if=lambda guards: guards is None)
    trl: dict[str, Any] | None = Field(None, exclude_if=lambda passed: passed is None)
    """Added key by key to `training.trl`, whose other keys stand."""

    _one_way = model_validator(mode="after")(said_one_way)

    def over(self, training: Training) -> Training:
        """`training` with every key that is written here replaced."""
        written = self.model_dump(exclude_none=True, exclude={"trl", "guards"})
        if self.guards is not None:
            written["guards"] = self.guards
        if self.trl:
            written["trl"] = {**training.trl, **self.trl}
        if "warmup_ratio" in written:
            written["warmup_steps"] = 0
        elif "warmup_steps" in written:
            written["warmup_ratio"] = None
        if "steps" in written:
            written["epochs"] = None
        return training.model_copy(update=written)
