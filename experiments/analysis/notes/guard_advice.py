"""Which guards the base model's own scores speak for, with the reason, as YAML to be pasted. Rules of thumb."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from curricula.guards import NONE
from curricula.schema import Curriculum
from domains.spec import DomainSpec
from experiments.analysis.words import share
from experiments.nodes.record import DomainScore, Record

HOPELESS = 0.9
"""Share of items without a right answer from which there is too little to reinforce."""
SOME = 0.25
"""Share of such items, or of those that are always right, from which a band is proposed."""
KEPT = 0.5
"""Share of a creative domain's first entropy that its stage is to keep."""


class GuardAdvice(NamedTuple):
    """One thing to write for one domain's stage."""

    domain: str
    key: str
    value: str
    reason: str


def guard_advice(curriculum: Curriculum, base: Record) -> tuple[GuardAdvice, ...]:
    """For every domain that is trained by GRPO and has no guards, by the base model's validation items."""
    scores = base.scores.get("validation", {})
    found = ((name, spec) for name, spec in curriculum.domains.items() if name in scores)
    return tuple(
        one
        for name, spec in found
        if curriculum.stage_training(name).method == "grpo" and curriculum.stage_training(name).guards == NONE
        for one in _of_domain(curriculum, name, spec, scores[name])
    )


def advice_text(advice: tuple[GuardAdvice, ...]) -> str:
    """YAML with the reasons as comments; the same without any where nothing is proposed."""
    if not advice:
        return "No guards are proposed by the base model's scores (docs/guards.md)."
    lines = ["# What the base model's scores speak for, to be pasted (docs/guards.md):", "stages:"]
    for name in dict.fromkeys(one.domain for one in advice):
        lines.append(f"  {name}:")
        for one in advice:
            if one.domain == name:
                lines += [f"    # {one.reason}", f"    {one.key}: {one.value}"]
    return "\n".join(lines)


def _of_domain(curriculum: Curriculum, name: str, spec: DomainSpec, score: DomainScore) -> Iterator[GuardAdvice]:
    if spec.kind == "creative":
        yield from _creative(curriculum, name)
        return
    wrong = sum(item <= 0 for item in score.items) / len(score.items)
    right = sum(item >= 1 for item in score.items) / len(score.items)
    how = curriculum.decoding(name)
    answers = "in one answer" if how == "greedy" or how.samples == 1 else f"in {how.samples} answers"
    if wrong >= HOPELESS:
        reason = f"{share(wrong)} of items are never right {answers}: too little to reinforce, imitate first."
        yield GuardAdvice(name, "method", "sft", reason)
    elif wrong >= SOME or right >= SOME:
        band = "{pass_rate: {low: 0.1, high: 0.9}}"
        most = (
            f"{share(wrong)} of items are never right {answers}: a lucky one would get all of its group's advantage."
            if wrong >= right
            else f"{share(right)} of items are always right {answers}: they teach nothing."
        )
        yield GuardAdvice(name, "guards", band, most)


def _creative(curriculum: Curriculum, name: str) -> Iterator[GuardAdvice]:
    """Structured domains lower entropy (Omni-Thinker, 2507.14783), and reinforcement does."""
    structured = [other for other, spec in curriculum.domains.items() if spec.kind == "structured"]
    if structured and curriculum.schedule.rate == "per_stage":
        reason = f"creative beside {len(structured)} structured: its stage ends before half of its variety is gone."
        yield GuardAdvice(name, "guards", f"{{entropy: {{share: {KEPT:g}}}}}", reason)
