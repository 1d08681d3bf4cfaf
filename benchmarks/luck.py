"""How often one draw of the base's answers, or few items, deceive: by simulation, with the product's own functions.

    python -m benchmarks.luck [--simulations 200]

Nothing is learnt, or lost, but in the last two. A domain has 100 items; answers are right or wrong, or those of a
creative domain: good ones of which hardly two are equal (.4 to .95, by item), and .02 that have lost their form and are
worth 0. All seeds are held against one draw of the base's answers. Prints tables and then one line of JSON. Keys that
end with `plain` hold what comes out where that draw's luck, or what few items leave open, is not counted:

    false_own_gain     at least one own gain is sure in a plan of four domains
    false_base         one domain's arm is better or worse than the base, as the primary pair
    false_equivalence  equivalent within .02, where every seed loses just that: whole items of one domain, of which half
                       are right and one answer in two hundred is otherwise besides
    false_noise        no fall of more than .05 is told of a stage in which every seed loses .06 in the same way
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.cliff_tables import show
from benchmarks.cliff_worlds import Drawn
from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.judging import MATTERS
from experiments.analysis.comparing.comparison import compare, pair
from experiments.analysis.comparing.family import ALPHA
from experiments.analysis.scores import BASE
from scheduler.evidence.claims import own_gains
from scheduler.evidence.effects import by_probes
from scheduler.measurements import Array, Measurements, Path
from scheduler.statistics.intervals import holm, interval, spread, total

SIMULATIONS = 200
SEEDS = (3, 10)
ITEMS, NAMES = 100, ("a", "b", "c", "d")
ROPE, FALL, WOBBLE = 0.02, 0.06, 0.005
Flags = tuple[bool, bool]
"""By the product, and plain."""
Said = Callable[[np.random.Generator, Array, int, int], Array]
"""Item scores (seeds, items), the means of so many answers, where an item's good answers are worth so much (items,)."""


def _right(chance: float) -> Said:
    return lambda rng, worth, seeds, samples: rng.binomial(samples, chance, (seeds, len(worth))) / samples


def _creative(rng: np.random.Generator, worth: Array, seeds: int, samples: int) -> Array:
    shape = (seeds, len(worth), samples)
    good = worth[:, None] + rng.normal(0, 0.01, shape)
    return np.asarray(np.where(rng.random(shape) < 0.02, 0.0, good).mean(axis=-1))


KINDS: dict[str, Said] = {
    ".02 are right": _right(0.02),
    ".04 are right": _right(0.04),
    "half are right": _right(0.5),
    "creative": _creative,
}


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by what answers are like, answers or items, and number of seeds."""
    found: dict[str, Any] = {"simulations": simulations}
    for key, (kind, said), samples, seeds in product(DRAWS, KINDS.items(), (1, 2, 4), SEEDS):
        once = partial(DRAWS[key], said=said, samples=samples, seeds=seeds)
        _add(found, f"false_{key}", f"{kind}, {samples} an item, {seeds} seeds", simulations, once)
    for key, items, seeds in product(FEW, (20, 40, 100), SEEDS):
        _add(
            found,
            f"false_{key}",
            f"{items} items, {seeds} seeds",
            simulations,
            partial(FEW[key], items=items, seeds=seeds),
        )
    return found


def _add(
    found: dict[str, Any], key: str, name: str, simulations: int, once: Callable[[np.random.Generator], Flags]
) -> None:
    rng = np.random.default_rng(0)
    rates = np.mean([once(rng) for _ in range(simulations)], axis=0)
    for title, rate in zip((key, f"{key}_plain"), rates.tolist(), strict=True):
        found.setdefault(title, {})[name] = round(rate, 4)


def _own_gain(rng: np.random.Generator, said: Said, samples: int, seeds: int) -> Flags:
    worth = rng.uniform(0.4, 0.95, (len(NAMES), ITEMS))
    base = tuple(np.repeat(said(rng, one, 1, samples), seeds, axis=0) for one in worth)
    probes: dict[Path, tuple[Array, ...]] = {
        (name,): tuple(said(rng, one, seeds, samples) for one in worth) for name in NAMES
    }
    m = Measurements(NAMES, np.full(len(NAMES), 1 / len(NAMES)), {(): base, **probes})
    own = {name: {"": m.scores[(name,)][at] - base[at]} for at, name in enumerate(NAMES)}
    plain = holm({name: spread(block).p_value(total(block)) for name, block in own.items()})
    return (
        any(gain.raised for gain in own_gains(NAMES, m.mean(()), by_probes(m))),
        any(p <= ALPHA and total(own[name]) > 0 for name, p in plain.items()),
    )


def _base(rng: np.random.Generator, said: Said, samples: int, seeds: int) -> Flags:
    worth = rng.uniform(0.4, 0.95, ITEMS)
    base = {"": np.repeat(said(rng, worth, 1, samples), seeds, axis=0)}
    ours = {"": said(rng, worth, seeds, samples)}
    found, other = (compare([pair("arm", name, ours, base, {"": 1.0})], ROPE)[0] for name in (BASE, "other"))
    return found.p_adjusted is not None and found.p_adjusted <= ALPHA, other.p is not None and other.p <= ALPHA


def _lost(rng: np.random.Generator, items: int, seeds: int, fall: float) -> tuple[Array, Array]:
    """Before and after, (seeds, items): of the items that are right so many are lost by every seed."""
    before = (rng.random((1, items)) < 0.5).astype(float)
    kept = before * (rng.random((1, items)) >= 2 * fall)
    return np.repeat(before, seeds, axis=0), np.repeat(kept, seeds, axis=0)


def _equivalence(rng: np.random.Generator, items: int, seeds: int) -> Flags:
    before, after = _lost(rng, items, seeds, ROPE)
    after = np.where(rng.random(after.shape) < WOBBLE, 1 - after, after)
    verdict = compare([pair("one", "other", {"": after}, {"": before}, {"": 1.0})], ROPE)[0].verdict
    narrow = interval({"": after - before}, 1 - 2 * ALPHA).ends or (-1.0, 1.0)
    return verdict in ("equivalent", "worse_but_small", "better_but_small"), max(map(abs, narrow)) < ROPE


def _noise(rng: np.random.Generator, items: int, seeds: int) -> Flags:
    before, after = (each[..., None] for each in _lost(rng, items, seeds, FALL))
    found = Drawn((before, after), (np.ones_like(before), np.ones_like(after)))
    plain = interval({"": found.change})
    verdict = contrast(found.change, found, p_of(found.change, found)).verdict
    return verdict == "noise", plain.sign == 0 and plain.ends is not None and plain.ends[0] >= -MATTERS


DRAWS: Mapping[str, Callable[..., Flags]] = {"own_gain": _own_gain, "base": _base}
"""One draw of the base deceives."""
FEW: Mapping[str, Callable[..., Flags]] = {"equivalence": _equivalence, "noise": _noise}
"""Few items deceive."""


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    return show(measure, __doc__, ["--simulations", str(SIMULATIONS), *arguments])


if __name__ == "__main__":
    main(arguments(__doc__))
