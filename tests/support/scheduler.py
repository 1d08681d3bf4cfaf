"""Curricula and synthetic measurements for the scheduler's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from curricula.schema import Curriculum
from scheduler.measurements import Array, Measurements, Path
from scheduler.prediction.predict import predict

NAMES = ("sums", "sort", "spell", "stories", "count", "poems", "logic", "words")
CREATIVE = ("stories", "poems")
DOMAIN_NAMES = (
    st.sampled_from(["a", "b", "a-b", "b-a"])
    | st.sampled_from(["joint", "bwt", "random-0", "probe-a", "base", "explicit"])
    | st.from_regex(r"^[A-Za-z][A-Za-z0-9_-]{0,31}\Z")
)
"""Whatever a domain may be called, above all what could be taken for something else."""


def make_curriculum(domains: Sequence[str] = NAMES[:4], **changes: Any) -> Curriculum:
    """A small curriculum; `changes` replace top-level keys."""
    data = {
        "name": "test",
        "model": {"type": "scratch"},
        "domains": {
            name: {
                "kind": "creative" if name in CREATIVE else "structured",
                "source": {"type": "stories"},
                "rewards": [{"type": "exact"}],
            }
            for name in domains
        },
        "training": {"steps": 10, "prompts": 4, "rollouts": 4},
    }
    return Curriculum.model_validate(data | changes)


def measure(
    base: Array,
    transfer: Array,
    domains: Sequence[str] = NAMES,
    *,
    orders: Sequence[Path] = (),
    seeds: int = 3,
    items: int = 40,
    noise: tuple[float, float] = (0.0, 0.0),
    weights: Array | None = None,
    rng: int = 0,
) -> Measurements:
    """Scores in which saturation and constancy hold exactly, plus normal noise by seed and by cell.

    Base, every probe and all prefixes of `orders` are measured.
    """
    names = tuple(domains[: len(base)])
    paths = [(), *((name,) for name in names), *(order[:k] for order in orders for k in range(2, len(order) + 1))]
    draws = np.random.default_rng(rng)
    by_seed, by_cell = noise
    scores: dict[Path, tuple[Array, ...]] = {}
    for path in dict.fromkeys(paths):
        means = sequential(path, names, base, transfer)
        scores[path] = tuple(
            mean + by_seed * draws.normal(size=(seeds, 1)) + by_cell * draws.normal(size=(seeds, items))
            for mean in means
        )
    even = np.full(len(names), 1 / len(names))
    return Measurements(domains=names, weights=even if weights is None else weights, scores=scores)


def sequential(path: Path, names: Path, base: Array, transfer: Array) -> Array:
    """Scores after a prefix: domains still to come take every effect so far."""
    return predict(path, names, base, transfer)


def permuted(m: Measurements, places: Sequence[int]) -> Measurements:
    """The same measurements with the domains in another order."""
    return Measurements(
        domains=tuple(m.domains[at] for at in places),
        weights=m.weights[list(places)],
        scores={path: tuple(blocks[at] for at in places) for path, blocks in m.scores.items()},
    )


def matrix(rows: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> Array:
    """B from nested names; what is not named is 0."""
    return np.array([[rows.get(i, {}).get(j, 0.0) for j in names] for i in names])
