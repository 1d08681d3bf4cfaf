"""How varied the answers to one item are. All depend on how many answers there are, but for their distance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean

from rapidfuzz.distance import Indel

from domains.diversity import compression_ratio, distinct_n
from experiments.measures.of_outputs import OutputMeasure
from experiments.measures.spec import MeasureSpec
from experiments.nodes.outputs import Output


def distance(texts: Sequence[str]) -> float | None:
    """Mean over pairs of 1 − the similarity of two texts (insertions and deletions over both lengths), in [0, 1].

    A mean over pairs does not depend on how many texts there are, as the share of distinct ones would. None: no pair.
    """
    pairs = [Indel.normalized_distance(one, other) for one, other in combinations(texts, 2)]
    return fmean(pairs) if pairs else None


def _texts(outputs: Sequence[Output]) -> list[str]:
    return [one.text or "" for one in outputs]


def _distinct(outputs: Sequence[Output]) -> float | None:
    """None where there is no pair of words: a share of pairs that are there is never 0."""
    return distinct_n(_texts(outputs), 2) or None


def _compression(outputs: Sequence[Output]) -> float | None:
    texts = _texts(outputs)
    return compression_ratio(texts) if any(texts) else None


DISTINCT2 = OutputMeasure(
    MeasureSpec("distinct-2", "share of word pairs", "Li et al. 2016, arXiv 1510.03055", "profile", "prompt", "A"),
    _distinct,
    field="distinct",
)
COMPRESSION = OutputMeasure(
    MeasureSpec("raw/zlib", "ratio", "bytes / zlib bytes", "profile", "prompt", "A"), _compression, field="compression"
)
DISTANCE = OutputMeasure(
    MeasureSpec("distance", "share of characters", "mean over pairs of 1 − Indel similarity", "profile", "prompt", "A"),
    lambda outputs: distance(_texts(outputs)),
    several=True,
    field="distance",
)
