"""Which guards the base model's own validation items speak for, and why. Rules of thumb (docs/guards.md)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import yaml

from curricula.guards import NONE, EntropyFloor, Guards, PassRate
from curricula.recommended import GuardChoice, concerned
from curricula.schema import Curriculum
from curricula.yaml_core import CoreDumper
from experiments.analysis.words import number, share
from experiments.nodes.record import DomainScore, Record
from scheduler.composing.left_out import known_left_out

SPENT = 0.9
"""Share of items that are never right, or always, from which a band would draw the few others over and over."""
OUTSIDE = 0.25
"""Least share of prompts with a pass rate outside of the band from which one is proposed."""
LEAST = 32
"""Prompts that a proposed band must leave: of fewer a stage would learn these alone."""
BAND = PassRate(least=LEAST)
KEPT = 0.5
"""Share of a creative domain's first entropy that its stage is to keep."""
UNFORMED = 0.1
"""Score of a creative domain below which it has yet to learn its form, by which entropy falls."""


def recommended(curriculum: Curriculum, base: Record) -> tuple[GuardChoice, ...]:
    """One choice for every domain whose guards are yet to be chosen and that is not left out."""
    left = known_left_out(curriculum)
    return _choices(curriculum, base, [name for name in concerned(curriculum) if name not in left])


def proposed(curriculum: Curriculum, base: Record) -> tuple[GuardChoice, ...]:
    """What could be written for each domain that has no guards: those for which there is something."""
    bare = [name for name in curriculum.domains if curriculum.stage_training(name).guards == NONE]
    return tuple(one for one in _choices(curriculum, base, bare) if one.guards != NONE or one.remedy)


def proposal_text(proposals: Sequence[GuardChoice]) -> str:
    """YAML with the reasons as comments; the same without any where nothing is proposed."""
    if not proposals:
        return "No guards are proposed by the base model's scores (docs/guards.md)."
    lines = ["# What the base model's scores speak for, to be pasted (docs/guards.md):", "stages:"]
    for one in proposals:
        written = one.remedy or f"guards: {_flow(one.guards)}"
        lines += [f"  {one.domain}:", f"    # {one.reason}", f"    {written}"]
    return "\n".join(lines)


def choice_lines(choices: Sequence[GuardChoice]) -> tuple[str, ...]:
    """A sentence for each: what was chosen, and why."""
    return tuple(
        f"Recommended for {one.domain}: {'no guard' if one.guards == NONE else _flow(one.guards)}. {one.reason}"
        for one in choices
    )


def outside(never: float, always: float, answers: int) -> float | None:
    """Least share of prompts whose pass rate p lies outside of [0.1, 0.9], by the shares of items that are `never` and
    `always` right in so many answers. None of one answer, which is either for every prompt.

    A prompt within is either with a probability of (1 − p)^k + p^k, which is largest at the band's ends: q. So
    never + always ≤ outside + (1 − outside)·q.
    """
    if answers == 1:
        return None
    by_luck = BAND.low**answers + (1 - BAND.low) ** answers
    return max(0.0, (never + always - by_luck) / (1 - by_luck))


def _choices(curriculum: Curriculum, base: Record, names: Sequence[str]) -> tuple[GuardChoice, ...]:
    scores = base.scores.get("validation", {})
    return tuple(_choice(curriculum, name, scores[name]) for name in names if name in scores)


def _choice(curriculum: Curriculum, name: str, score: DomainScore) -> GuardChoice:
    if curriculum.stage_training(name).method == "sft":
        return GuardChoice(domain=name, reason="Its own stage is by SFT, which has no rollouts to guard.")
    of_kind = _creative if curriculum.domains[name].kind == "creative" else _structured
    return of_kind(curriculum, name, score)


def _structured(curriculum: Curriculum, name: str, score: DomainScore) -> GuardChoice:
    """A band, where enough prompts lie outside of it and not nearly all."""
    how = curriculum.decoding(name)
    answers = 1 if how == "greedy" else how.samples
    never, always = (sum(one) / len(score.items) for one in zip(*((v <= 0, v >= 1) for v in score.items), strict=True))
    out = outside(never, always, answers)
    figures = {"never_right": never, "always_right": always, "answers": float(answers)}
    figures |= {} if out is None else {"outside": out}
    told = f"{share(never)} of items are never right and {share(always)} always in {_answers(answers)}"
    guards, remedy = NONE, None
    if never >= SPENT:
        remedy = "method: sft"
        why = (
            ": too little to reinforce, and a band would draw the few others over and over. Imitate first "
            f"(`stages: {{{name}: {{{remedy}}}}}`), or leave it out"
        )
    elif always >= SPENT:
        why = ": hardly anything is left to learn, and a band would draw the few others over and over"
    elif out is None:
        why = ", which does not tell hard prompts from easy ones; several answers would (`evaluation.decoding`)"
    elif out < OUTSIDE:
        why = f": at least {share(out)} of prompts lie outside of {_band()}, too few to pay for measuring them all"
    else:
        guards = Guards(pass_rate=BAND.model_copy(update={"domains": (name,)}))
        why = (
            f": at least {share(out)} of prompts lie outside of {_band()}, where a lucky answer gets all of its "
            f"group's advantage or nothing is learnt. Measuring takes up to {BAND.samples * (BAND.items or 0):,} "
            "completions before each stage"
        )
    return GuardChoice(domain=name, guards=guards, figures=figures, reason=f"{told}{why}.", remedy=remedy)


def _creative(curriculum: Curriculum, name: str, score: DomainScore) -> GuardChoice:
    """A floor: structured domains lower entropy (Omni-Thinker, 2507.14783), and reinforcement does."""
    structured = sum(spec.kind == "structured" for spec in curriculum.domains.values())
    rate, guards = curriculum.schedule.rate, NONE
    figures = {"score": score.mean}
    if score.entropy:
        figures["entropy"] = math.fsum(score.entropy) / len(score.entropy)
    if not structured:
        why = "No structured domain is beside it, whose training would lower its entropy"
    elif rate != "per_stage":
        why = f"On `schedule.rate: {rate}` stages are pieces of one path, and none can end early"
    elif score.mean < UNFORMED:
        why = f"It scores {number(score.mean, 2)}, so it has to learn its form first, by which entropy falls"
    else:
        guards = Guards(entropy=EntropyFloor(share=KEPT))
        now = f" ({number(figures['entropy'], 2)} nats a token now)" if "entropy" in figures else ""
        beside = f"{structured} structured domain{'s' * (structured != 1)}"
        why = f"Creative beside {beside}: its stage ends before half of its variety is gone{now}"
    return GuardChoice(domain=name, guards=guards, figures=figures, reason=f"{why}.")


def _band() -> str:
    return f"a pass rate of {BAND.low:g} to {BAND.high:g}"


def _answers(count: int) -> str:
    return "one answer" if count == 1 else f"{count} answers"


def _flow(guards: Guards) -> str:
    """As YAML on one line, without defaults."""
    written = guards.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(written, Dumper=CoreDumper, default_flow_style=True, width=math.inf, sort_keys=False).strip()
