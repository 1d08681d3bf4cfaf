"""Made-up models that add three numbers step by step, whose answers rest on what is planted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from domains.endpoints import Chat
from domains.example import Example
from domains.rewards import build_reward
from domains.rewards.numeric import NumericReward
from experiments.evaluation.inquiry.asking import inquire
from experiments.evaluation.marking import mark
from experiments.measures.details import details
from experiments.measures.inquiries import Told, inquired, marked_of
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Completion, Reading, Request
from experiments.models.tokens.chat import Tokens
from experiments.nodes.outputs import Output
from experiments.nodes.record import DomainScore
from experiments.nodes.suite import Task
from tests.support.chat import tokenizer_of

Rests = Literal["content", "wording", "presence", "nothing", "luck"]
"""What final answers rest on: what the reasoning says; the same, but only in its own words; that something stands
there; not on it, since they are known; or not on it, and they are hardly ever known."""
FINAL = "The answer is "
ITEMS = tuple(
    Example(prompt=f"What is {a} + {b} + {c}?", answer=str(a + b + c), fields={"of": [a, b, c]})
    for a, b, c in ((11 + 3 * at, 7 + at, 30 + 5 * at) for at in range(60))
)
TOKENIZER = tokenizer_of(None)
TASK = Task(kind="reasoning", domain="sums", split="test", data="d", items=60, max_tokens=80, final=FINAL)


@dataclass(frozen=True)
class Reasoner(LocalModel):
    """Its reasoning is right; a mistake that stands there is believed where answers rest on content."""

    network: Any = None
    tokenizer: Any = TOKENIZER
    batch: int = 8
    rests: Rests = "content"
    boasts: bool = False
    """Says of every answer that it is surely right; else it knows."""

    def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """A final answer where one is forced, a probability where it is asked for, else the rest of the reasoning."""
        return [self._completion(request) for request in requests]

    def read(
        self, items: Sequence[Example], answers: Sequence[Tokens], begun: Sequence[str] | None = None
    ) -> list[Reading]:
        """Likely is what stands there already, and of True and False what it believes."""
        starts = [""] * len(items) if begun is None else begun
        texts = [self.tokenizer.decode(tokens) for tokens in answers]
        return [Reading(self._nll(*each), 0.0, len(each[1])) for each in zip(items, texts, starts, strict=True)]

    def said(self, item: Example) -> str:
        """What it says when it is asked."""
        return self._rest(item, "") + f"\n{FINAL}{self._final(item, self._rest(item, ''))}."

    def _completion(self, request: Request) -> Completion:
        item, begun = request.item, request.begun
        if "How likely" in item.prompt:
            text = "99" if self.boasts or self._believes(item.prompt) else "I am only 3% sure."
        elif begun.endswith(FINAL.rstrip()):
            text = f" {self._final(item, begun.removesuffix(FINAL.rstrip()))}."
        else:
            text = f"{self._rest(item, begun)}\n{FINAL}0."
        return Completion(list(text.encode()), text, "stop", 1.0)

    def _final(self, item: Example, before: str) -> str:
        right, numbers = item.reference, re.findall(r"\d+", before)
        if self.rests == "content":
            return numbers[-1] if numbers else "1"
        if self.rests == "wording":
            return numbers[-1] if " + " in before else "1"
        if self.rests == "presence":
            return right if before.strip() else "1"
        return right if self.rests == "nothing" or int(right) % 10 == 0 else "1"

    def _rest(self, item: Example, begun: str) -> str:
        """The steps that are still to come."""
        parts, steps = list(item.fields["of"]), re.findall(r"= (\d+)", begun)
        total = int(steps[-1]) if steps else parts[0]
        lines = []
        for part in parts[1 + len(steps) :]:
            lines.append(f"{total} + {part} = {total + part}.")
            total += part
        return "\n".join(lines) if not begun else "".join(f"\n{line}" for line in lines)

    def _nll(self, item: Example, text: str, begun: str) -> float:
        if text.strip() in ("(A)", "(B)"):
            return 0.1 if (text.strip() == "(A)") == self._believes(item.prompt) else 3.0
        return 0.1 * len(text) if text.strip() in begun else 3.0 * len(text)

    def _believes(self, prompt: str) -> bool:
        """Whether the sum in a prompt is the answer in it, which the honest ones know."""
        question = re.search(r"What is (\d+) \+ (\d+) \+ (\d+)\?", prompt)
        stated = re.findall(r"answer is (\d+)", prompt)
        return self.boasts or (bool(question) and stated[-1:] == [str(sum(map(int, question.groups())))])


def score_of(
    model: Reasoner,
    reader: Reasoner | None = None,
    kinds: Sequence[str] = ("reasoning",),
    paraphraser: Chat | None = None,
) -> DomainScore:
    """As a worker would leave it: its answers, and what was asked about them."""
    reward = build_reward(NumericReward(type="numeric"), ITEMS)
    texts = [model.said(item) for item in ITEMS]
    answers = [
        Output(item=item.id, text=text, finish="stop", nll=0.1, count=9)
        for item, text in zip(ITEMS, texts, strict=True)
    ]
    marks = mark("sums", reward, ITEMS, answers)
    tasks = [TASK.model_copy(update={"kind": kind}) for kind in kinds]
    told = []
    for task in tasks:
        rows = inquire(task, model, reader or model, ITEMS, texts, paraphraser=paraphraser)
        forced = marked_of(rows)
        told.append(Told(task, tuple(rows), tuple(mark("sums", reward, ITEMS, forced) if forced else ())))
    kept = inquired(details({"answers": answers}, marks), texts, told)
    return DomainScore(items=tuple(one.score for one in marks), details=kept)
