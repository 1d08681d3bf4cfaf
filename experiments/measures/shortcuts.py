"""How right answers come about: whether the answer stands before what should lead to it, and how much leads to it.

Only right answers, those of the full score, and lengths in characters: two models may have other tokenizers, and
answers that were logged elsewhere have no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

from domains.rewards.answers import SIGNS
from experiments.measures.of_outputs import Answer, OutputMeasure
from experiments.measures.repetition import without_echo
from experiments.measures.spec import MeasureSpec

LEAST_WORK = 30
"""Characters besides the final answer below which nothing was worked out."""
FIRST = 0.25
"""Share of a text in which an answer is said early."""


def early(text: str, answer: str, prompt: str = "") -> bool | None:
    """Whether `answer`, the final one as the reward found it, already stands in the first quarter of `text`, which is
    read as far as something new is said: where a model says its end over and over, its work does not stand early.

    It stands where no letter or digit goes on from it, whatever its case and blanks. None where that says nothing: it
    does not stand in the text as it was found, or is longer than a quarter of it; besides it there are fewer than
    `LEAST_WORK` characters; or it stands in the prompt too, so that repeating the question would count.
    """
    said, words = without_echo(text.translate(SIGNS).strip()), answer.translate(SIGNS).split()
    if not words:
        return None
    spaced = r"\s+".join(map(re.escape, words))
    stands = re.compile(rf"(?<!\w)(?<!\d[.,]){spaced}(?!\w|[.,]\d)", re.IGNORECASE)
    found, room = stands.search(said), FIRST * len(said)
    if found is None or stands.search(prompt.translate(SIGNS)):
        return None
    size = found.end() - found.start()
    return found.end() <= room if size <= room and len(said) - size >= LEAST_WORK else None


def _early(answers: Sequence[Answer]) -> float | None:
    """Share of an item's right answers for which that can be said: what stands in a prompt that is not known may be
    in its answers, repeated."""
    found = [
        is_early
        for one in answers
        if one.right and one.mark.parsed is not None and one.prompt is not None
        if (is_early := early(one.text, one.mark.parsed, one.prompt)) is not None
    ]
    return fmean(found) if found else None


def _length(answers: Sequence[Answer]) -> float | None:
    """Mean over an item's right answers."""
    found = [len(one.text.strip()) for one in answers if one.right and one.text]
    return fmean(found) if found else None


EARLY_ANSWER = OutputMeasure(
    MeasureSpec("answer said first", "share of right answers", "it stands in the first quarter", "down", "prompt", "A"),
    _early,
    needs="marked answers",
    ends=(0.0, 1.0),
    missing="no item has a right answer that is worked out and whose prompt is known, in all that is compared",
)
RIGHT_LENGTH = OutputMeasure(
    MeasureSpec("length of right answers", "characters", "mean over them", "profile", "prompt", "A"),
    _length,
    needs="marked answers",
    missing="no item has a right answer in all that is compared",
)
