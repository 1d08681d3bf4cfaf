"""What a stage's guards changed: which prompts they left out, and when they ended it."""

from __future__ import annotations

from pydantic import Field, FiniteFloat

from curricula.guards import StopGuard
from domains.frozen import Frozen
from experiments.nodes.course import Course


class PassRates(Frozen):
    """One domain's prompts by pass rate, on the model that the stage started from."""

    histogram: tuple[int, ...]
    """Prompts whose pass rate is nearest to 0, 1/k, 2/k, … 1, where k samples were drawn of each."""
    below: int
    """Prompts whose pass rate is lower than the band, and which are left out for it."""
    above: int
    """Those of which it is higher."""
    lifted: bool = Field(False, exclude_if=lambda lifted: not lifted)
    """Whether so few were within the band that no prompt of the domain was left out."""

    @property
    def measured(self) -> int:
        """How many prompts were measured."""
        return sum(self.histogram)

    @property
    def within(self) -> int:
        """How many prompts were within the band."""
        return self.measured - self.below - self.above

    @property
    def kept(self) -> int:
        """How many of the measured prompts may be drawn."""
        return self.measured if self.lifted else self.within


class Limit(Frozen):
    """What a guard that may end a stage saw of it. Values are means over the last steps, nats per token."""

    guard: StopGuard
    limit: FiniteFloat | None
    """The budget, or the floor. None: a share of an entropy that was not read, because the stage was too short."""
    worst: FiniteFloat | None
    """Highest KL, or lowest entropy. None: the stage was too short to be judged."""
    struck: int | None = None
    """The step after which it was beyond the limit, if it was; the first guard that strikes ends the stage."""


class Guarded(Frozen):
    """What the guards of one stage did."""

    low: float | None = None
    """The band's ends; None where prompts were not measured."""
    high: float | None = None
    pools: dict[str, PassRates] = Field(default_factory=dict)
    """Domain → its prompts; only domains that the band holds for."""
    rollouts: int = 0
    """Completions of the measuring pass; the stage's cost holds them too."""
    limits: tuple[Limit, ...] = ()
    course: Course | None = None
    """What was measured on the stage's way, and which step's weights it left; None where that was not asked for."""
    planned: int
    """Steps that the stage was to have."""
    done: int
    """Steps that it had."""

    @property
    def struck(self) -> Limit | None:
        """What ended the stage; None where nothing did."""
        return next((limit for limit in self.limits if limit.struck is not None), None)
