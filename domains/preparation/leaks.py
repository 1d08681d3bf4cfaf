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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

NEAR = 0.85
"""Least Indel similarity (2·LCS / total length, by rapidfuzz) of near duplicates."""
LONG = 40
"""Characters of particular text below which only equality counts."""
COMMON = 0.1
SHARED = 0.25
"""Least part of a held-out text's particular words that a near duplicate has too: of the others, 85 % of the letters
could agree only where nearly every word is misspelt."""
FEW = 6
"""Distinct words below which a text is compared with all: one long word may be a sentence, as in Chinese."""
WORD = re.compile(r"\w+")
NUMBER = re.compile(r"\d+")
PLAIN_QUOTES = "\"'`"
QUOTES = re.compile("[\"'`‘’“”]")
MARK = ".,;:!?"
MARKS = tuple((mark, f" {mark}") for mark in MARK)
SPACES = b"\t\n\v\f\r\x1c\x1d\x1e\x1f"
PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789 "
TIGHT = re.compile(r"[.,;:!?](?:(?<=[^\W\d].)(?: ?[.,;:!?])*|(?<=[\d].)(?<!!)[.,;:?]*(?= |$)) ?")
"""Marks behind a word, with blanks between, and behind a number that ends there; and the blank after them. Data are
searched by hundreds of megabytes: a pattern that begins with the few characters it looks for takes a tenth of the time
of one that looks back.
"""
LOOSE = re.compile(r" ([.,;:!?])(?<=[^\W\d] .)(?: ?[.,;:!?])*")
"""The same where a blank stands before the first mark."""
NEEDLESS = re.compile(r" (?:(?![^\W_])|(?<=[\W_] ))")
"""A blank that does not stand between two letters or digits."""


@lru_cache(maxsize=16)
def normal(text: str) -> str:
    """Lower case without quotes, closing marks and needless blanks. "1.5" is not "15".

    Cached, because one row's answer is asked for as what is told and as what fills in its template.
    """
    bare = _without_quotes(text.casefold())
    if _is_spaced(bare):
        bare = " ".join(bare.split())
    marks = [late for mark, late in MARKS if mark in bare]
    if any(late in bare for late in marks):
        bare = " ".join(LOOSE.sub(" ", bare).split())
    if marks:
        bare = TIGHT.sub(" ", bare).rstrip(" ")
    if not _is_plain(bare):
        bare = NEEDLESS.sub("", bare)
    return bare or text


def _without_quotes(text: str) -> str:
    """Most texts have few quotes, and to look for one takes a hundredth of the time that the expression takes."""
    if not text.isascii():
        return QUOTES.sub("", text)
    for quote in PLAIN_QUOTES:
        if quote in text:
            text = text.replace(quote, "")
    return text


def _is_spaced(text: str) -> bool:
    """Whether there may be more between and around the words than single blanks."""
    if not text.isascii() or "  " in text or text[:1] == " " or text[-1:] == " ":
        return True
    return len(text.encode().translate(None, SPACES)) < len(text)


def _is_plain(text: str) -> bool:
    """Whether there are letters, digits and blanks alone."""
    if text.isascii():
        return not text.encode().translate(None, PLAIN)
    return text.replace(" ", "").isalnum()


def normal_pair(prompt: str, answer: str) -> tuple[str, str]:
    """`normal` of the prompt, and of prompt and answer on a line each.

    An answer that begins with a letter or digit changes nothing before it, so that it need not all be done twice.
    """
    first = normal(prompt)
    if first == prompt or not answer[:1].isalnum():
        return first, normal(f"{prompt}\n{answer}")
    return first, f"{first}{' ' if first[-1:].isalnum() else ''}{normal(answer)}"


def resemblance(held_out: Sequence[str], common: Callable[[], frozenset[str]]) -> Callable[[str], bool]:
    """Whether a text nearly equals one of `held_out`, as far as both have enough that is not common to tell.

    `common` gives the words that are, and is asked only where a text holds the same numbers as a held-out one. Compared
    are those only that share `SHARED` of a held-out text's words: 300 texts against a million, each with each, take
    minutes.
    """
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for text in held_out:
        if len(text) >= LONG:
            found[numbers(text)].append(text)
    shelves: dict[tuple[str, ...], Callable[[str], bool]] = {}
    words = cache(common)

    def resembles(text: str) -> bool:
        if len(text) < LONG or (key := numbers(text)) not in found:
            return False
        if key not in shelves:
            shelves[key] = _shelf([own for held in found[key] if len(own := particular(held, words())) >= LONG])
        own = particular(text, words())
        return len(own) >= LONG and shelves[key](own)

    return resembles


@dataclass(frozen=True)
class WordCounts:
    """In how many of `total` texts each word occurs."""

    words: Counter[str]
    total: int

    def items(self) -> Iterable[tuple[str, int]]:
        """Word and number of texts."""
        return self.words.items()


def word_counts(texts: Iterable[str]) -> WordCounts:
    """Of all texts, in one pass."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        total += 1
        counts.update(set(WORD.findall(text.casefold())))
    return WordCounts(counts, total)


def commonness(total: int) -> float:
    """A word is common that occurs in more than so many of `total` texts."""
    return max(2, COMMON * total)


def particular(text: str, common: frozenset[str]) -> str:
    """The text's words that are not common, in lower case."""
    return " ".join(word for word in WORD.findall(text.casefold()) if word not in common)


def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a text, first to last."""
    return tuple(NUMBER.findall(text))


def _shelf(held_out: Sequence[str]) -> Callable[[str], bool]:
    """Whether a text of particular words nearly equals one of these."""
    from rapidfuzz.distance import Indel

    words = [set(text.split()) for text in held_out]
    always = [i for i, mine in enumerate(words) if len(mine) < FEW]
    holding: dict[str, list[int]] = defaultdict(list)
    for i, mine in enumerate(words):
        for word in mine:
            holding[word].append(i)

    def near(text: str) -> bool:
        known = holding.keys() & text.split()
        if not known and not always:
            return False
        shared = Counter(i for word in known for i in holding[word])
        likely = [*always, *(i for i, n in shared.items() if n >= SHARED * len(words[i]))]
        return any(Indel.normalized_similarity(text, held_out[i], score_cutoff=NEAR) for i in likely)

    return near
