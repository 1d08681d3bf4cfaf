"""Stage or mix? What the order, its cumulative form, mixing with a last stage, and joint training should score.

All are predicted by scheduler/prediction/dynamics.py from the same draws of the effects, so that what they share, such
as every domain's own gain, cancels in their difference. Repair and exposure are not known from one stage a domain. A
joint probe, all domains mixed for as long as one stage, tells of them: particles (draw of B, repair, exposure) are
weighted by how well they predict its scores. Without it they are anywhere in `REPAIRS` and `EXPOSURES`, and intervals
say so. The equations themselves are off too, by about half of what they say that staging changes in a domain (`OFF`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.composing.candidates import candidates, tailed_name
from scheduler.composing.joint import JOINT
from scheduler.evidence.transfer import shrunk_transfer
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan import Advice, Candidate, Mixing
from scheduler.planning.decisive import decisive
from scheduler.prediction.dynamics import MISFIT, Truth, amounts, scores_after, whole_stages
from scheduler.probing.probes import joint_probe, own_probes, unit_probes
from scheduler.statistics.intervals import LEVEL, standard_error

REPAIRS = np.geomspace(0.5, 16, 11)
"""From "own training undoes two fifths of a harm" to "all of it", evenly in the logarithm."""
EXPOSURES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
OFF = 0.5
"""What the equations are off by, as a share of the difference that they predict between a schedule and joint training
in a domain: standard deviation. Chosen by likelihood on learners that `benchmarks.regimes` does not count."""
PARTS = norm.ppf((np.arange(9) + 0.5) / 9)
"""By how many standard deviations, in as many parts of each draw: symmetric, so that no estimate moves."""
DRAWS = 300
ROOM = 4_000_000
"""Numbers that all draws of B may have: with many domains fewer are drawn."""


@dataclass(frozen=True, eq=False)
class WeightedDraws:
    """What may be true, and how probable each draw of it is."""

    truth: Truth
    weight: Array
    """(draws,), sum 1."""
    fit: float | None = None
    """p of the joint probe's scores under the draw that predicts them best; None without that probe."""

    def mean(self, values: Array | npt.NDArray[np.bool_]) -> float:
        """Of (draws,) values, or (draws, parts) with all parts alike; or the probability of as many events.

        Summed by numpy, not as a product: BLAS adds long vectors by as many parts as it has threads, and the last
        digits of a report would depend on the machine.
        """
        return float((self._shares(values) * values).sum())

    def interval(self, values: Array, n: int) -> Interval:
        """Mean and 95 % of values, shaped alike."""
        flat, shares = values.ravel(), self._shares(values).ravel()
        order = np.argsort(flat)
        reached = np.cumsum(shares[order])
        ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
        low, high = (flat[order][min(int(np.searchsorted(reached, end)), len(flat) - 1)] for end in ends)
        return Interval.of(self.mean(values), float(low), float(high), n)

    def expected(self, scores: Array) -> Array:
        """Mean (domains,) of (draws, domains) scores."""
        return np.asarray((self.weight[:, None] * scores).sum(axis=0))

    def _shares(self, values: Array | npt.NDArray[np.bool_]) -> Array:
        """Of the weight, shaped as `values`."""
        if values.ndim == 1:
            return self.weight
        return np.broadcast_to(self.weight[:, None] / values.shape[1], values.shape)


