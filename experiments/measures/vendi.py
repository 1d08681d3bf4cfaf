"""As how many answers that share nothing the answers to one item count: the Vendi score.

Friedman and Dieng 2023, arXiv 2210.02410: the exponential of the Shannon entropy of the eigenvalues of K/n, K being the
similarities of n texts. As in their experiments on text without a network, a similarity is the cosine of counts of
n-grams, its mean over n; no embeddings are used, so that other words for the same are other answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise

import numpy as np

from domains.diversity import TOKEN
from experiments.measures.of_outputs import OutputMeasure
from experiments.measures.spec import MeasureSpec
from scheduler.measurements import Array


def vendi(texts: Sequence[str]) -> float:
    """From 1, where all `texts` (at least one) are equal, to their number, where no two share a word or mark."""
    words = [TOKEN.findall(text.lower()) or [""] for text in texts]
    pairs = [list(pairwise(["", *said, ""])) for said in words]
    similarity = (_cosines(words) + _cosines(pairs)) / 2
    shares = np.linalg.eigvalsh(similarity / len(texts))
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _cosines(texts: Sequence[Sequence[Hashable]]) -> Array:
    """Of the counts of n-grams of each two texts, none of which is without one: shape (texts, texts)."""
    counted = [Counter(grams) for grams in texts]
    place = {gram: at for at, gram in enumerate(dict.fromkeys(gram for counts in counted for gram in counts))}
    counts = np.zeros((len(texts), len(place)))
    for row, held in zip(counts, counted, strict=True):
        row[[place[gram] for gram in held]] = list(held.values())
    counts /= np.linalg.norm(counts, axis=1, keepdims=True)
    return np.asarray(counts @ counts.T, dtype=np.float64)


VENDI = OutputMeasure(
    MeasureSpec("Vendi score", "answers", "Friedman and Dieng 2023, arXiv 2210.02410", "profile", "prompt", "A"),
    lambda outputs: vendi([one.text or "" for one in outputs]),
    several=True,
)
