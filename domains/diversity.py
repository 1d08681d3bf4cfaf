"""How varied texts are. Both figures grow or shrink with the amount of text: compare equal amounts only."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

TOKEN = re.compile(r"\w+|[^\w\s]")


def compression_ratio(texts: Sequence[str]) -> float:
    """UTF-8 bytes of the texts, one a line, over their zlib bytes (level 9): higher is more repetitive.

    0 for no text at all.
    """
    raw = "\n".join(texts).encode()
    return len(raw) / len(zlib.compress(raw, 9)) if raw else 0.0


def distinct_n(texts: Sequence[str], n: int) -> float:
    """Distinct n-grams over all n-grams of words and marks, in [0, 1]; 0 where no text is that long.

    Li et al. 2016, arXiv:1510.03055. N-grams do not cross texts.
    """
    if n < 1:
        raise ValueError(f"distinct_n: n must be at least 1, got {n}")
    tokens = [TOKEN.findall(text.lower()) for text in texts]
    grams = [tuple(line[i : i + n]) for line in tokens for i in range(len(line) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0
