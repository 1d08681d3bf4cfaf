"""How likely a model finds the reference answers, and how sure it is while it reads them. All teacher-forced."""

from __future__ import annotations

import math
from collections.abc import Sequence

from experiments.nodes.outputs import Output


def bits_per_byte(references: Sequence[Output]) -> float:
    """−Σ log2 p / Σ UTF-8 bytes, over all answers together: comparable between tokenizers."""
    size = sum(one.size or 0 for one in references)
    return sum(one.nll or 0.0 for one in references) / math.log(2) / size


def reference_entropy(references: Sequence[Output]) -> float:
    """Predictive entropy on the reference answers, nats per token, over all tokens together."""
    return sum(one.entropy or 0.0 for one in references) / sum(one.count for one in references)
