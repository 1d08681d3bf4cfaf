"""Schedules against baselines on the test split: paired over seeds and items, with a verdict for each pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from domains.frozen import Frozen
from domains.interval import Interval
from experiments.analysis.comparing.apart import apart, within
from experiments.analysis.comparing.family import ALPHA, PRICED, adjusted, priced
from experiments.analysis.scores import BASE
from scheduler.measurements import Array
from scheduler.statistics.intervals import Spread, spread, total
from scheduler.statistics.power import FEWEST, MOST, detectable, items_needed, seeds_needed
from scheduler.statistics.ratio import ratio
from scheduler.statistics.shared_draw import doubted, grain
from scheduler.statistics.unseen import hidden, open_by, widened

Flags = npt.NDArray[np.bool_]
Verdict = Literal["better", "better_but_small", "equivalent", "worse_but_small", "worse", "undecided"]
ItemScores = Mapping[str, Array]
"""domain → (seeds, items) on the test split, aligned over arms. A seed that failed is a row of NaN."""


class Comparison(Frozen):
    """One arm against one baseline, by the weighted mean over domains."""

    arm: str
    baseline: str
    primary: bool
    """Whether this is the pair that was named before anything was measured."""
    absolute: Interval
    """arm − baseline."""
    relative: Interval
    """(arm − baseline) / baseline, for reading: the verdict does not rest on it. Missing where the baseline is within 3
    standard errors of 0 (with few seeds, within its own interval)."""
    p: float | None
    """Two-sided, of no difference, for this pair alone; None with fewer than two seeds."""
    p_adjusted: float | None
    """The same, corrected for the number of pairs: at most 0.05 is a claim. None with fewer than three seeds."""
    verdict: Verdict
    apart: str = ""
    """Why the verdict is not what the interval alone says; empty where they agree."""
    detectable: float | None
    """The smallest difference that this design finds at 5 %, four times in five; None with fewer than three seeds."""
    seeds_needed: int | None
    """Seeds that would find the difference seen here, or the smallest that matters, four times in five; None where
    more seeds would not do."""
    items: int
    """Test items, all domains together."""
    note: str = ""
    """What the interval does not tell: seeds that failed, or that there are too few, or that items are."""

    @property
    def seeds(self) -> int:
        """Seeds in which both finished."""
        return self.absolute.n


@dataclass(frozen=True)
class Paired:
    """Two arms' scores in the seeds that both finished, each domain's by its share of the total."""

    arm: str
    baseline: str
    ours: ItemScores
    theirs: ItemScores
    shares: Mapping[str, float]
    """Of the total, by domain; their sum is 1."""
    seeds: int
    """That both finished."""
    failed: int

    @property
    def difference(self) -> dict[str, Array]:
        """arm − baseline."""
        return {name: self.ours[name] - self.theirs[name] for name in self.ours}

    @property
    def doubted(self) -> dict[str, Array]:
        """The difference with the luck of the untrained base's answers, which are one draw for all seeds, where that is
        one of the two."""
        if BASE not in (self.arm, self.baseline):
            return self.difference
        return {name: doubted(block, self._worth(name)) for name, block in self.difference.items()}

    def _worth(self, name: str) -> float:
        """What one answer is worth in the total."""
        share = self.shares[name]
        return share * grain(self.ours[name] / share, self.theirs[name] / share) if share else 0.0

    @property
    def items(self) -> int:
        """Of all domains."""
        return sum(block.shape[1] for block in self.ours.values())


def pair(arm: str, baseline: str, ours: ItemScores, theirs: ItemScores, weights: Mapping[str, float]) -> Paired:
    """The pair as it is compared. Weights are normalised."""
    both = finished(ours) & finished(theirs)
    whole = sum(weights[name] for name in ours)
    shares = {name: weights[name] / whole for name in ours}
    return Paired(
        arm,
        baseline,
        _weighted(ours, shares, both),
        _weighted(theirs, shares, both),
        shares,
        seeds=int(both.sum()),
        failed=int((~both).sum()),
    )


def compare(pairs: Sequence[Paired], rope: float) -> tuple[Comparison, ...]:
    """All pairs of a report, the primary one first. Differences within ± `rope` are too little to matter."""
    found = [_Found.of(one) for one in pairs]
    with_base = [place for place, one in enumerate(found) if one.pair.baseline == BASE]
    different = adjusted([one.differs for one in found], with_base)
    alike = adjusted([one.alike(rope) for one in found], with_base)
    others, since = sum(p is not None for p in different[1:]), PRICED if different and priced(different[0]) else ""
    return tuple(
        one.judged(place == 0, rope, p, q, *((1, "") if place == 0 else (others, since)))
        for place, (one, p, q) in enumerate(zip(found, different, alike, strict=True))
    )


def decide(estimate: float, different: bool, alike: bool) -> Verdict:
    """The verdict on an estimate that is surely not 0 (`different`), surely within what does not matter (`alike`)."""
    if not different:
        return "equivalent" if alike else "undecided"
    if estimate > 0:
        return "better_but_small" if alike else "better"
    return "worse_but_small" if alike else "worse"


def finished(scores: ItemScores) -> Flags:
    """Which seeds have a score in every domain: booleans (seeds,)."""
    complete = np.stack([~np.isnan(block).any(axis=1) for block in scores.values()])
    return np.asarray(complete.all(axis=0), dtype=np.bool_)


def _weighted(scores: ItemScores, shares: Mapping[str, float], seeds: Flags) -> dict[str, Array]:
    return {name: shares[name] * scores[name][seeds] for name in shares}


@dataclass(frozen=True)
class _Found:
    """A pair with what its difference shows, before anything is corrected for the number of pairs."""

    pair: Paired
    absolute: Interval
    relative: Interval
    spread: Spread | None
    """None where no seed finished in both arms."""
    p: float | None
    """Of no difference; None with fewer than two seeds."""

    @classmethod
    def of(cls, pair: Paired) -> _Found:
        if not pair.seeds:
            nothing = Interval.unknown("no seed finished in both arms")
            return cls(pair, nothing, nothing, None, None)
        difference, gain = pair.difference, ratio(pair.ours, pair.theirs)
        if gain.ends is not None:
            gain = Interval.of(gain.value - 1, gain.ends[0] - 1, gain.ends[1] - 1, gain.n)
        found, estimate = spread(pair.doubted), total(difference)
        p = found.p_value(estimate) if pair.seeds > 1 else None
        absolute = widened(found.about(estimate), open_by(difference, pair.shares))
        return cls(pair, absolute, gain, found, p)

    @property
    def claims(self) -> Spread | None:
        """The spread that claims rest on; None with too few seeds for any."""
        return self.spread if self.pair.seeds >= FEWEST else None

    @property
    def differs(self) -> float | None:
        """p of no difference, where anything may be claimed."""
        return self.p if self.claims else None

    def alike(self, rope: float) -> float | None:
        """p of a difference of `rope` or more, of two one-sided tests: 5 % where the 90 % interval reaches ± `rope`.

        Where most cells do not differ that interval has little width, and proves nothing of what few cells would not
        show.
        """
        if not self.claims:
            return None
        room = rope - abs(self.absolute.value)
        if room <= 0:
            return 1.0
        return max(self.claims.p_value(room) / 2, hidden(self.pair.difference, self.pair.shares, room))

    def judged(
        self, primary: bool, rope: float, different: float | None, alike: float | None, tested: int, since: str
    ) -> Comparison:
        """The comparison; p is corrected for the pairs that were `tested` and `since`, the primary one's for none."""
        estimate = self.absolute.estimate or 0.0
        effect = max(abs(estimate), rope)
        needed = seeds_needed(self.spread, effect) if self.spread else None
        verdict = decide(estimate, _claim(different), _claim(alike))
        why = (
            apart(self.absolute, self.p, different, tested, since),
            within(self.absolute, alike, tested, rope),
        )
        notes = (*self._seed_notes(), *(self._item_notes(effect, needed) if verdict == "undecided" else ()))
        return Comparison(
            arm=self.pair.arm,
            baseline=self.pair.baseline,
            primary=primary,
            absolute=self.absolute,
            relative=self.relative,
            p=self.p,
            p_adjusted=different,
            verdict=verdict,
            apart="; ".join(filter(None, why)),
            detectable=detectable(self.spread) if self.spread else None,
            seeds_needed=needed,
            items=self.pair.items,
            note=" ".join(notes),
        )

    def _seed_notes(self) -> Iterator[str]:
        if self.pair.seeds == 1:
            yield "One seed: the interval covers test items, not the noise of training, so nothing is claimed."
        if self.pair.seeds == 2:
            yield "Two seeds cannot tell a difference from the noise of training, so nothing is claimed."
        if self.pair.seeds and self.pair.failed:
            yield f"{self.pair.failed} of {self.pair.seeds + self.pair.failed} seeds failed in one of the arms."

    def _item_notes(self, effect: float, needed: int | None) -> Iterator[str]:
        if self.spread is None or self.pair.seeds < 2 or needed is not None:
            return
        now = max(block.shape[1] for block in self.pair.ours.values())
        items = items_needed(self.spread, now, effect)
        if items > now:
            yield (
                f"More seeds alone do not settle a difference of {effect:.3f}: it takes about {items:,} test items a "
                f"domain in place of {now:,}."
            )
        else:
            yield f"It takes more than {MOST:,} seeds to settle a difference of {effect:.3f}."


def _claim(p: float | None) -> bool:
    return p is not None and p <= ALPHA
