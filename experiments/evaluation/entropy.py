"""How sure a model is, token by token: likelihood, predictive entropy, and divergence from another model.

All are teacher-forced: a completion is given, and the distribution before each of its tokens is read, at
temperature 1 over the whole vocabulary, in float32. Units are nats unless a name says bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from domains.errors import StageError
from experiments.models.local import Subject, Tokens, batches, left_pad


@dataclass(frozen=True)
class Reading:
    """One completion under one model, summed over its tokens."""

    nll: float
    """−Σ ln p(token)."""
    entropy: float
    """Σ over positions of −Σ p ln p."""
    tokens: int


def read(subject: Subject, prompts: Sequence[Tokens], completions: Sequence[Tokens]) -> list[Reading]:
    """Likelihood and entropy of each completion after its prompt."""
    found: dict[int, Reading] = {}
    for rows, logs, targets, mask in _forward(subject, prompts, completions):
        nll = -(logs.gather(-1, targets.unsqueeze(-1)).squeeze(-1) * mask).sum(-1)
        entropy = (entropies(logs) * mask).sum(-1)
        for row, surprisal, spread in zip(rows, nll.tolist(), entropy.tolist(), strict=True):
            found[row] = Reading(surprisal, spread, len(completions[row]))
    return [found[row] for row in range(len(completions))]


def divergence(base: Subject, subject: Subject, prompts: Sequence[Tokens], completions: Sequence[Tokens]) -> float:
    """KL(base ‖ subject), nats per token: exact over the vocabulary, mean over all completions' tokens.

    An estimate of the sequence-level KL per token when `completions` are the base model's own samples.
    """
    total, count = 0.0, 0
    pairs = zip(_forward(base, prompts, completions), _forward(subject, prompts, completions), strict=True)
    for (_, before, _, mask), (_, after, _, _) in pairs:
        each = (before.exp() * (before - after)).sum(-1)
        total += float((each * mask).sum())
        count += int(mask.sum())
    if not math.isfinite(total):
        raise StageError("evaluation", "the KL to the base model is not finite")
    # Rounding can leave a tiny negative number where the models agree.
    return max(0.0, total / count)


def entropies(logs: torch.Tensor) -> torch.Tensor:
    """−Σ p ln p over the last axis of log-probabilities."""
    terms = logs.exp() * logs
    return -terms.masked_fill(logs == -math.inf, 0.0).sum(-1)


def bits_per_byte(readings: Sequence[Reading], texts: Sequence[str]) -> float:
    """−Σ log2 p / Σ UTF-8 bytes, over all texts together."""
    size = sum(len(text.encode()) for text in texts)
    return sum(reading.nll for reading in readings) / math.log(2) / size


def _forward(
    subject: Subject, prompts: Sequence[Tokens], completions: Sequence[Tokens]
) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Batches of (rows, log-probabilities (rows, T, vocabulary), targets (rows, T), mask (rows, T)).

    Completions end in the last column; T is the batch's longest.
    """
    whole = [[*prompt, *completion] for prompt, completion in zip(prompts, completions, strict=True)]
    for rows in batches(whole, subject.batch):
        inputs = left_pad([whole[row] for row in rows], subject)
        longest = max(len(completions[row]) for row in rows)
        positions = (inputs["attention_mask"].cumsum(-1) - 1).clamp(min=0)
        with torch.inference_mode():
            logits = subject.network(
                **inputs, position_ids=positions, use_cache=False, logits_to_keep=longest + 1
            ).logits
        lengths = torch.tensor([len(completions[row]) for row in rows], device=logits.device)
        columns = torch.arange(longest, device=logits.device)
        mask = columns.unsqueeze(0) >= longest - lengths.unsqueeze(1)
        logs = logits[:, :-1].float().log_softmax(-1)
        yield rows, logs, inputs["input_ids"][:, -longest:], mask
