"""How uncertain a model is on a domain, and which way the domain's own training moves that.

Structured domains are expected to lower output entropy and creative ones to raise it (Omni-Thinker,
arXiv:2507.14783): here that is a measurement, which may contradict what the curriculum declares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from domains.diversity import compression_ratio, distinct_n
from domains.example import Kind
from domains.frozen import Frozen

Array = npt.NDArray[np.float64]
Measured = Literal["structured", "creative", "undecided"]


class EntropyProfile(Frozen):
    """A domain under the base model. Intervals are 95 %, by bootstrap over seeds and items."""

    domain: str
    kind: Kind
    """As the curriculum declares it."""
    entropy: float
    """Mean predictive entropy of the model's own samples at temperature 1, nats per token."""
    entropy_low: float
    entropy_high: float
    reference_entropy: float | None = None
    """Predictive entropy on the reference answers (teacher-forced), nats per token."""
    nll: float | None = None
    """Negative log-likelihood of the reference answers, bits per byte."""
    surprise: float | None = None
    """NLL over reference entropy, both per token: above 1, surer than it should be."""
    compression_ratio: float
    """Raw over zlib bytes of the reference answers."""
    distinct: tuple[float, float, float]
    """Share of distinct 1-, 2- and 3-grams in the reference answers."""
    delta_entropy: float | None = None
    """Own-sample entropy after the domain's own probe minus before, nats per token; None until then."""
    delta_low: float | None = None
    delta_high: float | None = None
    measured: Measured = "undecided"
    """`structured` where the interval lies below zero, `creative` where it lies above."""
    contradicts: bool = False
    """Whether the measurement says the opposite of what the curriculum declares."""


def make_profile(
    domain: str,
    kind: Kind,
    *,
    entropy: Array,
    probe_entropy: Array | None,
    answers: Sequence[str],
    reference_entropy: float | None = None,
    nll: float | None = None,
    tokens_per_byte: float | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> EntropyProfile:
    """The profile from measurements.

    `entropy` and `probe_entropy` have shape (seeds, items), nats per token, aligned so that differences are
    paired; `answers` are the reference answers; `nll` is in bits per byte, and with `tokens_per_byte` of the
    answers it gives the surprise. Raises ValueError where shapes differ.
    """
    low, high = interval(entropy, resamples, seed)
    delta = None if probe_entropy is None else _difference(probe_entropy, entropy)
    delta_low, delta_high = (None, None) if delta is None else interval(delta, resamples, seed)
    measured = direction(delta_low, delta_high)
    return EntropyProfile(
        domain=domain,
        kind=kind,
        entropy=float(entropy.mean()),
        entropy_low=low,
        entropy_high=high,
        reference_entropy=reference_entropy,
        nll=nll,
        surprise=surprise(nll, reference_entropy, tokens_per_byte),
        compression_ratio=compression_ratio(answers),
        distinct=(distinct_n(answers, 1), distinct_n(answers, 2), distinct_n(answers, 3)),
        delta_entropy=None if delta is None else float(delta.mean()),
        delta_low=delta_low,
        delta_high=delta_high,
        measured=measured,
        contradicts=measured not in ("undecided", kind),
    )


def direction(low: float | None, high: float | None) -> Measured:
    """The kind that an interval of ΔH speaks for."""
    if low is None or high is None or low <= 0 <= high:
        return "undecided"
    return "structured" if high < 0 else "creative"


def surprise(nll: float | None, reference_entropy: float | None, tokens_per_byte: float | None) -> float | None:
    """NLL (bits per byte, turned into nats per token) over reference entropy (nats per token)."""
    if nll is None or not reference_entropy or not tokens_per_byte:
        return None
    return nll * math.log(2) / tokens_per_byte / reference_entropy


def interval(values: Array, resamples: int, seed: int) -> tuple[float, float]:
    """95 % percentile interval of the mean of `values`, shape (seeds, items), by a hierarchical bootstrap.

    Seeds are drawn with replacement, and items once for all seeds, because all seeds share them.
    """
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"interval: needs shape (seeds, items) with neither zero, got {values.shape}")
    seeds, items = values.shape
    rng = np.random.default_rng(seed)
    by_seed = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples) / seeds
    by_item = rng.multinomial(items, np.full(items, 1 / items), size=resamples) / items
    means = np.einsum("rs,si,ri->r", by_seed, values, by_item, optimize=True)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _difference(after: Array, before: Array) -> Array:
    if after.shape != before.shape:
        raise ValueError(f"make_profile: entropies must be paired, got {after.shape} and {before.shape}")
    return after - before
