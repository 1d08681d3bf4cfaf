"""When to stage and when to mix: simulated learners of known truth, and what the plan advises from noisy probes.

    python -m benchmarks.regimes [instances a regime]

The learner is not the one that the advice assumes (scheduler/prediction/dynamics.py). It has weights θ; domain j pulls
them to its target t_j with curvature h_j, each weight its own: loss_j = ½·Σ_k h_jk·(θ_k − t_jk)², score_j =
e^(−loss_j); a stage on a mixture follows the mean gradient. What one domain does to another follows from where their
targets lie. The plan sees base, one stage a domain and the joint probe, with three seeds, items and samples; the truth
are noiseless runs of all its candidates. What it says (the staged candidate that it names, or joint training), always
taking joint training and always taking the plan's order are held against one bar (benchmarks/one_bar.py), a difference
of up to `TIE` counting as right. `covered`: the 95 % interval of the staged candidate's gain holds the true one;
`chance` is what was told, `came_true` whether the gain has that sign, also by how probable the advice was called.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.one_bar import against_bar
from curricula.schema import Curriculum
from scheduler.composing.candidates import candidates
from scheduler.composing.joint import JOINT
from scheduler.measurements import Array, Measurements
from scheduler.planning.planner import make_plan
from scheduler.planning.stage_or_mix import stage_or_mix
from scheduler.prediction.dynamics import amounts
from scheduler.probing.probes import joint_probe, own_probes

NAMES = ("a", "b", "c", "d")
SIZE = 12
"""Weights."""
STEPS = 60
"""Gradient steps in a stage of one domain."""
SEEDS, ITEMS, SAMPLES = 3, 120, 4
LUCK = 0.01
"""What chance does to a run: standard deviation of every score, by seed."""
TIE = 0.005
TOLD = (0.5, 0.65, 0.8, 0.975, 2.0)
"""Probabilities of the advice between which it is asked how often it came true."""
FIRST = 100
"""Instances below were looked at when the advice's prior was chosen."""
EVEN = np.ones(len(NAMES)) / len(NAMES)


@dataclass(frozen=True, eq=False)
class Learner:
    """Targets and curvatures, (domains, weights)."""

    targets: Array
    curvature: Array
    needs: int | None = None
    """The domain without whose skill the others have next to nothing to learn from."""

    def scores(self, weights: Array) -> Array:
        """(domains,)."""
        return np.asarray(np.exp(-0.5 * (self.curvature * (weights - self.targets) ** 2).sum(axis=1)))

    def after(self, training: Array) -> Array:
        """Scores after stages of these amounts (stages, domains), from the base at θ = 0."""
        weights = np.zeros(SIZE)
        for stage in training:
            count = max(1, round(STEPS * float(stage.sum())))
            for _ in range(count):
                pull = self.curvature * (self.targets - weights)
                if self.needs is not None:
                    known = self.scores(weights)[self.needs]
                    pull = pull * np.where(np.arange(len(NAMES)) == self.needs, 1.0, known**2)[:, None]
                weights = weights + (stage / stage.sum()) @ pull / STEPS
        return self.scores(weights)


Regime = Callable[[np.random.Generator], Learner]


def interchangeable(rng: np.random.Generator) -> Learner:
    """All want nearly the same of the same weights."""
    target = rng.normal(0, 0.5, SIZE)
    return Learner(target + rng.normal(0, 0.05, (len(NAMES), SIZE)), _spread(rng, np.ones((len(NAMES), SIZE))))


def independent(rng: np.random.Generator) -> Learner:
    """Each has weights of its own."""
    return Learner(rng.normal(0, 0.8, (len(NAMES), SIZE)), _spread(rng, _own_weights()))


def one_way(rng: np.random.Generator) -> Learner:
    """The first moves weights that the others need where they are, hardly minding them itself; they restore them."""
    curvature = _own_weights()
    targets = rng.normal(0, 0.8, (len(NAMES), SIZE))
    targets[0, 3:], curvature[0, 3:] = rng.normal(0, 1.2, SIZE - 3), 0.5
    return Learner(targets, _spread(rng, curvature))


def both_ways(rng: np.random.Generator) -> Learner:
    """Each has weights of its own, and all pull the same few weights to different places."""
    curvature, targets = _own_weights(), rng.normal(0, 0.8, (len(NAMES), SIZE))
    curvature[:, :2] = 1.5
    targets[:, :2] = rng.normal(0, 0.7, (len(NAMES), 2))
    return Learner(targets, _spread(rng, curvature))


def prerequisite(rng: np.random.Generator) -> Learner:
    """The others can hardly be learnt before the first is."""
    return replace(independent(rng), needs=0)


def hopeless(rng: np.random.Generator) -> Learner:
    """The first is far from anything that its stage reaches, and wears the others down on the way."""
    learner = one_way(rng)
    targets = learner.targets.copy()
    targets[0, :3] = 6.0
    return replace(learner, targets=targets)


