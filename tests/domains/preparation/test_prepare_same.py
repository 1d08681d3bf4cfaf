"""What is prepared stays the same to the bit, however fast it is made: nodes in people's stores are known by it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from domains.example import Example
from domains.frozen import fingerprint
from domains.preparation.data_cache import Cache
from domains.preparation.prepare import Fit, data_versions, prepare_domain
from domains.preparation.splits import Sizes
from domains.spec import DomainSpec

ROWS = 600
WORDS = [
    "the",
    "a",
    "fox",
    '"runs"',
    "over",
    "hills,",
    "and",
    "sleeps;",
    "über",
    "日本語",
    "it's",
    "3.5",
    "#1",
    "x_y",
    "(so)",
    "12",
    "’tis",
]


def rows() -> list[dict[str, object]]:
    """Questions and answers with duplicates, near duplicates, other scripts, floats and nested values."""
    rng, found = random.Random(0), []
    for number in range(ROWS):
        if found and rng.random() < 0.1:
            found.append({**rng.choice(found), "id": number})
            continue
        question = " ".join(rng.choices(WORDS, k=rng.randint(2, 30))) + rng.choice("?!. ")
        if found and rng.random() < 0.1:
            question = f"{rng.choice(found)['question']} indeed"
        answer = f"{rng.choice(WORDS)} {rng.randint(0, 9)}"
        turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        score = rng.choice([1.0, 0.25, 1e16, 3, None])
        found.append({"question": question, "answer": answer, "score": score, "turns": turns, "id": number})
    return found


def written(folder: Path) -> None:
    """Files of the rows, and a text."""
    lines = [json.dumps(row, ensure_ascii=number % 2 == 0) + "\n" for number, row in enumerate(rows())]
    (folder / "a.jsonl").write_text("".join(lines[:400]), encoding="utf-8")
    (folder / "b.jsonl").write_text("".join(lines[400:]), encoding="utf-8")
    (folder / "held.jsonl").write_text(
        "".join(json.dumps({**row, "question": f"Held {row['id']}"}) + "\n" for row in rows()[:80]), encoding="utf-8"
    )
    (folder / "text.txt").write_text(" ".join(str(row["question"]) for row in rows()), encoding="utf-8")


def short(example: Example) -> Example | None:
    """Long prompts are cut, longer ones dropped."""
    if len(example.prompt) > 150:
        return None
    return example if len(example.prompt) < 100 else example.model_copy(update={"prompt": example.prompt[-99:]})


FILES = {"type": "file", "path": ["a.jsonl", "b.jsonl"]}
PLAIN = {
    "kind": "structured",
    "source": FILES,
    "prompt": "Q: {question}\nA: ",
    "rewards": [{"type": "exact"}],
    "max_tokens": 400,
}
SPECS: dict[str, dict[str, object]] = {
    "plain": PLAIN,
    "few": {**PLAIN, "train": 50},
    "creative": {**PLAIN, "kind": "creative", "prompt": "Say {score}{turns[0][role]}: ", "on_bad_row": "skip"},
    "chat": {
        **PLAIN,
        "kind": "creative",
        "prompt": None,
        "messages": "turns",
        "system": "Be short.",
        "reference": "{answer}!",
    },
    "held": {**PLAIN, "source": {**FILES, "test": "held.jsonl"}},
    "ruled": {
        **PLAIN,
        "source": {**FILES, "filter": "len(question) > 40", "pattern": {"word": r"question ~ ^(\S+)"}},
        "prompt": "{word}: {question}",
        "answer": "{answer} ",
    },
    "mix": {
        **PLAIN,
        "source": {
            "type": "mix",
            "parts": [
                {"share": 2, "source": {"type": "file", "path": "a.jsonl"}},
                {"share": 1, "source": {"type": "file", "path": "b.jsonl"}},
            ],
        },
    },
    "text": {"kind": "creative", "source": {"type": "file", "path": "text.txt"}, "rewards": [{"type": "creative"}]},
    "made": {
        "kind": "structured",
        "source": {"type": "reasoning_gym", "task": "chain_sum"},
        "prompt": "{expression}=",
        "rewards": [{"type": "exact"}],
        "train": 100,
    },
}
PINNED = {
    "plain": "897d52532ebd1d06",
    "few": "9bb57aea33fc8b11",
    "creative": "72824fe0a9781ed4",
    "chat": "d001621f6ba0a0c5",
    "held": "e76d741063684f3e",
    "ruled": "608654deb3df8222",
    "mix": "357ed973599bca12",
    "text": "f5296a64dbc335a0",
    "made": "64431597f45271d6",
}
"""As the first preparation made them, which parsed every line five times."""


def prepared(folder: Path, name: str) -> str:
    """One hash of all splits, in their order, and of what other domains know their items by."""
    spec = DomainSpec.model_validate_json(json.dumps(SPECS[name]))
    fit = Fit(short, None) if name in ("plain", "text") else None
    sizes = Sizes(spec.validation or 20, spec.test or 20, spec.train)
    found = prepare_domain(name, spec, sizes, 7, folder, fit=fit)
    twins = {split: each.hashes.hex() for split, each in found.twins.items()}
    return fingerprint([dict(data_versions(found.splits)), twins])[:16]


@pytest.mark.parametrize("name", SPECS)
def test_the_splits_are_what_they_always_were(name: str, tmp_path: Path) -> None:
    written(tmp_path)
    assert prepared(tmp_path, name) == PINNED[name]


def test_lines_are_not_parsed_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of hundreds of thousands of rows each such pass took seconds: hashes are taken while a row is at hand."""
    written(tmp_path)
    parsed = []
    whole = Example.model_validate_json

    def counted(line: bytes) -> Example:
        parsed.append(line)
        return whole(line)

    monkeypatch.setattr(Example, "model_validate_json", counted)
    spec = DomainSpec.model_validate_json(json.dumps(PLAIN))
    found = prepare_domain("d", spec, Sizes(20, 20, None), 7, tmp_path, kept=Cache((tmp_path / "kept",), least=0))
    assert len(found.splits["train"]) > 300
    # The first ones of each split, on which rewards are tried.
    assert len(parsed) < 100
