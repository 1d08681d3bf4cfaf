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
    "smooth_ece",
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
    "steps",
    "information_gain",
    "information_per_step",
    "information_published",
    "reasoning_gain",
    "same_at_once",
    "early_answering",
    "filler_gap",
    "mistakes_changed",
    "mistakes_followed",
    "paraphrase_gap",
    "brier_p_true",
    "confidence_gap_p_true",
    "auroc_p_true",
    "stated",
    "brier_stated",
    "confidence_gap_stated",
    "auroc_stated",
    "calculator_solvable",
    "calculator_without",
    "calculator_score",
    "calculator_gain",
    "calculator_called",
    "calculator_in_vain",
    "format_spread",
    "format_worst",
    "format_gap",
    "format_not_found",
    "format_truncated",
]


@dataclass(frozen=True)
class MeasureSpec:
    """One measure."""

    unit: str
    source: str
    direction: Direction
    access: Access
    tier: Tier


MEASURES: dict[Name, MeasureSpec] = {
    "nll_reference": MeasureSpec("bits per byte", "−Σ log2 p / bytes of the reference", "down", "logits", "A"),
    "brier": MeasureSpec("squared probability", "Brier 1950", "down", "logits", "A"),
    "confidence_gap": MeasureSpec("probability", "mean confidence − accuracy", "zero", "logits", "A"),
    "auroc": MeasureSpec("probability", "Mann and Whitney 1947", "up", "logits", "A"),
    "aurc": MeasureSpec("error rate", "Geifman and El-Yaniv 2017, arXiv 1705.08500", "down", "logits", "A"),
    "e_aurc": MeasureSpec("error rate", "Geifman et al. 2019, arXiv 1805.08206", "down", "logits", "A"),
    "ece": MeasureSpec("probability", "equal mass: Nguyen and O'Connor 2015, arXiv 1508.05154", "down", "logits", "A"),
    "smooth_ece": MeasureSpec("probability", "Błasiok and Nakkiran 2023, arXiv 2309.12236", "down", "logits", "A"),
    "confidently_wrong": MeasureSpec("share of answers", "P(c ≥ 0.8 and wrong)", "down", "logits", "A"),
    "confidently_wrong_base80": MeasureSpec(
        "share of answers", "P(c ≥ the base's 80th percentile and wrong)", "down", "logits", "A"
    ),
    "regressed": MeasureSpec("share of items that the base solved", "McNemar 1947", "down", "prompt", "A"),
    "recovered": MeasureSpec("share of items that the base did not solve", "McNemar 1947", "up", "prompt", "A"),
    "entropy": MeasureSpec("nats per token", "Cui et al. 2025, arXiv 2505.22617", "profile", "logits", "A"),
    "distinct2": MeasureSpec("share of word pairs", "Li et al. 2016, arXiv 1510.03055", "profile", "prompt", "A"),
    "compression": MeasureSpec("ratio", "bytes / zlib bytes", "profile", "prompt", "A"),
    "distance": MeasureSpec("share of characters", "mean over pairs of 1 − Indel similarity", "profile", "prompt", "A"),
    "quality_control": MeasureSpec("share of characters", "after arXiv 2604.16027", "profile", "prompt", "A"),
    "narrowing": MeasureSpec("share of characters", "after arXiv 2604.16027", "up", "prompt", "A"),
    "not_found": MeasureSpec("share of answers", "the reward found no answer", "down", "prompt", "A"),
    "truncated": MeasureSpec("share of answers", "`max_tokens` ended it", "down", "prompt", "A"),
    "steps": MeasureSpec("steps", "lines and sentences before the answer is stated", "profile", "prompt", "B"),
    "information_gain": MeasureSpec(
        "nats per answer token", "after Wu et al. 2025, arXiv 2506.02126: total", "up", "logits", "B"
    ),
    "information_per_step": MeasureSpec(
        "nats per answer token and step", "the total by the number of steps", "up", "logits", "B"
    ),
    "information_published": MeasureSpec(
        "perplexity per step", "Wu et al. 2025: (PPL₀ − PPL_t) / t", "up", "logits", "B"
    ),
    "reasoning_gain": MeasureSpec("score", "after the reasoning − forced at once", "up", "logits", "B"),
    "same_at_once": MeasureSpec(
        "share of answers", "proxy of Lanham et al. 2023, arXiv 2307.13702", "profile", "logits", "B"
    ),
    "early_answering": MeasureSpec(
        "share of the reasoning", "Lanham et al. 2023: area over the curve", "up", "logits", "B"
    ),
    "filler_gap": MeasureSpec("score", "Lanham et al. 2023: whole − filler", "up", "logits", "B"),
    "mistakes_changed": MeasureSpec("share of answers", "Lanham et al. 2023: adding mistakes", "up", "logits", "B"),
    "mistakes_followed": MeasureSpec("share of answers", "mistakes less the same step as it was", "up", "logits", "B"),
    "paraphrase_gap": MeasureSpec("score", "Lanham et al. 2023: whole − paraphrased", "zero", "logits", "C"),
    "brier_p_true": MeasureSpec("squared probability", "Kadavath et al. 2022, arXiv 2207.05221", "down", "logits", "B"),
    "confidence_gap_p_true": MeasureSpec("probability", "Kadavath et al. 2022", "zero", "logits", "B"),
    "auroc_p_true": MeasureSpec("probability", "Kadavath et al. 2022", "up", "logits", "B"),
    "stated": MeasureSpec("share of answers", "a probability could be read", "profile", "prompt", "B"),
    "brier_stated": MeasureSpec(
        "squared probability", "after Tian et al. 2023, arXiv 2305.14975", "down", "prompt", "B"
    ),
    "confidence_gap_stated": MeasureSpec("probability", "after Tian et al. 2023", "zero", "prompt", "B"),
    "auroc_stated": MeasureSpec("probability", "after Tian et al. 2023", "up", "prompt", "B"),
    "calculator_solvable": MeasureSpec("share of items", "a right answer that calls it fits", "profile", "logits", "B"),
    "calculator_without": MeasureSpec("score", "of solvable items, the answers as they were", "up", "logits", "B"),
    "calculator_score": MeasureSpec("score", "the same with a calculator, after arXiv 2507.17699", "up", "logits", "B"),
    "calculator_gain": MeasureSpec("score", "with − without, item by item", "profile", "logits", "B"),
    "calculator_called": MeasureSpec("share of answers", "the calculator was called", "profile", "logits", "B"),
    "calculator_in_vain": MeasureSpec(
        "share of an answer's calls", "nothing could be worked out", "down", "logits", "B"
    ),
    "format_spread": MeasureSpec("score", "Sclar et al. 2023, arXiv 2310.11324, cross-fitted", "down", "prompt", "B"),
    "format_worst": MeasureSpec("score", "the same: in the worst format", "up", "prompt", "B"),
    "format_gap": MeasureSpec("score", "own format − the mean of all others", "zero", "prompt", "B"),
    "format_not_found": MeasureSpec(
        "share of answers", "the reward found no answer, over formats", "down", "prompt", "B"
    ),
    "format_truncated": MeasureSpec("share of answers", "`max_tokens` ended it, over formats", "down", "prompt", "B"),
}
