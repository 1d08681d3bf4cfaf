"""How far a model has moved from another one, token by token."""

from __future__ import annotations

import math
from collections.abc import Sequence

from domains.errors import StageError
from domains.example import Example
from experiments.models.generation.logits import divergences
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.chat import Tokens


def divergence(base: LocalModel, model: LocalModel, items: Sequence[Example], samples: Sequence[Tokens]) -> list[float]:
    """KL(base ‖ model) summed over each sample's tokens, nats: exact over the vocabulary, (samples,).

    Over the samples' tokens this estimates the sequence-level KL per token when `samples` are the base model's own.
    Raises StageError where it is not finite.
    """
    found: dict[int, float] = {}
    others = model.forward(items, samples)
    # Not zip: it holds the last pair of logits while the next one is made.
    for rows, before, _, mask in base.forward(items, samples):
        _, after, _, _ = next(others)
        each = (divergences(before, after) * mask).sum(-1)
        del before, after
        found |= dict(zip(rows, each.tolist(), strict=True))
    if not all(map(math.isfinite, found.values())):
        raise StageError("evaluation", "the KL to the base model is not finite")
    # Rounding can leave a tiny negative number where the models agree.
    return [max(0.0, found[row]) for row in range(len(samples))]
