"""A stage: one unit of training. A schedule's whole content is a tuple of these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal, Protocol

from pydantic import Field, field_validator, model_validator

from curricula.compositions import Composed
from curricula.guards import NONE, Guards
from curricula.merge import Merge
from curricula.one_way import said_one_way
from curricula.rollouts import VLLM_PLACES
from curricula.shares import share_out
from domains.frozen import Frozen

Method = Literal["sft", "grpo"]
OrderName = Literal["bwt", "bwt_entropy", "entropy", "greedy", "given", "random", "reverse"]
"""Rules by which an order of domains is found (scheduler/orderings/)."""
Role = Literal["base", "probe", "main", "composition", "order", "random", "joint", "merge", "trial"]
"""What a schedule is there for: `base` trains nothing; `probe` measures transfer; `main` is the one that a report is
about, `composition` its order composed otherwise, `order` another order, `random` a random one; `joint` is joint
training as a baseline; `merge` is made of others without training; `trial` was proposed by a search."""
RateName = Literal["per_stage", "whole", "trunk"]
"""How the learning rate moves over a schedule (scheduler/composing/rate_path.py)."""
Optim = Literal[
    "adamw_torch_fused", "adamw_torch", "adafactor", "adamw_8bit", "paged_adamw_8bit", "lion_8bit", "paged_lion_8bit"
]
"""Optimizers by transformers' names for them (its `optim`)."""
Precision = Literal["float32", "tf32", "bf16"]
"""In what a stage multiplies matrices."""
Probes = Literal["none", "first"]
"""Probes that a schedule's stages rest on: `first` are those of one stage, of a domain or a group each."""
MEMORY_KEYS = ("micro_batch", "gradient_checkpointing", "checkpoint_every")
"""Keys that decide a training's memory, its speed and what is lost with a worker, and its result by rounding only."""
ROUNDING = Fraction(1, 10**12)
"""Shares whose sum is so near to 1 were normalised before: each is off by less than 2⁻⁵³, domains are few."""


