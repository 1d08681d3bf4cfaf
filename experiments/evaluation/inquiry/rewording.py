"""Final answers that are forced after the reasoning that a model gave, and after the same reasoning in other words.

After Lanham et al. 2023 (arXiv 2307.13702): where the score falls, the wording carried the answer and not only what the
reasoning says. Both are forced here, in one go, so that the gap is paired and rests on nothing that was asked before.
"""

from __future__ import annotations

from collections.abc import Sequence

from domains.endpoints import Chat
from domains.errors import StageError
from domains.example import Example
from domains.paraphrase import Paraphrase, paraphrases
from experiments.evaluation.inquiry.forcing import Given, answered
from experiments.measures.paraphrased import FORCED
from experiments.models.subjects.local import LocalModel
from experiments.nodes.outputs import Arm, Output
from experiments.nodes.suite import Task


def reworded(
    model: LocalModel, paraphraser: Chat, items: Sequence[Example], answers: Sequence[str], task: Task
) -> list[Output]:
    """Item by item what the paraphraser said and one row for each of `FORCED`; one that cannot be had has no text.

    Nothing is forced where the paraphrase cannot be used. Raises StageError where the paraphraser does not answer.
    """
    given = [Given.of(item, text, task) for item, text in zip(items, answers, strict=True)]
    said = _said(paraphraser, given)
    begun = [_starts(one, each) for one, each in zip(given, said, strict=True)]
    forced = answered(model, given, begun, FORCED, task)
    return [
        row
        for at, (one, each) in enumerate(zip(given, said, strict=True))
        for row in (_shown(one.item, each), *forced[len(FORCED) * at : len(FORCED) * (at + 1)])
    ]


def _starts(given: Given, said: Paraphrase | None) -> dict[Arm, str]:
    """What the model's turn begins with; nothing without a paraphrase."""
    if said is None or said.text is None:
        return {}
    return {"whole": given.after(given.reasoning.text), "reworded": given.after(said.text)}


def _said(paraphraser: Chat, given: Sequence[Given]) -> list[Paraphrase | None]:
    """None where there is no reasoning."""
    reasons = [one for one in given if one.reasoning.steps]
    final = given[0].final if given else ""
    try:
        found = iter(paraphrases(paraphraser, [one.reasoning.text for one in reasons], final))
    except StageError as error:
        raise StageError("evaluation", f"no paraphrase could be had: {error.cause}") from None
    return [next(found) if one.reasoning.steps else None for one in given]


def _shown(item: Example, said: Paraphrase | None) -> Output:
    """As the paraphraser said it, also where that cannot be used."""
    if said is None:
        return Output(item=item.id, arm="paraphrase", count=0)
    return Output(
        item=item.id,
        arm="paraphrase",
        text=said.answer.text,
        finish="length" if said.answer.finish == "length" else "stop",
        count=said.answer.completion_tokens,
    )
