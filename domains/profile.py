"""How uncertain a model is on a domain, and which way the domain's own training moves that.

Structured domains are expected to lower output entropy and creative ones to raise it (Omni-Thinker,
arXiv:2507.14783): here that is a measurement, which may contradict what the curriculum declares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from domains.diversity import compression_ratio, distinct_n
from domains.example import Kind
from domains.frozen import Frozen
from domains.interval import Interval

Direction = Literal["structured", "creative", "undecided"]


class EntropyProfile(Frozen):
    """A domain under the base model. Intervals are 95 %, over seeds and items."""

    domain: str
    kind: Kind
    """As the curriculum declares it."""
    entropy: Interval
    """Mean predictive entropy of the model's own samples at temperature 1, nats per token."""
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
    delta_entropy: Interval
    """Own-sample entropy after the domain's own probe, or its group's, minus before, nats per token; missing until
    then."""
    effects: dict[str, Interval] = Field(default_factory=dict)
    """Domain → what its own probe did to the entropy on this one, nats per token: other domains may take variety away
    (or give it) just as a domain's own training does. The domain itself is among them; probed ones only."""
    group: str | None = Field(None, exclude_if=lambda group: group is None)
    """The group whose probe stands for its own; None where it has one."""
    measured: Direction = "undecided"
    """`structured` where the interval lies below zero, `creative` where it lies above."""
    contradicts: bool = False
    """Whether the measurement says the opposite of what the curriculum declares."""


def make_profile(
    domain: str,
    kind: Kind,
    *,
    entropy: Interval,
    delta: Interval,
    answers: Sequence[str],
    reference_entropy: float | None = None,
    nll: float | None = None,
    tokens_per_byte: float | None = None,
    effects: Mapping[str, Interval] | None = None,
    group: str | None = None,
) -> EntropyProfile:
    """The profile from measurements.

    `entropy` is the base model's own-sample entropy and `delta` its change by the domain's own probe, nats per
    token; `answers` are the reference answers; `nll` is in bits per byte, and with `tokens_per_byte` of the answers it
    gives the surprise. `effects` are the changes by any domain's probe.
    """
    measured = direction(delta)
    return EntropyProfile(
        domain=domain,
        kind=kind,
        entropy=entropy,
        reference_entropy=reference_entropy,
        nll=nll,
        surprise=surprise(nll, reference_entropy, tokens_per_byte),
        compression_ratio=compression_ratio(answers),
        distinct=(distinct_n(answers, 1), distinct_n(answers, 2), distinct_n(answers, 3)),
        delta_entropy=delta,
        effects=dict(effects or {}),
        group=group,
        measured=measured,
        contradicts=measured not in ("undecided", kind),
    )


def direction(delta: Interval) -> Direction:
    """The kind that an interval of ΔH speaks for."""
    if delta.sign == 0:
        return "undecided"
    return "structured" if delta.sign < 0 else "creative"


def surprise(nll: float | None, reference_entropy: float | None, tokens_per_byte: float | None) -> float | None:
    """NLL (bits per byte, turned into nats per token) over reference entropy (nats per token)."""
    if nll is None or not reference_entropy or not tokens_per_byte:
        return None
    return nll * math.log(2) / tokens_per_byte / reference_entropy
