"""Models that say what a script has, token by token through real generation: what they lack is planted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import torch

from domains.decoding import Sampling
from domains.example import Example
from domains.rewards import build_reward
from domains.rewards.numeric import NumericReward
from experiments.evaluation.inquiry.asking import inquire
from experiments.evaluation.marking import mark
from experiments.evaluation.tasks import Asked, ask
from experiments.measures.details import details
from experiments.measures.inquiries import Told, first_answers, inquired, marked_of
from experiments.models.subjects.local import LocalModel
from experiments.nodes.outputs import Output
from experiments.nodes.record import DomainScore
from experiments.nodes.suite import Task
from tests.support.chat import network_of, tokenizer_of

Script = Callable[[str, str], str]
"""(prompt, what was said so far) → all that is said, which begins with that."""
ITEMS = tuple(
    Example(prompt=f"What is {a} * {b}?", answer=str(a * b)) for a, b in ((11 + at, 3 + at % 6) for at in range(40))
)
SAMPLED = Sampling(samples=2, temperature=1.0)
TASK = Task(kind="calculator", domain="sums", split="test", data="d", items=40, max_tokens=60, calculator="equals")


def solver(*, slips: bool = False, plan: str = "*", says: str = "{a} {plan} {b} =") -> Script:
    """Writes the sum that it has planned, and a result which every other time is off by one where it `slips`; what
    stands there already is believed."""

    def script(prompt: str, said: str) -> str:
        a, b = (int(number) for number in re.findall(r"\d+", prompt)[:2])
        own = str((a * b if plan == "*" else a + b) + (slips and a % 2))
        head = says.format(a=a, plan=plan, b=b)
        there = re.match(re.escape(head) + r" ?(\d+)", said)
        result = there[1] if there and not own.startswith(there[1]) else own
        gap = "" if re.match(re.escape(head) + r"\d", said) else " "
        return f"{head}{gap}{result}. The answer is {result}."

    return script


def scripted(script: Script, batch: int = 16) -> LocalModel:
    """A real tiny network whose last word is the script's."""
    tokenizer = tokenizer_of(None)
    network = network_of("smollm2", tokenizer).eval()
    rows: list[list[int]] = []
    prompts: list[str] = []

    @cache
    def tokens_of(text):
        return [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]

    def hear(_, given, named):
        ids = named["input_ids"].tolist()
        if len(ids[0]) > 1:
            rows[:], prompts[:] = [[] for _ in ids], [tokenizer.decode(row, skip_special_tokens=True) for row in ids]
        else:
            for row, token in zip(rows, ids, strict=True):
                row.extend(token)

    def say(_, given, logits):
        said = torch.full_like(logits, -1e4)
        for row, (prompt, tokens) in enumerate(zip(prompts, rows, strict=True)):
            text = tokenizer.decode(tokens, skip_special_tokens=True)
            whole = tokens_of(script(prompt, text))
            said[row, -1, whole[min(len(tokens), len(whole) - 1)]] = 1e4
        return said

    network.register_forward_pre_hook(hear, with_kwargs=True)
    network.lm_head.register_forward_hook(say)
    return LocalModel(network, tokenizer, batch)


def score_of(model: LocalModel, task: Task = TASK, items: Sequence[Example] = ITEMS) -> DomainScore:
    """As a worker would leave it, but for sums done right afterwards: the calculator is the only one to tell."""
    reward = build_reward(NumericReward(type="numeric"), items)
    said = ask(Asked(task.model_copy(update={"kind": "answers"}), items, 0, lambda: None), model)
    marks = mark("sums", reward, items, said)
    references = [Output(item=item.id, nll=1.0, count=1, size=2) for item in items]
    kept = details({"answers": said, "references": references}, marks)
    first = first_answers(kept, [one.text or "" for one in said], None)
    rows = inquire(task, model, None, items, first, 0)
    told = Told(task, tuple(rows), tuple(mark("sums", reward, items, marked_of(rows))))
    kept = inquired(kept, first, [told])
    of_items = [sum(kept.scores[at : at + kept.samples]) / kept.samples for at in range(0, len(marks), kept.samples)]
    return DomainScore(items=tuple(of_items), details=kept)
