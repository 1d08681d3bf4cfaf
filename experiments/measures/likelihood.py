"""How likely a model finds the reference answers, and how sure it is while it reads them. All teacher-forced."""

from __future__ import annotations

import math
from collections.abc import Sequence

from experiments.nodes.outputs import Output, read_off


def bits_per_byte(references: Sequence[Output]) -> float:
    """−Σ log2 p / Σ UTF-8 bytes, over all answers together: comparable between tokenizers."""
    return sum(read_off(references, "nll")) / math.log(2) / sum(read_off(references, "size"))


def reference_entropy(references: Sequence[Output]) -> float:
    """Predictive entropy on the reference answers, nats per token, over all tokens together."""
    return sum(read_off(references, "entropy")) / sum(one.count for one in references)
