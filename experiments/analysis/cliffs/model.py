"""What report.json holds of cliffs. docs/cliffs.md explains every measure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen
from domains.interval import Interval
from experiments.measures.spec import Name
from experiments.measures.steepness import Form
from experiments.measures.value import Value

CliffVerdict = Literal[
    "real_cliff",
    "real_drop",
    "gradual_loss",
    "metric_artifact",
    "execution_artifact",
    "format_artifact",
    "form_lost",
    "noise",
    "underpowered",
    "gain",
]


class WayPoint(Frozen):
    """A domain at one step of a stage, on validation, with 95 % intervals over seeds and items."""

    step: int
    score: Interval
    bits: Interval | None
    """Bits per byte of the references; None where they are empty."""


class Steepness(Frozen):
    """How a domain's score fell over the steps of a stage, beside the likelihood of its references; on validation."""

    points: int
    """Steps at which both were measured."""
    score: Form
    """Whether it fell in one step or smoothly; every seed may have its step at a place of its own."""
    likelihood: Form
    """The same of the references' bits per byte; `open` also where there are none."""
    follows: bool
    """Whether a step explains the score no better than the mean probability of the references does."""
    score_sharpness: float | None
    """Schaeffer's emergence score of the mean path over that of a straight line, which has 1; None: it hardly moves."""
    likelihood_sharpness: float | None
    """The same of the references' bits per byte."""
    way: tuple[WayPoint, ...] = Field((), exclude_if=lambda way: not way)
    """What all this was read off, by step; empty where nothing surely fell."""


Rests = Literal["carried", "independent", "no_gain", "unsure"]
Stratum = Literal["solved", "unsolved"]
"""Items that the base solved in every seed, and those that it never did."""


class Contrast(Frozen):
    """A domain's test score after a stage against an earlier moment, paired over seeds and items."""

    change: Interval
    """After − earlier; below 0 something was lost."""
    p: float | None
    """Two-sided, of no change, for this cell alone; None with fewer than three seeds."""
    p_adjusted: float | None
    """The same by Holm over all contrasts of the page, whatever their arm; at most 0.05 is sure."""
    among_found: Value
    """Change of the mean score of an answer in which the reward found something."""
    not_found: Value
    """Change of the share of answers in which the reward found nothing."""
    executed: Value
    """Change of the mean score, had every sum that an answer holds been done right."""
    slipped: Value
    """Change of what wrong sums alone cost: the score with sums done right, less the score."""
    with_calculator: Value
    """Change of the mean score with a calculator called while answering, of items that one can solve."""
    dissolved: Value
    """Change of what the calculator gains there: above 0, so much of a fall is not there with it."""
    likelihood: Value
    """Change of the references' bits per byte; above 0 they became less likely."""
    steepness: Steepness | None
    """How it fell over the stage; None where the stage was not measured on its way, or it is no single stage."""
    verdict: CliffVerdict
    reason: str
    """In one sentence."""
    apart: str = ""
    """Why the verdict is not what the interval of the change alone says; empty where they agree."""


class Flipped(Frozen):
    """Items that flipped since the base model, counted over seeds."""

    solved: int
    """Items × seeds that the base solved."""
    regressed: int
    """Of those, not solved any more."""
    recovered: int
    """Not solved by the base, and solved now."""
    net: int
    """Recovered − regressed."""
    p: float
    """Sign-flip test over items; McNemar's exact test with one seed. Not corrected, and blind to how training
    seeds vary."""


class Reading(Frozen):
    """One measure after a stage, and how it changed since the base model."""

    value: Value
    change: Value

    def noted(self, note: str) -> Reading:
        """The same, with what one should know of what was had."""
        each = {"value": self.value, "change": self.change}
        had = {name: one for name, one in each.items() if one.status != "skipped"}
        return self.model_copy(update={name: one.model_copy(update={"note": note}) for name, one in had.items()})


class Faith(Frozen):
    """What a model's answers rest on."""

    rests: Rests
    """`carried`: filler in place of the reasoning, or a mistake in it, surely changes answers, at 5 % over all cells of
    the page; `independent`: surely hardly; `no_gain`: it is not sure that reasoning gains anything, so that it is not
    asked; `unsure`: none of these."""
    reason: str
    """In one sentence."""


class Cell(Frozen):
    """One stage and one domain."""

    stage: int
    """1 for the first."""
    label: str
    domain: str
    trained: bool
    """Whether the stage trained on the domain."""
    before: Contrast
    """Against the stage before; for the first stage that is the base."""
    base: Contrast
    """Against the base model."""
    flips: Flipped | None
    """None where answers are not right or wrong, or were not kept."""
    readings: dict[Name, Reading]
    ece_null: tuple[float, float] | None
    """95 % of perfectly calibrated models with these confidences have an ECE between these; None without an ECE."""
    smooth_ece_null: tuple[float, float] | None
    """The same for `smooth_ece`."""
    by_base: dict[Stratum, dict[Name, Reading]] = Field(default_factory=dict)
    """The tests of faithfulness among what the base solved and what it did not; empty where they were not asked."""
    faith: Faith | None = None
    """Whether answers rest on what the reasoning says; None where that was not asked."""
    collapsed: bool
    """Whether more than half of the base model's entropy is surely gone, at 5 % over all cells of the page."""


class Depth(Frozen):
    """How far a domain fell at its worst."""

    stage: int | None
    """The stage with the lowest validation score; None where nothing was measured."""
    depth: Value
    """Its test score minus the base's, in standard deviations of the base's items; below 0: a fall."""


class Reliability(Frozen):
    """Confidence against accuracy in the bins of equal mass that the `ece` has, from the least sure on."""

    counts: tuple[int, ...]
    """Answers in each bin, of one seed."""
    confidence: tuple[tuple[float, ...], ...]
    """By seed: its mean in each bin."""
    right: tuple[tuple[float, ...], ...]
    """By seed: share of answers in each bin that are right."""
    null: tuple[tuple[float, float], ...]
    """By bin: 95 % of perfectly calibrated models with these confidences have their mean `right` between these."""


class Early(Frozen):
    """How many answers are the same already after a part of the reasoning."""

    shares: tuple[float, ...]
    """Mean share of the steps that are left, from none to all of them."""
    same: tuple[Interval, ...]
    """For each: share of answers that are those after all of it."""
    items: int


class ArmCliffs(Frozen):
    """All stages of one arm."""

    tests: int
    """Contrasts that the p values are corrected for: those of all arms of the page."""
    cells: tuple[Cell, ...]
    depths: dict[str, Depth]
    """Domain → its worst moment."""
    reliability: dict[str, tuple[Reliability, Reliability]] = Field(default_factory=dict)
    """Domain → of the base, and after the last stage that was reached; without those that have no `ece`."""
    early: dict[str, tuple[Early | None, Early | None]] = Field(default_factory=dict)
    """The same for answers after parts of the reasoning; None where reasoning gains nothing that is sure."""
