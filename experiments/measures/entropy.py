"""How varied a model's own samples are, and how far it has moved from the base on the base's."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.nodes.outputs import Output, read_off


def sample_entropy(samples: Sequence[Output]) -> tuple[float, ...]:
    """Mean predictive entropy of each own sample at temperature 1, nats per token, (items,).

    An estimate of the policy's entropy per token (Cui et al. 2025, arXiv 2505.22617).
    """
    return tuple(sum(read_off([one], "entropy")) / one.count for one in samples)


def divergence(read: Sequence[Output]) -> float:
    """KL(base ‖ model), nats per token, over all tokens of the base's samples together."""
    return sum(read_off(read, "kl")) / sum(one.count for one in read)
