"""Well-formed and new: the hybrid reward of creative domains.

    score = form × min(1, variety × fluency × originality / enough) × novelty between its two bounds, each in [0, 1]

form         1 where the completion matches a regular expression, has `min_words` words, none twice in a row
variety      distinct words over words, where three quarters count as full: prose repeats "a" and "the"
fluency      geometric mean of the shares of words and of neighbouring word pairs that `vocabulary` holds
originality  1 − share of the completion's word pairs that were copied from the prompt
novelty      1 − mean similarity to the rest of the group (Jaccard index of character trigrams). Its mean over
             the group is an unbiased estimate of Rao's quadratic entropy of the policy, Σ p_i p_j (1 − s_ij)
             (Rao 1982, Theoretical Population Biology 21). A group of one has nothing to repeat: 1.

A product, not a sum: empty, copied, repeated and uniform rollouts each drive one factor towards zero, and no
other factor can buy that back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Literal

from pydantic import Field, field_validator

from domains.example import Example
from domains.patterns import compiled, full_match
from domains.rewards.base import Mark, Reward, RewardBase
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind
from domains.story_grammar import neighbours

FORM = r"\s*+{0}(?:[,;:.!?]?\s++{0})*+[.!?]\s*+".format(r"[^\W\d_]++(?:['’-][^\W\d_]++)*+")
"""Words with single marks after them, ending in . ! or ? Nothing is given back (``++``): linear in the text."""
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
FULL_VARIETY = 0.75
Pair = tuple[str, str]


VERSION = Version(2)


class CreativeReward(RewardBase):
    """Form × fluency × novelty in the rollout group. Resists empty, copied, repeated and uniform rollouts."""

    type: Literal["creative"]
    form: str | None = None
    """Regular expression that the whole completion must match; default: words and marks ending in . ! or ?"""
    min_words: int = Field(3, gt=0)
    vocabulary: Literal["answers", "stories", "any"] = "answers"
    """Fluency: share of words, and of neighbouring word pairs, that are known: those of the domain's training answers,
    of the whole grammar behind the source `stories`, or `any`."""
    enough: float = Field(1.0, gt=0, le=1)
    """Variety × fluency × originality at which the score is full; below 1, going beyond it earns nothing."""
    novelty: tuple[float, float] = (0.0, 1.0)
    """Novelty up to which a text earns nothing, and from which on it earns all."""

    @field_validator("novelty")
    @classmethod
    def _rising(cls, novelty: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= novelty[0] < novelty[1] <= 1:
            raise ValueError("must be two numbers within [0, 1], the first below the second")
        return novelty

    @field_validator("form")
    @classmethod
    def _compiles(cls, form: str | None) -> str | None:
        if form is not None:
            compiled(form)
        return form


def build(spec: CreativeReward, train: Sequence[Example]) -> Reward:
    """The product above. Words and pairs are learnt once, here.

    What was found is the text where its form holds. A match that takes longer than `domains.patterns.LIMIT` is
    stopped.
    """
    form = compiled(spec.form or FORM)
    texts = neighbours() if spec.vocabulary == "stories" else (example.reference for example in train)
    known = [words(text) for text in texts]
    known_words = {word for said in known for word in said}
    known_pairs = {pair for said in known for pair in pairs(said)}
    none, full = spec.novelty

    def formed(text: str, said: Sequence[str]) -> bool:
        return len(said) >= spec.min_words and full_match(form, text) is not None and not _stutters(said)

    def quality(said: Sequence[str], prompt_pairs: set[Pair]) -> float:
        own = pairs(said)
        fluency = 1.0
        if spec.vocabulary != "any":
            fluency = math.sqrt(_share(said, known_words) * _share(own, known_pairs))
        good = _variety(said) * fluency * (1.0 - _share(own, prompt_pairs))
        return min(1.0, good / spec.enough)

    def mark(text: str, prompt_pairs: set[Pair], new: float) -> Mark:
        said = words(text)
        try:
            if not formed(text, said):
                return Mark(0.0, None)
        except TimeoutError:
            return Mark(0.0, None, stopped=True)
        varied = min(1.0, max(0.0, (new - none) / (full - none)))
        return Mark(quality(said, prompt_pairs) * varied, text.strip())

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        told = set(pairs(words(example.prompt))[1:-1])
        return [mark(text, told, new) for text, new in zip(completions, novelties(completions), strict=True)]

    return reward


def words(text: str) -> list[str]:
    """Words in lower case, punctuation dropped."""
    return WORD.findall(text.lower())


def pairs(said: Sequence[str]) -> list[Pair]:
    """Neighbouring words, with "" before the first and after the last."""
    padded = ["", *said, ""]
    return list(pairwise(padded))


def novelties(texts: Sequence[str]) -> list[float]:
    """1 − mean similarity of each text to the others, shape (texts,); 1 where there is only one."""
    if len(texts) < 2:
        return [1.0] * len(texts)
    grams = [trigrams(text) for text in texts]
    others = len(texts) - 1
    return [
        1.0 - sum(_jaccard(mine, other) for j, other in enumerate(grams) if j != i) / others
        for i, mine in enumerate(grams)
    ]


def trigrams(text: str) -> frozenset[str]:
    """Character trigrams of the words, so that case, spacing and punctuation make nothing new."""
    padded = f"  {' '.join(words(text))} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0


def _share(items: Sequence[Hashable], known: Collection[Hashable]) -> float:
    return sum(item in known for item in items) / len(items)


def _variety(said: Sequence[str]) -> float:
    return min(1.0, len(set(said)) / len(said) / FULL_VARIETY)


def _stutters(said: Iterable[str]) -> bool:
    return any(a == b for a, b in pairwise(said))


KIND = RewardKind(
    spec=CreativeReward,
    version=VERSION,
    compares=lambda spec: "vocabulary" if spec.vocabulary == "answers" else None,
    build=build,
)
