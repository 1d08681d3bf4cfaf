"""The same small talk in every form that people keep it in, and a curriculum over all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

DOMAINS = """\
  parquet:
    kind: structured
    max_tokens: 8
    source: {type: file, path: talk.parquet}
    messages: messages
    system: "Count."
    rewards: [{type: exact}]
    stop: ["\\n"]
  lines:
    kind: structured
    max_tokens: 8
    source: {type: file, path: talk.jsonl}
    messages: [prompt, completion]
    rewards: [{type: exact}]
  sharegpt:
    kind: structured
    max_tokens: 8
    source: {type: file, path: sharegpt.json}
    messages: conversations
    rewards: [{type: regex, pattern: "(?s)[ -~].*"}]    # About every third answer of an untrained model.
  alpaca:
    kind: structured
    max_tokens: 8
    source: {type: file, path: alpaca.jsonl}
    messages: [instruction, input, output]
    rewards: [{type: regex, pattern: "(?s).?[ -~].*"}]
  text:
    kind: creative
    max_tokens: 8
    source: {type: file, path: talk.parquet}
    chat: "off"
    prompt: "{messages[0][content]} -> "
    answer: "{messages[-1][content]}"
    decoding: {samples: 2}
    rewards: [{type: creative, vocabulary: any}]
"""


def turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def write_talk(folder: Path, count: int = 40) -> None:
    """``talk.parquet``, ``talk.jsonl``, ``sharegpt.json`` and ``alpaca.jsonl``."""
    folder.mkdir(parents=True, exist_ok=True)
    several = [
        [
            turn("user", f"After {n}?"),
            turn("assistant", f"{n + 1}"),
            turn("user", "And then?"),
            turn("assistant", f"{n + 2}"),
        ]
        for n in range(count)
    ]
    parquet.write_table(pa.table({"messages": several}), folder / "talk.parquet")
    lines(
        folder / "talk.jsonl",
        [
            {"prompt": [turn("user", f"Twice {n}?")], "completion": [turn("assistant", f"{2 * n}")]}
            for n in range(count)
        ],
    )
    (folder / "sharegpt.json").write_text(
        json.dumps(
            [
                {"conversations": [{"from": "human", "value": f"Say {n}."}, {"from": "gpt", "value": f"{n}!"}]}
                for n in range(count)
            ]
        )
    )
    lines(
        folder / "alpaca.jsonl",
        [{"instruction": f"Repeat {n}.", "input": "Twice" * (n % 2), "output": f"{n} {n}"} for n in range(count)],
    )


def lines(file: Path, rows: list[dict[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
