"""Rules about what is asked beside answers (`evaluation.inquiries`, `evaluation.way_back`)."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import Problem
from curricula.schema import Curriculum


def inquiry_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """Each needs a domain that says how its answers are to be asked about, and one answer that is right."""
    yield from _of_reasoning(curriculum)
    yield from _of_calculators(curriculum)
    yield from _of_paraphrases(curriculum)
    yield from _of_ways_back(curriculum)


def _of_calculators(curriculum: Curriculum) -> Iterator[Problem]:
    calling = {name: spec for name, spec in curriculum.domains.items() if spec.calculator is not None}
    for name, spec in calling.items():
        if spec.kind == "creative":
            yield Problem(
                ("domains", name, "calculator"),
                "a creative domain has nothing to calculate",
                spec.calculator,
                "Leave it out; only structured domains are answered with a calculator.",
            )
    if "calculator" in curriculum.evaluation.inquiries and not calling:
        yield Problem(
            ("evaluation", "inquiries"),
            "no domain says how its answers call a calculator",
            "calculator",
            "For example: domains.sums.calculator: equals.",
        )


def _of_reasoning(curriculum: Curriculum) -> Iterator[Problem]:
    finals = {name: spec.final for name, spec in curriculum.domains.items() if spec.final is not None}
    for name, final in finals.items():
        if not final.strip():
            yield Problem(
                ("domains", name, "final"),
                "must hold more than blanks: it is what makes a model say its answer",
                final,
                "For example: 'The answer is '.",
            )
        if curriculum.domains[name].kind == "creative":
            yield Problem(
                ("domains", name, "final"),
                "a creative domain has no final answer",
                final,
                "Leave it out; only structured domains have their reasoning asked about.",
            )
    asked = [kind for kind in ("reasoning", "paraphrase") if kind in curriculum.evaluation.inquiries]
    if asked and not finals:
        yield Problem(
            ("evaluation", "inquiries"),
            "no domain says with which text its answers come to their end",
            asked[0],
            "For example: domains.sums.final: 'The answer is '.",
        )


def _of_paraphrases(curriculum: Curriculum) -> Iterator[Problem]:
    asked, who = "paraphrase" in curriculum.evaluation.inquiries, curriculum.evaluation.paraphraser
    if asked and who is None:
        yield Problem(
            ("evaluation", "inquiries"),
            "nobody is named who says reasoning in other words",
            "paraphrase",
            "For example: evaluation.paraphraser: {url: 'http://localhost:8000/v1', model: NAME}.",
        )
    if who is not None and not asked:
        yield Problem(
            ("evaluation", "paraphraser"),
            "is asked nothing: `paraphrase` is none of the inquiries",
            who.model,
            "Leave it out, or write evaluation.inquiries: [paraphrase].",
        )


def _of_ways_back(curriculum: Curriculum) -> Iterator[Problem]:
    """Shares in rising order, of models whose weights can be added up."""
    shares, place = curriculum.evaluation.way_back, ("evaluation", "way_back")
    if list(shares) != sorted(set(shares)):
        yield Problem(place, "must rise", list(shares), "For example: [0.25, 0.5, 0.75].")
    if shares and not curriculum.mergeable:
        hint = "Leave it out, or train without `lora.dora` and `lora.modules_to_save`."
        yield Problem(place, "cannot be made of such adapters: they are no products of two factors", list(shares), hint)
