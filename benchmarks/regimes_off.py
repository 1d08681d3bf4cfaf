"""How far the equations behind the advice are off: where `OFF` of scheduler/planning/stage_or_mix.py comes from.

    python -m benchmarks.regimes_off [learners a regime]

On learners of `benchmarks.regimes` that it does not count (their numbers are below `FIRST`), what the equations predict
that the best staged candidate gains over joint training is held against the true gain. The predicted error has two
parts: the spread of the draws, and an error of the equations in one of two forms. `share`: in every domain this share
of the predicted difference between the two, each domain for itself. `fixed`: in every domain this much, whatever is
predicted. Told are the mean log-likelihood of the true gain under a normal distribution, and in how many learners it
lies within 1.96 standard deviations.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.regimes import EVEN, FIRST, REGIMES, Learner, curriculum_of, measured
from curricula.schema import Curriculum
from scheduler.composing.candidates import candidates
from scheduler.composing.joint import JOINT
from scheduler.measurements import Array
from scheduler.planning.planner import make_plan
from scheduler.planning.stage_or_mix import believed
from scheduler.prediction.dynamics import amounts, scores_after
from scheduler.probing.probes import own_probes

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
FIXED = (0.0, 0.004, 0.01, 0.02, 0.03, 0.04)
LEAST = 1e-4
"""Of a standard deviation: what is predicted exactly is not infinitely likely."""


class Held(NamedTuple):
    """A predicted gain beside the true one."""

    error: float
    spread: float
    """Standard deviation of the draws."""
    differences: Array
    """(domains,), predicted."""


def held(learner: Learner, curriculum: Curriculum, rng: np.random.Generator) -> Held:
    """Of one learner."""
    m = measured(learner, curriculum, rng, probe=True)
    order = make_plan(m, curriculum, {}, resamples=50).order
    own, belief, made = own_probes(curriculum), believed(m, curriculum), candidates(curriculum, order)
    scores = {name: scores_after(amounts(arm, own), belief.truth) for name, arm in made.items()}
    expected = {name: belief.expected(found) for name, found in scores.items()}
    staged = max((name for name in made if name != JOINT), key=lambda name: float(expected[name].mean()))
    gains = (scores[staged] - scores[JOINT]).mean(axis=1)
    mean = belief.mean(gains)
    true = {name: float(learner.after(amounts(made[name], own)).mean()) for name in (staged, JOINT)}
    spread = float(np.sqrt(belief.mean((gains - mean) ** 2)))
    return Held(mean - (true[staged] - true[JOINT]), spread, expected[staged] - expected[JOINT])


def told(rows: list[Held], off: Callable[[Array], Array]) -> dict[str, float]:
    """`off` maps predicted differences to the standard deviation of the equations' error, domain by domain."""
    errors = np.array([row.error for row in rows])
    wide = np.array([np.hypot(row.spread, np.sqrt(((EVEN * off(row.differences)) ** 2).sum())) for row in rows]) + LEAST
    likelihood = -np.log(wide) - 0.5 * (errors / wide) ** 2 - 0.5 * np.log(2 * np.pi)
    return {
        "log_likelihood": round(float(likelihood.mean()), 3),
        "covered": round(float((np.abs(errors) <= 1.96 * wide).mean()), 3),
    }


def share(size: float, differences: Array) -> Array:
    """So much of what is predicted."""
    return size * differences


def fixed(size: float, differences: Array) -> Array:
    """So much in every domain."""
    return np.full_like(differences, size)


def main(learners: int = 25) -> None:
    """One JSON: form → size → what is told."""
    if learners > FIRST:
        raise SystemExit(f"at most {FIRST} learners a regime: later ones are those that are judged")
    curriculum = curriculum_of()
    rows = []
    for number, regime in enumerate(REGIMES.values()):
        for at in range(learners):
            made, chance = (np.random.default_rng([number, at, part]) for part in (0, 1))
            rows.append(held(regime(made), curriculum, chance))
    forms = {"share": (share, SHARES), "fixed": (fixed, FIXED)}
    found = {name: {size: told(rows, partial(form, size)) for size in sizes} for name, (form, sizes) in forms.items()}
    print(json.dumps({"learners": len(rows), **found}, indent=1))


if __name__ == "__main__":
    main(*map(int, arguments(__doc__)[:1]))
