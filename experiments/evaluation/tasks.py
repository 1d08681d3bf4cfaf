"""What a model can do after a stage: every domain, both held-out splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from curricula.schema import Evaluation
from domains.example import Example, Split
from domains.rewards import Reward, score_group
from experiments.evaluation.entropy import bits_per_byte, divergence, read
from experiments.models.local import Subject, Tokens, complete
from experiments.models.seeding import seed_of
from experiments.nodes.record import DomainScore
from experiments.nodes.setup import SetupDomain

HELD_OUT: tuple[Split, ...] = ("validation", "test")
Samples = dict[str, dict[str, list[Tokens]]]
"""Domain → split → own samples of the first `entropy_items` items, one an item."""


@dataclass(frozen=True)
class Exam:
    """One domain's held-out items and how they are marked."""

    name: str
    domain: SetupDomain
    items: tuple[Example, ...]
    split: Split
    reward: Reward
    settings: Evaluation
    seed: int
    """The run's seed: samples depend on it, never on the stage, so stages are compared on equal draws."""

    def seed_for(self, purpose: str) -> int:
        """Seed of one set of samples."""
        return seed_of("evaluation", self.seed, self.name, self.split, purpose)


def examine(
    subject: Subject, exam: Exam, base: Subject | None, base_samples: Sequence[Tokens] | None
) -> tuple[DomainScore, list[Tokens]]:
    """Score, and the model's own samples. Without `base`, the subject is itself the base: its KL is 0."""
    metrics = exam.settings.metrics
    items, generated = _primary(subject, exam)
    found: dict[str, Any] = {}
    if "nll" in metrics or "reference_entropy" in metrics:
        found |= _references(subject, exam)
    samples: list[Tokens] = []
    prompts = [subject.prompt(item.prompt) for item in exam.items[: exam.settings.entropy_items]]
    if "entropy" in metrics or (base is None and "kl" in metrics):
        samples = complete(subject, prompts, exam.domain.max_tokens, seed=exam.seed_for("entropy"))
        generated += sum(map(len, samples))
    if "entropy" in metrics:
        readings = read(subject, prompts, samples)
        found["entropy"] = tuple(reading.entropy / reading.tokens for reading in readings)
    if "kl" in metrics:
        found["kl"] = divergence(base, subject, prompts, base_samples) if base and base_samples else 0.0
    found = {name: value for name, value in found.items() if name in metrics}
    return DomainScore(items=items, tokens=generated, **found), samples


def _primary(subject: Subject, exam: Exam) -> tuple[tuple[float, ...], int]:
    """Primary metric per item and tokens generated: greedy, or the mean of a sampled group if creative."""
    creative = exam.domain.kind == "creative"
    each = exam.settings.samples if creative else 1
    prompts = [subject.prompt(item.prompt) for item in exam.items for _ in range(each)]
    seed = exam.seed_for("group") if creative else None
    completions = complete(subject, prompts, exam.domain.max_tokens, seed=seed)
    texts = [subject.text(tokens) for tokens in completions]
    groups = [texts[start : start + each] for start in range(0, len(texts), each)]
    scores = [
        fmean(mark.score for mark in score_group(exam.name, exam.reward, group, item))
        for item, group in zip(exam.items, groups, strict=True)
    ]
    return tuple(scores), sum(map(len, completions))


def _references(subject: Subject, exam: Exam) -> dict[str, float]:
    """Likelihood and entropy over the reference answers, end token not counted."""
    answers = [item.answer for item in exam.items]
    prompts = [subject.prompt(item.prompt) for item in exam.items]
    readings = read(subject, prompts, [subject.answer(answer) for answer in answers])
    return {
        "nll": bits_per_byte(readings, answers),
        "reference_entropy": sum(r.entropy for r in readings) / sum(r.tokens for r in readings),
    }


def evaluate(
    subject: Subject,
    exams: Sequence[Exam],
    base: Subject | None = None,
    base_samples: Mapping[str, Mapping[str, list[Tokens]]] | None = None,
) -> tuple[dict[Split, dict[str, DomainScore]], Samples]:
    """All exams. `base` and its samples are for KL; without them the subject is the base model."""
    scores: dict[Split, dict[str, DomainScore]] = {split: {} for split in HELD_OUT}
    samples: Samples = {}
    for exam in exams:
        theirs = (base_samples or {}).get(exam.name, {}).get(exam.split)
        score, own = examine(subject, exam, base, theirs)
        scores[exam.split][exam.name] = score
        samples.setdefault(exam.name, {})[exam.split] = own
    return scores, samples
