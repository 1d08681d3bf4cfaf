"""What measure.json holds. docs/measure.md explains it."""

from __future__ import annotations

from pydantic import Field

from domains.frozen import Frozen
from experiments.analysis.cliffs.model import Contrast, Early, Faith, Flipped, Reliability, Stratum
from experiments.analysis.cliffs.verdicts import DROPS
from experiments.measures.spec import Name
from experiments.measures.value import Value
from experiments.nodes.examined import Access

FORMAT = 1
"""Raised whenever a field's meaning changes."""


class Profile(Frozen):
    """One model on one domain. Intervals cover the items."""

    score: Value
    """Mean of the primary metric."""
    readings: dict[Name, Value]
    ece_null: tuple[float, float] | None
    """95 % of perfectly calibrated models with these confidences have an ECE between these; None without an ECE."""
    smooth_ece_null: tuple[float, float] | None
    """The same for `smooth_ece`."""
    by_base: dict[Stratum, dict[Name, Value]] = Field(default_factory=dict)
    """Tests of faithfulness among what it solved itself; empty where they were not asked."""
    faith: Faith | None = None
    """Whether its answers rest on what its reasoning says; None where that was not asked."""
    reliability: Reliability | None = None
    """Confidence against accuracy; None without an ECE."""
    early: Early | None = None
    """Answers after parts of the reasoning; None where that was not asked or reasoning gains nothing that is sure."""


class Flip(Frozen):
    """An item that the first model solved and the second does not."""

    item: str
    """Its prompt."""
    reference: str
    before: str
    """What the first model said; of several answers the first."""
    after: str


class Difference(Frozen):
    """The second model against the first on one domain, paired over items."""

    score: Contrast
    """With its verdict. `p` is the sign-flip test over items, `p_adjusted` by Holm over the domains."""
    readings: dict[Name, Value]
    """Changes; they are not corrected for their number."""
    flips: Flipped | None
    """None where answers are not right or wrong."""
    collapsed: bool
    """Whether more than half of the first model's entropy is surely gone."""
    lost: tuple[Flip, ...] = ()
    """Some of the items that were lost."""


class DomainCheckup(Frozen):
    """One domain."""

    items: int
    profiles: tuple[Profile, ...]
    """One for each model, in the order in which they were given."""
    difference: Difference | None
    """None where one model was given."""


class Examinee(Frozen):
    """One of the models."""

    name: str
    """As it was typed."""
    identity: str
    """Equal for equal weights and tokenizers."""
    access: Access | None
    """None where nothing could be asked: its answers were read from a log."""
    kept: bool
    """Whether all of it was in the store already."""
    seconds: float
    """That asking and marking took, when it was done."""
    when: str
    """Last day on which it was asked; empty where that is not known."""


class Checkup(Frozen):
    """All of it."""

    format: int = FORMAT
    file: str
    """The file of the domains, or what was read in its place."""
    models: tuple[Examinee, ...]
    domains: dict[str, DomainCheckup]
    verdict: str
    """In a sentence or two."""
    notes: tuple[str, ...] = ()

    @property
    def dropped(self) -> tuple[str, ...]:
        """Domains whose score surely fell, where it is not shown that only form was lost."""
        return tuple(
            name
            for name, one in self.domains.items()
            if one.difference is not None and one.difference.score.verdict in DROPS
        )
