"""Rules about domains of multiple choice (`options`, `letters`)."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import Problem
from curricula.schema import Curriculum
from domains.errors import DataError
from domains.options import around
from domains.spec import DomainSpec

ONE_FIELD = 'One field, with what an answer has around it, e.g. `answer: "{answer}"`.'


def option_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """One of the options must be right, and the answer's template must name it."""
    for name, spec in curriculum.domains.items():
        if spec.options is not None:
            yield from _of_options(name, spec)
        elif spec.letters:
            yield Problem(
                ("domains", name, "letters"),
                "says how options are answered, and this domain has none",
                spec.letters,
                "Leave it out, or name their column: `options: choices`.",
            )


def _of_options(name: str, spec: DomainSpec) -> Iterator[Problem]:
    if spec.kind == "creative":
        hint = "Leave it out; only structured domains are multiple choice."
        yield Problem(("domains", name, "options"), "a creative domain has no option that is right", spec.options, hint)
    if spec.answer is False or (spec.messages is not None and spec.answer is None):
        rule = "need an `answer` that says which of them is right"
        yield Problem(("domains", name, "options"), rule, spec.options, "For example: answer: '{answer}'.")
    elif spec.answer is not None:
        try:
            around(spec.answer)
        except DataError as error:
            yield Problem(("domains", name, "answer"), error.rule, spec.answer, ONE_FIELD)