def stage_or_mix(m: Measurements, curriculum: Curriculum, order: Path, seed: int = 0, *, tails: bool = True) -> Mixing:
    """What the plan says of mixing instead of its `order`. ValueError where a probe or the base is missing.

    Without `tails`, joint training with a last stage is no candidate.
    """
    own, belief = own_probes(curriculum), believed(m, curriculum, seed)
    made = candidates(curriculum, order, tails=tails)
    training = {name: amounts(arm, own) for name, arm in made.items()}
    scores = {name: scores_after(found, belief.truth) for name, found in training.items()}
    staged = max(
        (name for name in made if name != JOINT), key=lambda name: belief.mean((scores[name] * m.weights).sum(axis=1))
    )
    totals = _totals(scores, belief, m.weights)
    gain = totals[staged] - totals[JOINT]
    best = np.stack(list(totals.values())).argmax(axis=0)
    found = tuple(
        Candidate(
            name=name,
            predicted=belief.interval(values, m.seeds),
            best=belief.mean(best == at),
        )
        for at, (name, values) in enumerate(totals.items())
    )
    worth, chance = belief.interval(gain, m.seeds), belief.mean(gain > 0)
    return Mixing(
        candidates=tuple(sorted(found, key=lambda one: -one.predicted.value)),
        staged=staged,
        gain=worth,
        chance=chance,
        advice=_advice(worth, curriculum.comparison.rope),
        sure=worth.sign != 0 and not m.groups,
        regret=belief.mean(np.maximum(0.0, -gain if worth.value > 0 else gain)),
        repair=belief.interval(belief.truth.repair, m.seeds),
        exposure=belief.interval(belief.truth.exposure, m.seeds),
        probed=m.mixed is not None,
        fit=belief.fit,
        rope=curriculum.comparison.rope,
        reason=decisive(
            training[staged],
            m.weights,
            lambda amount: belief.expected(scores_after(amount, belief.truth)),
            training[JOINT],
            names=m.domains,
            labels=[stage.label for stage in made[staged].stages],
            last=next((name for name in order if tailed_name(name) == staged), None),
            gains=worth.value > 0,
        ),
    )


def unmeasured_advice(name: str) -> Mixing:
    """As if the plan advised to train this candidate, before anything was measured."""
    nothing = Interval.unknown("nothing was measured")
    return Mixing(
        candidates=(),
        staged=name,
        gain=nothing,
        chance=0.5,
        advice="stage",
        sure=False,
        regret=0.0,
        repair=nothing,
        exposure=nothing,
        probed=False,
    )


def _totals(scores: dict[str, Array], belief: WeightedDraws, weights: Array) -> dict[str, Array]:
    """Candidate → totals (draws, parts), those of joint training as the equations say."""
    expected = {name: belief.expected(found) for name, found in scores.items()}
    off = {name: OFF * np.sqrt(((weights * (mean - expected[JOINT])) ** 2).sum()) for name, mean in expected.items()}
    return {name: (found * weights).sum(axis=1)[:, None] + off[name] * PARTS for name, found in scores.items()}


def believed(m: Measurements, curriculum: Curriculum, seed: int = 0) -> WeightedDraws:
    """Draws of the effects, each with every repair and exposure, weighted by the joint probe where there is one."""
    grid = np.array([(repair, exposure) for repair in REPAIRS for exposure in EXPOSURES])
    count = max(20, min(DRAWS, ROOM // (len(m.domains) ** 2 * len(grid))))
    drawn = np.repeat(shrunk_transfer(m).sample(count, seed), len(grid), axis=0)
    repair, exposure = np.tile(grid, (count, 1)).T
    if m.groups:
        drawn = drawn + np.eye(len(m.domains)) * drawn * (whole_stages(_parts(m, curriculum), repair) - 1)[:, None]
    truth = Truth(m.mean(()), drawn, repair, exposure)
    if m.mixed is None:
        return WeightedDraws(truth, np.full(len(repair), 1 / len(repair)))
    expected = scores_after(amounts(joint_probe(curriculum), own_probes(curriculum)), truth)
    seen = np.array([float(block.mean()) for block in m.mixed])
    changes = {name: block - base for name, block, base in zip(m.domains, m.mixed, m.scores[()], strict=True)}
    noise = np.array([standard_error({name: change}) ** 2 for name, change in changes.items()]) + MISFIT**2
    distance = ((expected - seen) ** 2 / noise).sum(axis=1)
    weight = np.exp(-0.5 * (distance - distance.min()))
    return WeightedDraws(truth, weight / weight.sum(), float(chi2.sf(distance.min(), len(seen))))


def _parts(m: Measurements, curriculum: Curriculum) -> Array:
    """Of its own stage, what each domain had in the stage that it was probed by: 1, or a part."""
    own, probes = own_probes(curriculum), unit_probes(curriculum)
    return np.array([amounts(probes[m.unit[name]], own)[0, at] for at, name in enumerate(m.domains)])


def _advice(gain: Interval, rope: float) -> Advice:
    ends = gain.ends or (-np.inf, np.inf)
    if -rope <= ends[0] and ends[1] <= rope:
        return "either"
    return "stage" if gain.value > 0 else "mix"
