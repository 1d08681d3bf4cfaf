"""The schedule, and what it is compared with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from curricula.merge import MergeMethod
from curricula.stage import OrderName, RateName, TrainingOverride
from domains.frozen import Frozen

Composition = Literal["sequential", "cumulative", "explicit", "adaptive"]
MixingRule = Literal["transfer", "uniform", "learnability", "slope"]
Objective = Literal["weighted", "mean", "worst"]


class ExplicitStage(Frozen):
    """One stage written by hand."""

    mixture: dict[str, float] = Field(min_length=1)
    """Shares of the domains; they are normalised."""
    repeat: int = Field(1, gt=0, le=1000)
    """Run the stage this many times in a row."""
    training: TrainingOverride = TrainingOverride()


class Probing(Frozen):
    """Stages trained for the plan beyond one a domain.

    Those of `budget` are chosen where the order is undecided. All of them are beginnings of orders, so the schedule
    reuses those that it starts with.
    """

    joint: bool = False
    """One more probe, all domains mixed for as long as one domain's stage: what the plan's advice, to stage or to mix,
    rests on. Without it the advice is less sure."""
    budget: int = Field(0, ge=0, le=1000)
    """`order: bwt`: most further stage runs a seed; 0 plans from one stage a domain."""
    stable: float = Field(0.9, gt=0.5, le=1)
    """Stop once an order is best with this probability."""


class Adaptive(Frozen):
    """Adaptive mixing: the budget in short rounds, each next mixture chosen by what the rounds before it did.

    It is chosen by validation scores, as their mean over all seeds, so that all seeds train the same mixtures.
    """

    rounds: int = Field(8, ge=2, le=1000)
    """Stages that the budget is cut into."""
    floor: float = Field(0.05, ge=0, lt=1)
    """Least share of every trained domain in every round; above 0 it is at least what draws one prompt."""
    rule: MixingRule = "transfer"
    """`transfer`: what should end best, by what each domain's training did to all. `uniform`: the shares of joint
    training. `learnability`: by p·(1 − p) of the validation score. `slope`: by how fast a domain's own score rose."""
    explore: float = Field(0.1, ge=0, le=10)
    """`transfer`: what a standard deviation of what is not yet known counts, while rounds are left to use it."""
    objective: Objective = "weighted"
    """`transfer`: what should end best: the total by the domains' weights, their plain mean, or the worst domain."""


class ScheduleSpec(Frozen):
    """How the order is found and how it becomes stages."""

    order: OrderName = "bwt"
    """How domains are put in order.

    `bwt` is exact, from measured transfer; `bwt_entropy` is bwt with falling entropy first as a prior where transfer
    is undecided; `entropy` puts falling output entropy first; `greedy` takes the
    highest mean score on the rest first; `given` is the order you write; `random` draws one; `reverse` is the
    worst of bwt.
    """
    composition: Composition = "sequential"
    """How an order becomes stages.

    `sequential` trains one domain a stage; `cumulative` trains the first k domains in stage k; `explicit`
    runs the `stages` written here. `adaptive` has no order: it mixes all domains, in shares that change by the round.
    """
    given: tuple[str, ...] | None = None
    """The order itself, for `order: given`."""
    replay: float = Field(0.0, ge=0, lt=1)
    """Sequential: share of each stage's prompts drawn from the domains before it."""
    rate: RateName = "per_stage"
    """How the learning rate moves over the schedule, and over joint training alike.

    `per_stage`: every stage by its own `lr_schedule`, from its peak. `whole`: one `lr_schedule` over all stages, the
    optimizer carried on. `trunk`: a constant rate, the optimizer carried on, until the last steps fall to zero. On the
    latter two, what is read off after a stage is read off a branch whose rate falls to zero.
    """
    anneal: float = Field(0.25, gt=0, le=1)
    """How long that fall is. `trunk`: its share of the steps so far, at most the last stage; `whole`: the branch's
    further steps, as a share of the stage's."""
    lr_decay: float = Field(1.0, gt=0, le=1)
    """The learning rate of stage k is multiplied by lr_decay**k."""
    leave_out: Literal["none", "auto"] | tuple[str, ...] = "none"
    """Domains that get no stage; their score still counts.

    `auto` leaves out what surely harms the total: the best order without it beats the best one with it by more than
    chance, over all domains and two seeds or more.
    """
    stages: tuple[ExplicitStage, ...] = ()
    """The stages, for `composition: explicit`."""
    probing: Probing = Probing()
    """Further probes."""
    adaptive: Adaptive = Field(Adaptive(), exclude_if=lambda spec: spec == Adaptive())
    """How adaptive mixing goes: `composition: adaptive`, and `baselines.adaptive`."""


class Rehearsal(Frozen):
    """The schedule's order with some of the domains before in every stage, held to the base model."""

    replay: float = Field(0.1, gt=0, lt=1)
    """Share of each stage's prompts drawn from the domains before it; answered anew by the model that is trained."""
    kl: float = Field(0.02, ge=0)
    """Stages by GRPO: weight of the KL penalty towards the run's base model."""


class Baselines(Frozen):
    """What the schedule is compared with, at equal budget. Explicit stages have no order: joint training only."""

    joint: bool = True
    """All domains mixed in one stage of the schedule's whole budget: joint training as people run it."""
    joint_tuned: bool = True
    """Joint with the schedule's freedoms: its learning-rate decay, and leaving out what it leaves out."""
    joint_probes: bool = True
    """Joint given also the steps that the probes used."""
    joint_weighted: bool = True
    """Joint in shares by what a domain's own probe did to the total."""
    joint_budgets: tuple[Annotated[float, Field(gt=0, le=100)], ...] = (0.5,)
    """Joint at these multiples of the budget too, so that the schedule is also compared at equal seconds and tokens."""
    rehearse: Rehearsal | None = None
    """The schedule's order with replay and KL to the base, the field's usual guard against forgetting."""
    merges: tuple[MergeMethod, ...] = ("linear", "ties", "dare")
    """Models merged from the domains' own probes, which train nothing further."""
    interpolate: bool = True
    """The schedule and joint training half way back to the base model (WiSE-FT), which train nothing further either."""
    orders: tuple[Literal["bwt", "bwt_entropy", "entropy", "greedy", "reverse"], ...] = ("entropy", "greedy", "reverse")
    """Other ways to order, composed like the schedule."""
    compositions: tuple[Literal["sequential", "cumulative"], ...] = ("sequential", "cumulative")
    """The schedule's order, composed in these ways too."""
    adaptive: tuple[MixingRule, ...] = Field((), exclude_if=lambda rules: not rules)
    """Adaptive mixing by these rules, as `schedule.adaptive` says otherwise."""
    random_orders: int = Field(2, ge=0, le=100)
    """How many random orders."""

    @property
    def any_joint(self) -> bool:
        """Whether anything is trained on all domains at once."""
        single = (self.joint, self.joint_tuned, self.joint_probes, self.joint_weighted)
        return any(single) or bool(self.joint_budgets)
