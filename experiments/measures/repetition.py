"""How much an answer repeats itself."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from domains.diversity import TOKEN, distinct_n
from experiments.measures.of_outputs import OutputMeasure
from experiments.measures.spec import MeasureSpec
from experiments.nodes.outputs import Output

LENGTH = 3
"""Words and marks of what may be said again."""


def repeated(text: str) -> float | None:
    """Share of three words in a row that stood in the text before, in [0, 1); None where it has no three."""
    return 1 - distinct if (distinct := distinct_n([text], LENGTH)) else None


def without_echo(text: str) -> str:
    """As far as something new is said: through the last three words in a row that did not stand in it before."""
    words = list(TOKEN.finditer(text))
    triples = [tuple(word[0].lower() for word in words[at : at + LENGTH]) for at in range(len(words) - LENGTH + 1)]
    first = {triple: at for at, triple in reversed(list(enumerate(triples)))}
    return text[: words[max(first.values()) + LENGTH - 1].end()] if first else text


def _repeated(outputs: Sequence[Output]) -> float | None:
    """Each answer by itself: what two answers share is no repetition."""
    found = [share for one in outputs if (share := repeated(one.text or "")) is not None]
    return fmean(found) if found else None


REP3 = OutputMeasure(
    MeasureSpec(
        "repetition (rep-3)", "share of word triples", "Welleck et al. 2020, arXiv 1908.04319", "down", "prompt", "A"
    ),
    _repeated,
    ends=(0.0, 1.0),
)
