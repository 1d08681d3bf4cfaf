"""Samples as lm-evaluation-harness logs them: multiple choice, generation with filters, and what is not one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from domains.errors import DataError
from experiments.measures.lm_eval import paired, read_tasks, sample_files, task_of


def choice(number: int, options: list[float], right: int, **more: object) -> dict[str, object]:
    """As `acc` tasks are logged: numbers and booleans became text."""
    best = options.index(max(options))
    return {
        "doc_id": number,
        "doc": {"question": f"q{number}"},
        "target": str(right),
        "arguments": {"gen_args_0": {"arg_0": f"q{number}", "arg_1": " a"}},
        "resps": [[[str(one), "False"]] for one in options],
        "filtered_resps": [[str(one), "False"] for one in options],
        "filter": "none",
        "metrics": ["acc", "acc_norm"],
        "doc_hash": f"h{number}",
        "acc": float(best == right),
        "acc_norm": 1.0,
        **more,
    }


def said(number: int, text: str, filtered: str, name: str, right: bool) -> dict[str, object]:
    """As generation tasks are logged, once for every filter; an older version, without `metrics`."""
    return {
        "doc_id": number,
        "doc": {},
        "target": "7",
        "arguments": {"gen_args_0": {"arg_0": "3 + 4", "arg_1": {"until": ["\n"]}}},
        "resps": [[text]],
        "filtered_resps": [filtered],
        "filter": name,
        "doc_hash": f"h{number}",
        "prompt_hash": "p",
        "target_hash": "t",
        "exact_match": float(right),
    }


def write(
    folder: Path, rows: list[dict[str, object]], name: str = "samples_arc_easy_2025-01-02T03-04-05.678.jsonl"
) -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def test_confidence_is_the_likeliest_options_share(tmp_path: Path) -> None:
    tasks = read_tasks(write(tmp_path, [choice(0, [-1.0, -3.0], 0), choice(1, [-2.0, -2.0, -9.0], 2)]), alone=True)
    assert list(tasks) == ["acc", "acc_norm"]
    score = tasks["acc"].score(["0", "1"])
    assert score.items == (1.0, 0.0)
    assert score.details is not None
    assert score.details.nll == pytest.approx((math.log(1 + math.exp(-2)), math.log(2 + math.exp(-7))), abs=1e-6)
    assert score.details.found == (True, True)
    other = tasks["acc_norm"].score(["0", "1"]).details
    assert other is not None
    assert other.nll is None, "the longest option is not chosen by likelihood alone"


def test_filters_are_told_apart_and_what_they_did_not_find(tmp_path: Path) -> None:
    rows = [
        said(0, "so it is 7", "[invalid]", "strict-match", False),
        said(0, "so it is 7", "7", "flexible-extract", True),
    ]
    tasks = read_tasks(write(tmp_path, rows, "samples_gsm8k_2025-01-02T03-04-05.jsonl"), alone=False)
    assert list(tasks) == ["gsm8k exact_match (strict-match)", "gsm8k exact_match (flexible-extract)"]
    strict, flexible = (task.score(["0"]).details for task in tasks.values())
    assert (strict.found, flexible.found) == ((False,), (True,))
    (item,) = tasks["gsm8k exact_match (strict-match)"].items.values()
    assert (item.prompt, item.target, item.answer) == ("3 + 4", "7", "so it is 7")


def test_a_metric_that_is_beyond_1_anywhere_is_no_score(tmp_path: Path) -> None:
    rows = [
        choice(0, [-1.0, -2.0], 0, metrics=["acc", "words"], words=1),
        choice(1, [-1.0, -2.0], 0, metrics=["acc", "words"], words=3),
    ]
    assert list(read_tasks(write(tmp_path, rows), alone=True)) == ["acc"]


def test_items_are_paired_by_number_and_must_be_the_same(tmp_path: Path) -> None:
    first = read_tasks(write(tmp_path, [choice(n, [-1.0, -2.0], 0) for n in range(4)]), alone=True)["acc"]
    fewer = read_tasks(write(tmp_path, [choice(n, [-1.0, -2.0], 0) for n in (2, 3, 9)]), alone=True)["acc"]
    assert paired(first, fewer, "acc") == ["2", "3"]
    other = read_tasks(write(tmp_path, [choice(2, [-1.0, -2.0], 0, doc_hash="else")]), alone=True)["acc"]
    with pytest.raises(DataError, match="acc: the two files number different items alike, got '2'"):
        paired(first, other, "acc")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{}\n", ":1: must be samples that lm-evaluation-harness logged"),
        ("nothing\n", ":1: must be samples that lm-evaluation-harness logged"),
        ("", "holds no metric with numbers from 0 to 1"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, rule: str) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError, match=rule):
        read_tasks(file, alone=True)


def test_an_item_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":2: doc_id: an item stands there twice"):
        read_tasks(write(tmp_path, [choice(0, [-1.0, -2.0], 0)] * 2), alone=True)


def test_of_a_folder_the_newest_file_of_every_task(tmp_path: Path) -> None:
    for name in ("arc_easy_2025-01-02T03-04-05.1", "arc_easy_2025-02-02T03-04-05.1", "gsm8k_2025-01-02T03-04-05.1"):
        (tmp_path / f"samples_{name}.jsonl").touch()
    assert [file.stem for file in sample_files(tmp_path)] == [
        "samples_arc_easy_2025-02-02T03-04-05.1",
        "samples_gsm8k_2025-01-02T03-04-05.1",
    ]
    assert [task_of(file) for file in sample_files(tmp_path)] == ["arc_easy", "gsm8k"]
    assert sample_files(tmp_path / "none") == []
