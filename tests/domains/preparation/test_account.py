"""domains/preparation/account.py: what became of the rows is said, and only what happened."""

from __future__ import annotations

import json
import random
from pathlib import Path

from domains.preparation.account import Account
from domains.preparation.prepare import prepare_domain
from domains.preparation.splits import Sizes
from domains.spec import DomainSpec


def test_nothing_is_said_where_nothing_happened() -> None:
    assert Account(taken=30_000).notes() == ()


def test_one_line_tells_of_the_rows() -> None:
    whole = Account(taken=29_681, duplicates=1204, filtered=312, skipped=7, first="a.jsonl:5: no.")
    assert whole.notes() == (
        "1,204 of 30,000 rows are duplicates; 312 filtered out; 7 bad rows skipped, the first: a.jsonl:5: no.",
    )
    assert Account(taken=9, duplicates=1).notes() == ("1 of 9 rows is a duplicate",)
    assert Account(taken=7, filtered=2).notes() == ("2 of 9 rows filtered out",)


def found(folder: Path, source: dict[str, object], **given: object) -> tuple[str, ...]:
    spec = {
        "kind": "structured",
        "source": {"type": "file", "path": "a.jsonl", **source},
        "prompt": "{question}",
        "rewards": [{"type": "exact"}],
        **given,
    }
    domain = DomainSpec.model_validate_json(json.dumps(spec))
    return prepare_domain("d", domain, Sizes(10, 10, domain.train), 0, folder).notes


def write(file: Path, questions: list[str]) -> None:
    lines = [json.dumps({"question": question, "answer": f"to {question}"}) for question in questions]
    file.write_text("\n".join(lines))


def test_duplicates_and_filtered_rows_are_counted(tmp_path: Path) -> None:
    questions = [f"question {number}" for number in range(60)]
    write(tmp_path / "a.jsonl", [*questions, "Question 3.", "question 4", "drop 1", "drop 2", "drop 3"])
    assert found(tmp_path, {"filter": "not question.startswith('drop')"}) == (
        "d: 2 of 65 rows are duplicates; 3 filtered out",
    )
    write(tmp_path / "b.jsonl", [*(f"held {number}" for number in range(12)), "HELD 1"])
    assert found(tmp_path, {"test": "b.jsonl"}) == ("d: 3 of 78 rows are duplicates",)


def test_what_is_nearly_held_out_is_counted_where_all_would_be_trained_on(tmp_path: Path) -> None:
    rng = random.Random(0)
    texts = [" ".join("".join(rng.choices("abcdefgh", k=6)) for _ in range(12)) for _ in range(60)]
    write(tmp_path / "a.jsonl", [f"{text} {end}" for text in texts for end in ("so", "and so on")])
    assert found(tmp_path, {}) == ("d: 16 items not trained on, being nearly the same as held-out ones",)
    assert found(tmp_path, {}, train=5) == ()
