"""Leaks among whole lists of texts, as tests write them; the product looks at one item after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domains.preparation.leaks import commonness, normal, resemblance, word_counts


def exact_leaks(texts: Sequence[str], held_out: Iterable[str]) -> set[int]:
    """Indices of `texts` that equal a held-out text."""
    held = {normal(text) for text in held_out}
    return {i for i, text in enumerate(texts) if normal(text) in held}


def near_leaks(texts: Sequence[str], held_out: Sequence[str]) -> set[int]:
    """Indices of `texts` that equal or nearly equal a held-out text."""
    resembles = resemblance(held_out, lambda: common_words([*texts, *held_out]))
    return {i for i, text in enumerate(texts) if resembles(text)} | exact_leaks(texts, held_out)


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that occur in more than a tenth of the texts (and in more than two)."""
    counts = word_counts(texts)
    return frozenset(word for word, n in counts.items() if n > commonness(counts.total))