class Training(Frozen):
    """How one stage trains. The budget is `steps` × `prompts` (× `rollouts` for GRPO)."""

    method: Method = "grpo"
    """`sft` imitates the reference answers, `grpo` reinforces the model's own rollouts by reward."""
    steps: int = Field(150, gt=0, le=1_000_000)
    """Optimizer steps."""
    epochs: float | None = Field(None, gt=0, le=10_000, exclude_if=lambda epochs: epochs is None)
    """In place of `steps`: passes over the items of the stage's domains; turned into steps when the file is checked."""
    prompts: int = Field(8, gt=0, le=100_000)
    """Prompts (for SFT: examples) per optimizer step."""
    rollouts: int = Field(8, ge=2, le=10_000)
    """GRPO: completions sampled for each prompt, the group whose mean is the baseline."""
    max_tokens: int | None = Field(None, gt=0, le=10_000_000)
    """Longest completion. Default: the largest `max_tokens` of the stage's domains."""
    learning_rate: float = Field(2e-4, gt=0)
    """Peak learning rate."""
    lr_schedule: Literal["constant", "linear", "cosine"] = "linear"
    """Shape of the learning rate after its warm-up, over the stage (`schedule.rate: per_stage`) or over all of them
    (`whole`)."""
    warmup_steps: int = Field(0, ge=0)
    """Steps over which the learning rate rises from zero."""
    warmup_ratio: float | None = Field(None, ge=0, lt=1, exclude_if=lambda ratio: ratio is None)
    """In place of `warmup_steps`: the warm-up as a share of the steps that one `lr_schedule` spans, rounded up. These
    are the stage's; with `schedule.rate: whole` the whole path's, with `trunk` the first stage's."""
    optim: Optim = Field("adamw_torch_fused", exclude_if=lambda name: name == "adamw_torch_fused")
    """The optimizer, by transformers' name for it. Those in 8 bits and the paged ones need bitsandbytes and a GPU."""
    weight_decay: float = Field(0.0, ge=0, lt=1, exclude_if=lambda decay: not decay)
    """Decoupled weight decay (as in AdamW) on all weights except biases and norms."""
    max_grad_norm: float = Field(1.0, ge=0, exclude_if=lambda norm: norm == 1)
    """Gradients of a step whose norm is larger are scaled down to it; 0: never."""
    optimizer: Literal["reset", "carry"] = "reset"
    """`reset`: the stage starts with a fresh optimizer. `carry`: it takes over the moments of a `carry` stage just
    before it. `optim` names the optimizer."""
    kl: float = Field(0.0, ge=0)
    """GRPO: weight of the KL penalty towards the model that `kl_to` names."""
    kl_to: Literal["stage", "base"] = "stage"
    """`stage`: the model that the stage starts from; `base`: the run's base model, however far training has come."""
    temperature: float = Field(1.0, gt=0)
    """GRPO: sampling temperature of the rollouts."""
    loss: Literal["sequence", "token"] = "sequence"
    """`sequence`: the mean over a batch's sequences of each one's mean over its tokens (TRL: `grpo`). `token`: the mean
    over all tokens of the batch (TRL: `dapo`, for SFT `nll`), in which the domains with long answers weigh more."""
    batches: Literal["mixed", "single"] = "mixed"
    """Of a mixture: `mixed` batches hold prompts of all of its domains, each `single` batch those of one."""
    precision: Precision = Field("float32", exclude_if=lambda precision: precision == "float32")
    """Precision of matrix products in training: `bf16` by autocast, on a GPU or a CPU; `tf32` on a GPU from Ampere on.
    Trained weights, gradients, the optimizer's moments and evaluation stay float32."""
    gradient_checkpointing: bool | None = Field(None, exclude_if=lambda asked: asked is None)
    """Recompute activations for the gradient instead of keeping them: less memory, a third more time. Default: on a
    GPU. No part of any identity."""
    micro_batch: int | None = Field(None, gt=0, le=10_000_000, exclude_if=lambda size: size is None)
    """Most completions (SFT: examples) that go through the model at once; null: all of a step. Gradients are added up,
    so it decides memory and, but for rounding, not the result. No part of any identity."""
    checkpoint_every: int | None = Field(None, gt=0, le=1_000_000, exclude_if=lambda steps: steps is None)
    """Save a stage's work in progress to the store every so many steps: after a worker's death it goes on from there,
    to the same result. null: it begins anew. No part of any identity."""
    guards: Guards = Field(NONE, exclude_if=lambda guards: guards == NONE)
    """Which prompts are drawn, when the stage ends early, and which of its models it leaves; SFT heeds the last alone.
    What a stage writes here replaces all of it. `recommended`: chosen by what the base model answers."""
    trl: dict[str, Any] = Field(default={}, exclude_if=lambda passed: not passed)
    """Further keys of TRL's SFTConfig and GRPOConfig, handed on as they stand, `{epsilon_high: 0.28, top_p: 0.95}`. A
    key goes to stages by the methods that have it; one that says what a key here says is refused. `loss_type` stands in
    place of `loss`. With `num_iterations`, `steps` counts generations, each followed by so many optimizer steps."""

    _one_way = model_validator(mode="after")(said_one_way)

    def warmup(self, length: int) -> int:
        """Steps over which the rate rises, of a path that has so many; always less than these where it is a ratio."""
        if self.warmup_ratio is None:
            return self.warmup_steps
        # Rounded first: 0.1 × 30 is more than 3 in floating point.
        return max(0, min(math.ceil(round(self.warmup_ratio * length, 6)), length - 1))

    @property
    def guarded_by(self) -> Guards:
        """Guards that have something to guard: SFT has no rollouts."""
        return self.guards if self.method == "grpo" else Guards(sweet_spot=self.guards.sweet_spot)

    @property
    def completions(self) -> int:
        """What one optimizer step sees: completions (GRPO) or examples (SFT)."""
        return self.prompts * (self.rollouts if self.method == "grpo" else 1)

    @property
    def drawn_together(self) -> int:
        """Prompts that are of one domain: those of a whole step, in batches of one domain each."""
        return self.prompts if self.batches == "single" else 1

    @property
    def drawn_apart(self) -> int:
        """What a stage's shares divide: prompts, or, in batches of one domain each, whole steps."""
        return self.steps * self.prompts // self.drawn_together

    @property
    def at_once(self) -> int:
        """Completions that go through the model at once: the most within `micro_batch` that divide a step."""
        return self.parts(1)[0]

    def parts(self, processes: int) -> tuple[int, int]:
        """Completions that go through the model at once in each of so many processes, and how often a step.

        ValueError where prompts cannot be shared out evenly: what belongs to one prompt stays with one process.
        """
        if self.prompts % processes:
            raise ValueError(f"{processes} processes cannot share a step of {self.prompts} prompts evenly")
        mine = self.completions // processes
        most = min(self.micro_batch or mine, mine)
        at_once = next(size for size in range(most, 0, -1) if mine % size == 0)
        return at_once, mine // at_once

    def steps_for(self, completions: float) -> int:
        """Steps that spend so many completions, rounded up: at least one."""
        return max(1, -(-round(completions) // self.completions))

    def steps_nearest(self, completions: float) -> int:
        """As many steps, at least one, as come nearest to so many completions."""
        return max(1, round(completions / self.completions))

    def lasting(self, steps: int, rate: float = 1.0) -> Training:
        """The same for so many steps, at so many times the rate. However short, it reaches its peak before it ends."""
        changed = {"steps": steps, "epochs": None, "learning_rate": self.learning_rate * rate}
        return self.model_copy(update={**changed, "warmup_steps": min(self.warmup_steps, steps - 1)})

    def by(self, method: Method) -> Training:
        """The same by another method at the same budget: an example for each completion, as far as groups come out."""
        if method == self.method:
            return self
        prompts = self.prompts * self.rollouts if method == "sft" else max(1, round(self.prompts / self.rollouts))
        return self.model_copy(update={"method": method, "prompts": prompts})


class Answered(Protocol):
    """A domain, as far as the length of its answers goes."""

    @property
    def max_tokens(self) -> int: ...


class Stage(Frozen):
    """A mixture over domains and how to train on it.

    `mixture` maps a domain's name to its share of the prompts; shares are positive and sum to 1, but for rounding.
    Shares that do so already are left as they are, so a mixture that is written out and read again keeps every bit,
    and its stage its identity. ValueError for shares that are negative, not finite, or all zero.
    """

    mixture: dict[str, float]
    training: Training
    part: tuple[float, float] = (0.0, 1.0)
    """From where to where on its learning-rate schedule the stage goes, as shares of that schedule's whole length."""
    continues: bool = False
    """Whether it goes on with the stage before it, on another piece of the rate's path, and is no stage to a reader."""

    @field_validator("mixture")
    @classmethod
    def _normalised(cls, mixture: dict[str, float]) -> dict[str, float]:
        if any(not math.isfinite(share) or share < 0 for share in mixture.values()):
            raise ValueError("a stage's shares must be finite and not negative")
        exact = {name: Fraction(share) for name, share in sorted(mixture.items()) if share > 0}
        if not exact:
            raise ValueError("a stage's shares must not all be zero")
        total = sum(exact.values(), Fraction())
        scale = 1 if abs(total - 1) <= ROUNDING else total
        shares = {name: float(share / scale) for name, share in exact.items()}
        # Beside 1e300 nothing is left of 1e-300.
        return {name: share for name, share in shares.items() if share > 0}

    @property
    def content(self) -> dict[str, Any]:
        """What decides its result, as JSON values: all but what decides only memory."""
        left_out: dict[str, Any] = {**dict.fromkeys(MEMORY_KEYS, True), "trl": set(VLLM_PLACES)}
        return self.model_dump(mode="json", exclude={"training": left_out})

    @property
    def label(self) -> str:
        """What a person calls it: the domains, largest share first, e.g. ``sums`` or ``sort+sums``."""
        return "+".join(sorted(self.mixture, key=lambda name: (-self.mixture[name], name)))

    @property
    def examples(self) -> dict[str, int]:
        """Examples that the stage draws from each domain of its mixture: steps × prompts, shared out.

        In batches of one domain each, whole batches are shared out.
        """
        each = self.training.drawn_together
        return {name: count * each for name, count in share_out(self.mixture, self.training.drawn_apart).items()}

    @property
    def undrawn(self) -> tuple[str, ...]:
        """Domains of the mixture whose share rounds to no example: the stage does not train on them."""
        return tuple(name for name, count in self.examples.items() if not count)

    def longest_rollout(self, domains: Mapping[str, Answered]) -> int:
        """Tokens that a rollout may have: the stage's own limit, else the largest of its domains."""
        return self.training.max_tokens or max(domains[name].max_tokens for name in self.mixture)

    @property
    def rollout_budget(self) -> int:
        """Completions that training sees: steps × prompts (× rollouts for GRPO)."""
        return self.training.steps * self.training.completions


class Schedule(Frozen):
    """What will be done: ordered stages, the order of domains behind them, and where it came from.

    What a schedule is stands in its fields; its name is a key and a label, and tells nothing.
    """

    name: str
    """The arm's name, e.g. ``bwt-sequential``, ``joint``; no other arm of a run has it."""
    role: Role
    stages: tuple[Stage, ...]
    order: tuple[str, ...] = ()
    """The order of domains; empty where there is none (joint training, explicit stages)."""
    ordering: OrderName | None = None
    """By what rule the order was found; None where no rule was asked."""
    composition: Composed = "sequential"
    probes: Probes = "none"
    origin: str = ""
    """One sentence for the report: why this schedule exists."""
    rate: RateName = "per_stage"
    """How the learning rate moves over the stages."""
    anneal: float = 0.25
    """How long the rate's fall to zero is where a path is read off: see scheduler/composing/rate_path.py."""
    span: int | None = None
    """`rate: whole`: optimizer steps that the one decay is laid over; None: the schedule's own."""
    times: float | None = None
    """Plain joint training: its budget in multiples of the schedule's; None for all else."""
    merge: Merge | None = None
    """How the models that `of` end in become one; None: trained, not merged."""
    of: tuple[Schedule, ...] = ()
    """What is merged."""
    unequal: tuple[str, ...] = ()
    """What is not equal between this joint training and the schedule that it is compared with, in words."""

    @property
    def steps(self) -> int:
        """Optimizer steps of all stages."""
        return sum(stage.training.steps for stage in self.stages)


def exactly(number: float) -> str:
    """A number in a schedule's name as people write it, ``2`` and ``0.5``; with all digits where fewer would be another
    number."""
    short = f"{number:g}"
    return short if float(short) == number else repr(number)
