"""The creative domain that ships: little stories from a grammar, to be continued in one's own way."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from random import Random
from typing import Literal

from pydantic import Field

from domains.frozen import fingerprint
from domains.sources.kind import SourceBase, SourceKind
from domains.sources.pool import Pool, Row, SourceRequest, made
from domains.story_grammar import HEROES, VERBS, tell

LONGEST = 24
"""Characters of an ending; longer ones are not told."""
PER_PROMPT = 8
TRAIN = 4000


class StoriesSource(SourceBase):
    """Story openings with many good endings. Template fields: ``prompt``, ``answer``."""

    type: Literal["stories"]
    zipf: float = Field(2.5, ge=0, le=10)
    """How peaked the endings' words are: drawn with probability 1 / rank**zipf. A model that learns from them is sure
    of a few endings, as pretrained models are, and can become more varied; 0: all words alike, and it cannot."""


def load(spec: StoriesSource, request: SourceRequest) -> Pool:
    """Every opening (``The fox saw ``) with up to `PER_PROMPT` endings (``a red boat at dawn.``) of its own."""
    openings = product(HEROES, VERBS)
    rows = made(row for opening in openings for row in _rows(*opening, spec.zipf, request.seed))
    return Pool(rows=rows, name="stories", limit=TRAIN)


def _rows(hero: str, verb: str, zipf: float, seed: int) -> list[Row]:
    return [{"prompt": f"The {hero} {verb} ", "answer": ending} for ending in _endings(hero, verb, zipf, seed)]


@lru_cache(maxsize=8 * len(HEROES) * len(VERBS))
def _endings(hero: str, verb: str, zipf: float, seed: int) -> tuple[str, ...]:
    """Told once for all domains that ask for them, however they render them."""
    rng = Random(fingerprint([seed, hero, verb]))
    endings: list[str] = []
    while len(endings) < PER_PROMPT:
        ending = tell(rng, zipf)
        if len(ending) <= LONGEST:
            endings.append(ending)
    return tuple(dict.fromkeys(endings))


KIND = SourceKind(spec=StoriesSource, load=load, makes=True)
