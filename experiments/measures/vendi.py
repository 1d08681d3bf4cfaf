"""As how many answers that share nothing the answers to one item count: the Vendi score.

Friedman and Dieng 2023, arXiv 2210.02410: the exponential of the Shannon entropy of the eigenvalues of K/n, K being the
similarities of n texts. As in their experiments on text without a network, a similarity is the cosine of counts of
n-grams, its mean over n, so that other words for the same are other answers. By embeddings of a model that somebody
names, it is the cosine of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from domains.diversity import TOKEN
from domains.errors import StageError
from experiments.measures.of_outputs import DIGITS, OutputMeasure
from experiments.measures.spec import MeasureSpec, Name
from scheduler.measurements import Array

Embed = Callable[[Sequence[str]], Array]
"""Texts, none of them blank, to vectors (texts, size)."""
EMBEDDED: Name = "vendi_embedded"
"""What it is kept by, in `Details.more`."""


def vendi(texts: Sequence[str]) -> float:
    """From 1, where all `texts` (at least one) are equal, to their number, where no two share a word or mark."""
    words = [TOKEN.findall(text.lower()) or [""] for text in texts]
    pairs = [list(pairwise(["", *said, ""])) for said in words]
    return of_similarity((_cosines(words) + _cosines(pairs)) / 2)


def of_similarity(similarity: Array) -> float:
    """exp(−Σ λ ln λ) of the eigenvalues λ of K/n, K being (n, n) with ones on its diagonal."""
    shares = np.linalg.eigvalsh(similarity / len(similarity))
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def by_embeddings(texts: Sequence[str], embed: Embed, samples: int) -> tuple[float, ...]:
    """Of each item, whose answers `texts` are, so many after each other; rounded. Blank ones are one answer, which is
    like no other. Raises StageError("evaluation", …)."""
    blank = np.array([not text.strip() for text in texts])
    said = [text for text in texts if text.strip()]
    vectors = np.zeros((len(texts), 1)) if not said else _unit(embed(said), blank)
    vectors = np.column_stack([vectors, blank])
    groups = [vectors[at : at + samples] for at in range(0, len(texts), samples)]
    return tuple(round(of_similarity(group @ group.T), DIGITS) for group in groups)


def _unit(vectors: Array, blank: npt.NDArray[np.bool_]) -> Array:
    """Of length 1, in the places of the texts that are not blank; 0 in the others: (texts, size). StageError where a
    vector has no direction."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise StageError("evaluation", "the embedder made a vector of a text that is 0 or not finite")
    placed = np.zeros((len(blank), vectors.shape[1]))
    placed[~blank] = vectors / lengths
    return placed


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
