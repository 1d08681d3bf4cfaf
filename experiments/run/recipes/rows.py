"""Examples as rows of other tools' data files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from domains.example import Example
from experiments.training.draw import Drawn

Rows = list[dict[str, Any]]


def json_lines(rows: Iterable[dict[str, Any]]) -> str:
    """One object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def turns(item: Example) -> list[dict[str, str]]:
    """The conversation that the answer ends."""
    return [{"role": turn["role"], "content": turn["content"]} for turn in item.conversation]


def whole(item: Example) -> list[dict[str, str]]:
    """The same with the answer."""
    return [*turns(item), {"role": "assistant", "content": item.answer}]


def taught(item: Example) -> list[dict[str, Any]]:
    """`whole`, each turn with whether it is to be imitated (`train`): those of the assistant's that are not given."""
    last = len(turns(item))
    return [
        {**turn, "train": turn["role"] == "assistant" and (at >= item.given or at == last)}
        for at, turn in enumerate(whole(item))
    ]


def asked(drawn: Drawn, *, chat: bool) -> dict[str, Any]:
    """A row of reinforcement: the prompt, and what the rewards find the item by."""
    prompt = turns(drawn.example) if chat else drawn.example.prompt
    return {"prompt": prompt, "domain": drawn.domain, "item": drawn.example.id}
