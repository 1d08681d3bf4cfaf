"""Test items that the model has seen: exact and near duplicates.

Two texts are the same where they agree without case, quotes, marks and needless blanks; numbers and
operators stay, so "12+7=" is not "12+8=". They are nearly the same where they hold the same numbers in the
same order and what is particular to them agrees by at least `NEAR`. Particular are the words that occur in
no more than a tenth of all texts, since a template's wording makes no duplicates. Where less than `LONG`
characters are particular, only equality counts: there every edit changes the item.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

NEAR = 0.85
"""Least Indel similarity (2·LCS / total length, by rapidfuzz) of near duplicates."""
LONG = 40
"""Characters of particular text below which only equality counts."""
COMMON = 0.1
WORD = re.compile(r"\w+")
NUMBER = re.compile(r"\d+")
QUOTES = re.compile("[\"'`‘’“”]")
MARKS = re.compile(r"(?<=[^\W\d])(?:\s*[.,;:!?])+|(?<=\d)[.,;:?]+(?=\s|$)")
BLANK = re.compile(r"\s+")


def normal(text: str) -> str:
    """Lower case without quotes, closing marks and needless blanks. "1.5" is not "15"."""
    bare = MARKS.sub(" ", QUOTES.sub("", text.casefold())).strip()
    return BLANK.sub(_blank, bare) or text


def _blank(found: re.Match[str]) -> str:
    """One blank between words; none beside operators."""
    before, after = found.string[found.start() - 1], found.string[found.end()]
    return " " if before.isalnum() and after.isalnum() else ""


def exact_leaks(texts: Sequence[str], held_out: Iterable[str]) -> set[int]:
    """Indices of `texts` that equal a held-out text."""
    held = {normal(text) for text in held_out}
    return {i for i, text in enumerate(texts) if normal(text) in held}


def near_leaks(texts: Sequence[str], held_out: Sequence[str]) -> set[int]:
    """Indices of `texts` that equal or nearly equal a held-out text."""
    common = common_words([*texts, *held_out])
    buckets: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for text in held_out:
        if len(own := particular(text, common)) >= LONG:
            buckets[numbers(text)].append(own)
    candidates: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    for i, text in enumerate(texts):
        key = numbers(text)
        if key in buckets and len(own := particular(text, common)) >= LONG:
            candidates[key].append((i, own))
    near = {i for key, items in candidates.items() for i in _similar(items, buckets[key])}
    return near | exact_leaks(texts, held_out)


def common_words(texts: Sequence[str]) -> frozenset[str]:
    """Words that occur in more than a tenth of the texts (and in more than two)."""
    counts = Counter(word for text in texts for word in set(WORD.findall(text.casefold())))
    return frozenset(word for word, n in counts.items() if n > max(2, COMMON * len(texts)))


def particular(text: str, common: frozenset[str]) -> str:
    """The text's words that are not common, in lower case."""
    return " ".join(word for word in WORD.findall(text.casefold()) if word not in common)


def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a text, first to last."""
    return tuple(NUMBER.findall(text))


def _similar(items: Sequence[tuple[int, str]], held_out: Sequence[str]) -> list[int]:
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    similarity = cdist([text for _, text in items], held_out, scorer=Indel.normalized_similarity, score_cutoff=NEAR)
    return [i for (i, _), row in zip(items, similarity, strict=True) if row.any()]
