"""The same model in this process and behind an endpoint: does it say the same, and with what probability?

``python -m benchmarks.endpoint FOLDER http://localhost:8000/v1#NAME [ITEMS]``: FOLDER holds the model that answers
there, in float32. Sums are asked through the chat template and as plain text, greedily and with noise. Where the server
is vLLM, which says how likely a given prompt is to it, the reference answers' log-probabilities are compared too.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments
from domains.endpoints import Chat
from domains.example import Example
from experiments.models.subjects.endpoint import EndpointModel
from experiments.models.subjects.given import given
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request, Subject
from experiments.models.tokens.prompting import prompt_tokens

TOKENS = 12


def items(count: int, plain: bool) -> list[Example]:
    """Sums of two numbers."""
    pairs = [(11 + 7 * at % 89, 3 + 5 * at % 43) for at in range(count)]
    return [Example(prompt=f"What is {a} + {b}?", answer=f" It is {a + b}.", plain=plain) for a, b in pairs]


def agreement(here: Subject, there: Subject, asked: Sequence[Example]) -> dict[str, Any]:
    """Shares of greedy answers that are the same text; of sampled ones how often the right sum is in them."""
    greedy = [Request(item, TOKENS) for item in asked]
    noisy = [Request(item, TOKENS, noise=at, temperature=1.0) for at in range(4) for item in asked]
    said = [[one.text for one in subject.complete(greedy)] for subject in (here, there)]
    right = []
    for subject in (here, there):
        marks = [_right(request.item, one.text) for request, one in zip(noisy, subject.complete(noisy), strict=True)]
        right.append(round(sum(marks) / len(marks), 3))
    return {
        "greedy, the same text": sum(a == b for a, b in zip(*said, strict=True)) / len(asked),
        "greedy, right": [sum(map(_right, asked, texts)) / len(asked) for texts in said],
        "sampled, right": right,
        "sampled again, the same": there.complete(noisy) == there.complete(noisy),
    }


def _right(item: Example, text: str) -> bool:
    return item.answer.split()[-1].strip(".") in text


def surprisals(here: LocalModel, chat: Chat, asked: Sequence[Example]) -> dict[str, Any] | None:
    """How far apart −Σ ln p of the reference answers is, in nats a token; None where the server does not say."""
    answers = [here.answer(item) for item in asked]
    apart = []
    for item, answer, reading in zip(asked, answers, here.read(asked, answers), strict=True):
        tokens = [*prompt_tokens(here.tokenizer, item), *answer]
        body = {"model": chat.spec.model, "prompt": tokens, "max_tokens": 1, "temperature": 0, "prompt_logprobs": 0}
        found = _posted(f"{chat.spec.url}/completions", body)
        if not found:
            return None
        told = zip(tokens[-len(answer) :], found[-len(answer) :], strict=True)
        apart.append(abs(-sum(each[str(token)]["logprob"] for token, each in told) - reading.nll) / reading.tokens)
    return {"reference answers, nats a token apart": {"mean": sum(apart) / len(apart), "most": max(apart)}}


def _posted(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=600) as response:
            return json.load(response)["choices"][0].get("prompt_logprobs")
    except urllib.error.HTTPError:
        return None


def main(folder: str, address: str, count: str = "20") -> dict[str, Any]:
    """Prints a line for each way of asking."""
    here, there = (given(name, Path.cwd()).subject(16, 0) for name in (folder, address))
    assert isinstance(here, LocalModel)
    assert isinstance(there, EndpointModel)
    result: dict[str, Any] = {}
    for way, plain in (("chat", False), ("plain", True)):
        asked = items(int(count), plain)
        result[way] = agreement(here, there, asked) | (surprisals(here, there.chat, asked) or {})
        print(json.dumps({way: result[way]}), flush=True)
    return result


if __name__ == "__main__":
    words = arguments(__doc__)
    if not 2 <= len(words) <= 3:
        raise SystemExit(__doc__)
    main(*words)
