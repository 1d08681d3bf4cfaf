"""How sure a model is that its answer is right, asked afterwards in one more question."""

from __future__ import annotations

from collections.abc import Sequence

from domains.conversations import Turn
from domains.example import Example
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request, Subject
from experiments.models.tokens.prompting import is_chat
from experiments.nodes.outputs import Arm, Output

LONGEST = 12
"""Tokens of a stated probability."""
OPTIONS: tuple[tuple[Arm, str], ...] = (("true", "(A)"), ("false", "(B)"))
WHETHER = (
    "Question: {question}\nPossible answer: {answer}\nIs the possible answer:\n(A) True\n(B) False\n"
    "The possible answer is:"
)
"""Kadavath et al. 2022 (arXiv 2207.05221)."""
HOW_LIKELY = (
    "How likely is it that your answer is right? Reply with a whole number from 0 to 100, the probability in percent, "
    "and nothing else."
)
"""After Tian et al. 2023 (arXiv 2305.14975)."""


def beliefs(model: Subject, items: Sequence[Example], answers: Sequence[str]) -> list[Output]:
    """Item by item: the likelihoods of "True" and of "False" where the model's can be read, and what it stated."""
    stated = model.complete([Request(_asked(model, item, text), LONGEST) for item, text in _pairs(items, answers)])
    told = [
        Output(item=item.id, arm="stated", text=one.text, count=len(one.tokens))
        for item, one in zip(items, stated, strict=True)
    ]
    if not isinstance(model, LocalModel):
        return told
    asked = [_whether(model, item, text, option) for item, text in _pairs(items, answers) for _, option in OPTIONS]
    readings = model.read(asked, [model.answer(one) for one in asked])
    read = [
        Output(item=items[at // 2].id, arm=OPTIONS[at % 2][0], nll=one.nll, count=one.tokens)
        for at, one in enumerate(readings)
    ]
    return [row for at, one in enumerate(told) for row in (*read[2 * at : 2 * at + 2], one)]


def _pairs(items: Sequence[Example], answers: Sequence[str]) -> list[tuple[Example, str]]:
    return list(zip(items, answers, strict=True))


def _whether(model: LocalModel, item: Example, answer: str, option: str) -> Example:
    """The question and one of its two answers."""
    text = WHETHER.format(question=item.prompt, answer=answer.strip())
    blank = "" if is_chat(model.tokenizer, item) else " "
    return Example(prompt=text, answer=blank + option, plain=item.plain)


def _asked(model: Subject, item: Example, answer: str) -> Example:
    """The conversation goes on; a text that is no conversation does too."""
    talks = is_chat(model.tokenizer, item) if isinstance(model, LocalModel) else not item.plain
    if not talks:
        return Example(prompt=f"{item.prompt}{answer}\n\n{HOW_LIKELY}\nProbability:", answer="", plain=item.plain)
    turns: tuple[Turn, ...] = (
        *item.conversation,
        {"role": "assistant", "content": answer},
        {"role": "user", "content": HOW_LIKELY},
    )
    return Example(prompt=HOW_LIKELY, answer="", turns=turns, plain=item.plain)
