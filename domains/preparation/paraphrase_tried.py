"""Can what a paraphraser says be used? It is tried on the reasoning of reference answers before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence

from domains.endpoints import AnswerCache, EndpointSpec, Tally
from domains.endpoints.tentative import TentativeAnswers, billed, impatient
from domains.errors import StageError
from domains.example import Example
from domains.paraphrase import paraphrases
from domains.reasoning import reasoning_of

ITEMS = 3
"""Training items whose reasoning a paraphraser is tried on."""


def paraphraser_note(spec: EndpointSpec, final: str, train: Sequence[Example], answers: AnswerCache) -> str:
    """How many of its paraphrases could be used, in a sentence; one that cannot be asked is a note, too.

    It is asked once, without patience, about reference answers that reason; `final` introduces their answer.
    """
    every = (reasoning_of(item.answer, final).text for item in train)
    texts = [text for text, _ in zip(filter(None, every), range(ITEMS), strict=False)]
    if not texts:
        return "the paraphraser was not tried: no reference answer reasons before it states its answer."
    answered, tally = TentativeAnswers(answers), Tally()
    try:
        said = paraphrases(impatient(spec, answered, tally), texts, final)
    except StageError as error:
        return f"the paraphraser could not be asked for a paraphrase: {error.cause.rstrip('.')}."
    used = sum(one.text is not None for one in said)
    if used:
        answered.settle()
    rest = "" if used else " With none there is no `paraphrase_gap`: take a stronger model, or more `max_tokens`."
    return f"the paraphraser: {used} of {len(said)} paraphrases could be used.{rest} {billed(tally.bill)}"
