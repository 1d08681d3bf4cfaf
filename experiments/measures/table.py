"""Every measure of the cliff report: its unit, where its formula comes from, which way is better, what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.nodes.examined import Access

Direction = Literal["up", "down", "zero", "profile"]
"""Which way is better; `zero`: the nearer to 0 the better; `profile`: neither, it depends on the domain."""
Tier = Literal["A", "B", "C"]
Name = Literal[
    "nll_reference",
    "brier",
    "confidence_gap",
    "auroc",
    "aurc",
    "e_aurc",
    "ece",
    "confidently_wrong",
    "confidently_wrong_base80",
    "regressed",
    "recovered",
    "entropy",
    "distinct2",
    "compression",
    "distance",
    "quality_control",
    "narrowing",
    "not_found",
    "truncated",
    "format_spread",
    "format_worst",
    "format_gap",
    "format_not_found",
    "format_truncated",
]


@dataclass(frozen=True)
class Spec:
    """One measure."""

    unit: str
    source: str
    direction: Direction
    access: Access
    tier: Tier


MEASURES: dict[Name, Spec] = {
    "nll_reference": Spec("bits per byte", "−Σ log2 p / bytes of the reference", "down", "logits", "A"),
    "brier": Spec("squared probability", "Brier 1950", "down", "logits", "A"),
    "confidence_gap": Spec("probability", "mean confidence − accuracy", "zero", "logits", "A"),
    "auroc": Spec("probability", "Mann and Whitney 1947", "up", "logits", "A"),
    "aurc": Spec("error rate", "Geifman and El-Yaniv 2017, arXiv 1705.08500", "down", "logits", "A"),
    "e_aurc": Spec("error rate", "Geifman et al. 2019, arXiv 1805.08206", "down", "logits", "A"),
    "ece": Spec("probability", "equal mass: Nguyen and O'Connor 2015, arXiv 1508.05154", "down", "logits", "A"),
    "confidently_wrong": Spec("share of answers", "P(c ≥ 0.8 and wrong)", "down", "logits", "A"),
    "confidently_wrong_base80": Spec(
        "share of answers", "P(c ≥ the base's 80th percentile and wrong)", "down", "logits", "A"
    ),
    "regressed": Spec("share of items that the base solved", "McNemar 1947", "down", "prompt", "A"),
    "recovered": Spec("share of items that the base did not solve", "McNemar 1947", "up", "prompt", "A"),
    "entropy": Spec("nats per token", "Cui et al. 2025, arXiv 2505.22617", "profile", "logits", "A"),
    "distinct2": Spec("share of word pairs", "Li et al. 2016, arXiv 1510.03055", "profile", "prompt", "A"),
    "compression": Spec("ratio", "bytes / zlib bytes", "profile", "prompt", "A"),
    "distance": Spec("share of characters", "mean over pairs of 1 − Indel similarity", "profile", "prompt", "A"),
    "quality_control": Spec("share of characters", "after arXiv 2604.16027", "profile", "prompt", "A"),
    "narrowing": Spec("share of characters", "after arXiv 2604.16027", "up", "prompt", "A"),
    "not_found": Spec("share of answers", "the reward found no answer", "down", "prompt", "A"),
    "truncated": Spec("share of answers", "`max_tokens` ended it", "down", "prompt", "A"),
    "format_spread": Spec("score", "Sclar et al. 2023, arXiv 2310.11324, cross-fitted", "down", "prompt", "B"),
    "format_worst": Spec("score", "the same: in the worst format", "up", "prompt", "B"),
    "format_gap": Spec("score", "own format − the mean of all others", "zero", "prompt", "B"),
    "format_not_found": Spec("share of answers", "the reward found no answer, over formats", "down", "prompt", "B"),
    "format_truncated": Spec("share of answers", "`max_tokens` ended it, over formats", "down", "prompt", "B"),
}
