"""Adaptive mixing by each rule on simulated learners of known truth, at equal budget.

    python -m benchmarks.mixing [instances a regime] [rounds]

The learners are those of benchmarks/regimes.py, and two more: `early`, where one domain is learnt after a tenth of its
budget, and `hopeless alone`, where one can never be learnt and harms none. They are not what the transfer rule assumes
(scheduler/prediction/dynamics.py). Every rule spends the budget of one own stage a domain in rounds, sees each round's
scores with the noise of three seeds, items and samples, and is judged by the noiseless mean and worst score at the end.
`transfer` starts without probes, `transfer, probed` from one stage a domain, which costs as much again and is not
counted here. `sequential` is the best of all orders of one stage a domain, known only in hindsight. Everything but
these two is said relative to `uniform`, joint training: mean and 95 % interval over instances of the difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.regimes import FIRST, ITEMS, LUCK, NAMES, REGIMES, SAMPLES, SEEDS, SIZE, Learner, Regime, independent
from curricula.schema import Adaptive, MixingRule
from scheduler.measurements import Array
from scheduler.mixing import Seen, propose
from scheduler.statistics.intervals import quantile

EVEN = np.ones(len(NAMES)) / len(NAMES)
EFFECTS = 200
"""Draws of B from the probes."""


def early(rng: np.random.Generator) -> Learner:
    """The first is learnt at once; whatever is spent on it after that is lost."""
    learner = independent(rng)
    curvature = learner.curvature.copy()
    curvature[0] *= 10
    targets = learner.targets.copy()
    targets[0] *= 0.4
    return replace(learner, targets=targets, curvature=curvature)


def hopeless_alone(rng: np.random.Generator) -> Learner:
    """The first is out of reach, and harms none."""
    learner = independent(rng)
    targets = learner.targets.copy()
    targets[0] *= 12
    return replace(learner, targets=targets)


LEARNERS: Mapping[str, Regime] = {**REGIMES, "early": early, "hopeless alone": hopeless_alone}
NOISE = 0.25 / (ITEMS * SAMPLES) + LUCK**2 / SEEDS
"""Variance that is told to the rules: the most that items and samples give, and luck."""


@dataclass(frozen=True, eq=False)
class Played:
    """One budget spent."""

    shares: Array
    """(rounds, domains)."""
    final: Array
    """Noiseless scores, (domains,)."""


def play(learner: Learner, rule: MixingRule, spec: Adaptive, noise: int, *, probed: bool = False) -> Played:
    """Spend the budget by one rule; `noise` seeds what is measured, so that rules meet the same luck."""
    rng = np.random.default_rng(noise)
    base = learner.scores(np.zeros(SIZE))
    effects = _probes(learner, base, rng) if probed else None
    pace = np.full((spec.rounds, len(NAMES)), len(NAMES) / spec.rounds)
    luck = rng.normal(0, np.sqrt(NOISE), (spec.rounds + 1, len(NAMES)))
    shares, scores = np.zeros((0, len(NAMES))), np.clip(base + luck[0], 0, 1)[None]
    for at in range(spec.rounds):
        seen = Seen(EVEN, EVEN, pace, shares, scores, np.full_like(scores, NOISE), effects)
        shares = np.concatenate([shares, propose(rule, seen, spec).shares[None]])
        reached = learner.after(shares * pace[: at + 1])
        scores = np.concatenate([scores, np.clip(reached + luck[at + 1], 0, 1)[None]])
    return Played(shares, learner.after(shares * pace))


def best_order(learner: Learner) -> Array:
    """Noiseless scores of the order with the best mean."""
    found = [learner.after(np.eye(len(NAMES))[list(order)]) for order in permutations(range(len(NAMES)))]
    return max(found, key=lambda scores: float(scores.mean()))


def _probes(learner: Learner, base: Array, rng: np.random.Generator) -> Array:
    effects = np.stack([learner.after(row[None]) - base for row in np.eye(len(NAMES))])
    measured = effects + rng.normal(0, np.sqrt(2 * NOISE), effects.shape)
    return np.asarray(measured + rng.normal(0, np.sqrt(2 * NOISE), (EFFECTS, *effects.shape)))


def compared(regime: Regime, number: int, instances: int, spec: Adaptive) -> dict[str, dict[str, list[float]]]:
    """Way → measure → mean, and the ends of its interval."""
    finals: dict[str, list[Array]] = {}
    # Below FIRST instances were looked at when the prior of scheduler/mixing/belief.py was chosen.
    for at in range(FIRST, FIRST + instances):
        learner = regime(np.random.default_rng([number, at]))
        worst = spec.model_copy(update={"objective": "worst"})
        finals.setdefault("uniform", []).append(play(learner, "uniform", spec, at).final)
        finals.setdefault("transfer", []).append(play(learner, "transfer", spec, at).final)
        finals.setdefault("transfer, probed", []).append(play(learner, "transfer", spec, at, probed=True).final)
        finals.setdefault("transfer, worst", []).append(play(learner, "transfer", worst, at).final)
        finals.setdefault("learnability", []).append(play(learner, "learnability", spec, at).final)
        finals.setdefault("slope", []).append(play(learner, "slope", spec, at).final)
        finals.setdefault("sequential", []).append(best_order(learner))
    joint = np.stack(finals["uniform"])
    told = {"uniform": {"mean": _interval(joint.mean(axis=1)), "worst": _interval(joint.min(axis=1))}}
    for name in list(finals)[1:]:
        final = np.stack(finals[name])
        told[name] = {
            "mean": _interval(final.mean(axis=1) - joint.mean(axis=1)),
            "worst": _interval(final.min(axis=1) - joint.min(axis=1)),
        }
    return told


def main(instances: int = 40, rounds: int = 8) -> None:
    """One JSON: regime → way → measure → [mean, low, high]."""
    spec = Adaptive(rounds=rounds)
    found = {name: compared(regime, at, instances, spec) for at, (name, regime) in enumerate(LEARNERS.items())}
    print(json.dumps({"instances": instances, "rounds": rounds, "regimes": found}, indent=1))


def _interval(values: Array | Sequence[float]) -> list[float]:
    mean, count = float(np.mean(values)), len(values)
    half = quantile(count - 1, 0.025) * float(np.std(values, ddof=1)) / count**0.5 if count > 1 else 0.0
    return [round(number, 4) for number in (mean, mean - half, mean + half)]


if __name__ == "__main__":
    main(*(int(argument) for argument in arguments(__doc__)[:2]))