def opposite(rng: np.random.Generator) -> Learner:
    """Each has weights of its own, and on one more, how far answers spread, the last pulls against all others."""
    curvature, targets = _own_weights(), rng.normal(0, 0.8, (len(NAMES), SIZE))
    curvature[:, 0] = 3.0
    targets[:, 0] = rng.uniform(0.4, 0.7, len(NAMES)) * np.array([-1, -1, -1, 1])
    return Learner(targets, _spread(rng, curvature))


REGIMES: dict[str, Regime] = {
    "interchangeable": interchangeable,
    "independent": independent,
    "one-way harm": one_way,
    "harm both ways": both_ways,
    "prerequisite": prerequisite,
    "hopeless": hopeless,
}
JUDGED: dict[str, Regime] = {**REGIMES, "opposite entropy": opposite}
"""All kinds on which the advice is judged; the last was added after `OFF` was chosen."""


def measured(learner: Learner, curriculum: Curriculum, rng: np.random.Generator, *, probe: bool) -> Measurements:
    """What base, probes and, where it is asked for, the joint probe show of a learner."""
    own = own_probes(curriculum)

    def seen(training: Array) -> tuple[Array, ...]:
        means = np.clip(learner.after(training) + rng.normal(0, LUCK, (SEEDS, len(NAMES))), 0, 1)
        return tuple(rng.binomial(SAMPLES, _items(means[:, j], rng)) / SAMPLES for j in range(len(NAMES)))

    base = np.clip(learner.scores(np.zeros(SIZE)), 0, 1)
    first = tuple(
        np.repeat(rng.binomial(SAMPLES, _items(np.array([mean]), rng)) / SAMPLES, SEEDS, axis=0) for mean in base
    )
    return Measurements(
        NAMES,
        EVEN,
        {(): first, **{(name,): seen(np.eye(len(NAMES))[[j]]) for j, name in enumerate(NAMES)}},
        mixed=seen(amounts(joint_probe(curriculum), own)) if probe else None,
    )


def judged(learner: Learner, curriculum: Curriculum, rng: np.random.Generator, *, probe: bool) -> dict[str, float]:
    """Of one instance: gain of the best staged candidate over joint, and how the advice does."""
    own, m = own_probes(curriculum), measured(learner, curriculum, rng, probe=probe)
    order = make_plan(m, curriculum, {}, resamples=50).order
    found = stage_or_mix(m, curriculum, order)
    truth = {
        name: float(learner.after(amounts(arm, own)).mean()) for name, arm in candidates(curriculum, order).items()
    }
    gain = truth[found.staged] - truth[JOINT]
    return {
        "gain": gain,
        **against_bar(found, truth, TIE),
        "chance": max(found.chance, 1 - found.chance),
        "came_true": float((gain > 0) == (found.chance > 0.5)),
        "covered": float(found.gain.ends is not None and found.gain.ends[0] <= gain <= found.gain.ends[1]),
        "says_stage": float(found.advice == "stage"),
    }


def judged_instance(name: str, at: int, *, probe: bool) -> dict[str, float]:
    """Number `at` of a regime's instances."""
    learner, chance = (np.random.default_rng([list(JUDGED).index(name), at, part]) for part in (0, 1))
    return judged(JUDGED[name](learner), curriculum_of(), chance, probe=probe)


def summary(found: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, dict[str, list[float]]]:
    """Regime, all of them, and how probable the advice was called → key → mean, low, high."""
    rows = {**found, "all": [row for each in found.values() for row in each]}
    for low, high in pairwise(TOLD):
        told = [row for row in rows["all"] if low <= row["chance"] < high]
        if len(told) > 1:
            rows[f"told {low:.3g} to {min(high, 1):.3g}"] = told
    return {name: _means(each) for name, each in rows.items()}


def main(instances: int = 40) -> None:
    """One JSON: with and without the joint probe → regime → means over instances with 95 % intervals."""
    ran = range(FIRST, FIRST + instances)
    found = {
        label: summary({name: [judged_instance(name, at, probe=probe) for at in ran] for name in JUDGED})
        for label, probe in (("probed", True), ("not probed", False))
    }
    print(json.dumps({"instances": instances, **found}, indent=1))


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Key → mean, low, high; instances are independent."""
    told = {}
    for key in rows[0]:
        values = np.array([row[key] for row in rows])
        mean, half = float(values.mean()), 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5
        told[key] = [round(value, 4) for value in (mean, mean - half, mean + half)]
    return told


def _items(means: Array, rng: np.random.Generator) -> Array:
    """Items' probabilities about each mean, the same items for all: (seeds, items)."""
    spread = np.linspace(-0.3, 0.3, ITEMS)
    return np.clip(means[:, None] + spread * np.minimum(means, 1 - means)[:, None], 0, 1)


def _own_weights() -> Array:
    """Three weights a domain, and none of the others'."""
    return np.repeat(np.eye(len(NAMES)), SIZE // len(NAMES), axis=1)


def _spread(rng: np.random.Generator, curvature: Array) -> Array:
    return 0.6 * curvature * rng.uniform(0.7, 1.3, curvature.shape)


def curriculum_of() -> Curriculum:
    domain = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}
    return Curriculum.model_validate(
        {"name": "regimes", "model": {"type": "scratch"}, "domains": dict.fromkeys(NAMES, domain)}
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in arguments(__doc__)[:1]))
