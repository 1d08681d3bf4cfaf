"""The schedule, and what it is compared with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from curricula.compositions import Composition, Ordered
from curricula.merge import MergeMethod
from curricula.schema.constraints import Constraints
from curricula.stage import OrderName, RateName
from curricula.training_override import TrainingOverride
from domains.frozen import Frozen

DomainName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]
MixingRule = Literal["transfer", "uniform", "learnability", "slope"]
Objective = Literal["weighted", "mean", "worst"]


class ExplicitStage(Frozen):
    """One stage written by hand."""

    mixture: dict[str, float] = Field(min_length=1)
    """Domain → share of the prompts; shares are scaled to sum to 1."""
    repeat: int = Field(1, gt=0, le=1000)
    """Run the stage this many times in a row."""
    training: TrainingOverride = TrainingOverride()

    @property
    def domains(self) -> tuple[str, ...]:
        """Those that it trains on: those without a share are left out."""
        return tuple(name for name, share in self.mixture.items() if share > 0)


class Probing(Frozen):
    """Stages trained for the plan beyond one per domain."""

    joint: bool = False
    """Train one more probe: all domains mixed, for as long as one domain's stage. It makes the plan's advice, to stage
    or to mix, more certain."""
    groups: dict[DomainName, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        {}, exclude_if=lambda groups: not groups
    )
    """Name → domains that have one probe together, evenly mixed, in place of one each. Each of them is taken to do to
    the domains outside of its group what that probe did. Within a group
    they are trained in the order written here where nothing else tells."""


class Adaptive(Frozen):
    """Adaptive mixing: trains in short rounds and chooses each round's mixture of domains by what the rounds before it
    did.

    The choice rests on validation scores averaged over all seeds, so that all seeds train the same mixtures.
    """

    rounds: int = Field(8, ge=2, le=1000)
    """Number of rounds that the step budget is divided into."""
    floor: float = Field(0.05, ge=0, lt=1)
    """Least share of every trained domain in every round; above 0 it is at least what draws one prompt."""
    rule: MixingRule = "transfer"
    """How shares are chosen. `transfer`: for the best `objective` at the end, predicted from what training each domain
    did to every domain. `uniform`: the shares of joint training, unchanged. `learnability`: more where p·(1 − p) of the
    validation score p is larger. `slope`: more where a domain's own score rose faster."""
    explore: float = Field(0.1, ge=0, le=10)
    """`transfer`: exploration bonus per posterior standard deviation of what a mixture changes in the final objective
    against joint training; it shrinks as the budget runs out. 0: none."""
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

    `sequential` trains one domain a stage; `pairs` two together, by `training` alone; `cumulative` the first k domains
    in stage k; `explicit` runs the `stages` written here. `adaptive` has no order: it mixes all domains, in shares that
    change by the round.
    """
    given: tuple[str, ...] | None = None
    """The order itself, for `order: given`."""
    replay: float = Field(0.0, ge=0, lt=1)
    """Sequential, pairs: share of each stage's prompts drawn from the domains before it."""
    rate: RateName = "per_stage"
    """How the learning rate moves over the schedule, and over joint training alike.

    `per_stage`: every stage by its own `lr_schedule`, from its peak. `whole`: one `lr_schedule` over all stages, the
    optimizer carried on. `trunk`: a constant rate, the optimizer carried on, until the last steps fall to zero. On the
    latter two, what is read off after a stage is read off a branch whose rate falls to zero.
    """
    anneal: float = Field(0.25, gt=0, le=1)
    """How long the fall of the rate to zero is. `trunk`: as a share of the steps so far, at most the last stage;
    `whole`: the further steps of the branch, as a share of the stage's steps."""
    lr_decay: float = Field(1.0, gt=0, le=1)
    """The learning rate of stage k is multiplied by lr_decay**k."""
    leave_out: Literal["none", "auto"] | tuple[str, ...] = "none"
    """Domains that get no stage; their score still counts.

    `auto` leaves out what surely harms the total: the best order without it beats the best one with it by more than
    chance, over all domains and two seeds or more.
    """
    constraints: Constraints = Field(Constraints(), exclude_if=lambda spec: spec == Constraints())
    """What the order must keep, for `order: bwt` and `order: bwt_entropy`: how much later stages may take from a
    domain, and how much entropy a creative one's stage begins with at least."""
    stages: tuple[ExplicitStage, ...] = ()
    """The stages, for `composition: explicit`."""
    probing: Probing = Probing()
    """Stages trained for the plan beyond one per domain."""
    adaptive: Adaptive = Field(Adaptive(), exclude_if=lambda spec: spec == Adaptive())
    """Settings of adaptive mixing, for `composition: adaptive` and `baselines.adaptive`."""


class Rehearsal(Frozen):
    """The schedule's order with earlier domains mixed into every stage, and a KL penalty to the base model."""

    replay: float = Field(0.1, gt=0, lt=1)
    """Share of each stage's prompts that are drawn from earlier domains; the model in training answers them anew."""
    kl: float = Field(0.02, ge=0)
    """GRPO stages: weight of the KL penalty towards the run's base model."""


class Baselines(Frozen):
    """What the schedule is compared with, at equal budget. Explicit stages have no order, so they meet joint training
    only."""

    joint: bool = True
    """All domains mixed in one stage of the schedule's whole budget: joint training as people run it."""
    joint_tuned: bool = True
    """Joint training with the schedule's freedoms: the same learning-rate decay, and without the domains that it leaves
    out."""
    joint_probes: bool = True
    """Joint training whose budget also holds the steps that the probes used."""
    joint_weighted: bool = True
    """Joint training with larger shares for domains whose own probe, or whose group's, raised the total score more."""
    joint_budgets: tuple[Annotated[float, Field(gt=0, le=100)], ...] = (0.5,)
    """Joint training also at these multiples of the schedule's budget, for comparisons at equal seconds or tokens."""
    rehearse: Rehearsal | None = None
    """One more rival: the schedule's order with replay and a KL penalty to the base model, the usual guard against
    forgetting. null: none."""
    merges: tuple[MergeMethod, ...] = ("linear", "ties", "dare")
    """Methods by which the models of the domains' own probes are merged into one; merging trains nothing."""
    interpolate: bool = True
    """Also measure the schedule and joint training with their weights half way back to the base model (WiSE-FT), which
    trains nothing."""
    orders: tuple[Literal["bwt", "bwt_entropy", "entropy", "greedy", "reverse"], ...] = ("entropy", "greedy", "reverse")
    """Other rules of ordering to compare with; each order is made into stages as the schedule's is."""
    compositions: tuple[Ordered, ...] = ("sequential", "cumulative")
    """Other ways to make stages of the schedule's order, as further rivals."""
    adaptive: tuple[MixingRule, ...] = Field((), exclude_if=lambda rules: not rules)
    """Adaptive mixing by each of these rules, as further rivals; its other settings are those of `schedule.adaptive`.
    """
    random_orders: int = Field(2, ge=0, le=100)
    """Number of random orders to compare with."""
    advised: bool = Field(False, exclude_if=lambda asked: not asked)
    """Also train what the plan advises, to stage or to mix, where no other arm is that already, such as joint training
    with one domain's stage last. It rests on probes, as `order: bwt` does."""

    @property
    def any_joint(self) -> bool:
        """Whether anything is trained on all domains at once."""
        single = (self.joint, self.joint_tuned, self.joint_probes, self.joint_weighted)
        return any(single) or bool(self.joint_budgets)
