"""What every domain must keep, whatever its source: gold scores 1, corrupted does not, splits are disjoint, same
seed same data in another process too."""

import json
import os
import subprocess
import sys
from functools import cache
from random import Random

import huggingface_hub.constants
import pyarrow as pa
import pytest
from pyarrow import parquet

from domains.example import SPLITS
from domains.preparation.prepare import data_versions, prepare
from domains.rewards import Mark, build_reward
from domains.spec import DomainSpec
from tests.support.paths import ROOT


def gym(task, prompt, reward="scorer", answer="{answer}", **config):
    return {
        "kind": "structured",
        "source": {"type": "reasoning_gym", "task": task, "config": config},
        "prompt": prompt,
        "answer": answer,
        "rewards": [{"type": reward}],
        "train": 120,
    }


def file(path, **more):
    return {
        "kind": "structured",
        "source": {"type": "file", "path": path, "pattern": {"final": r"answer ~ #### (-?\d+)"}},
        "prompt": "Q: {question}\nA: ",
        "answer": "{final}",
        "rewards": [{"type": "numeric"}],
        **more,
    }


DOMAINS = {
    "chain_sum": gym("chain_sum", "{expression} = "),
    "chain_sum exact": gym("chain_sum", "{expression} = ", "exact"),
    "chain_sum numeric": gym("chain_sum", "{question}", "numeric"),
    "spell_backward": gym("spell_backward", "{word}<"),
    "number_sorting": gym("number_sorting", "{direction} {original_numbers}\n"),
    "number_sorting exact": gym("number_sorting", "{direction} {original_numbers}>", "exact", "{sorted_numbers}"),
    "letter_counting": gym("letter_counting", "{target_letter} in {span}: "),
    "simple_equations": gym("simple_equations", "{equation}; {variable} = "),
    "gcd": gym("gcd", "{question}"),
    "base_conversion": gym("base_conversion", "{question}"),
    "jsonl": file("a.jsonl"),
    "csv": file("a.csv"),
    "parquet": file("a.parquet"),
    "jsonl with test file": file("a.jsonl") | {"source": {**file("a.jsonl")["source"], "test": "b.jsonl"}},
    "hub": file("") | {"source": {**file("")["source"], "type": "hub", "path": "folder"}},
    "text": {
        "kind": "creative",
        "source": {"type": "file", "path": "a.txt", "chunk": 60},
        "rewards": [{"type": "exact"}],
    },
    "stories": {
        "kind": "creative",
        "source": {"type": "stories", "zipf": 0},
        "rewards": [{"type": "creative"}],
        "train": 500,
    },
}


def problem(i):
    return {"question": f"What is {i} times 3 plus {i % 7}?", "answer": f"{3 * i} + {i % 7}\n#### {3 * i + i % 7}"}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    problems = [problem(i) for i in range(200)]
    lines = "\n".join(map(json.dumps, problems))
    (folder / "a.jsonl").write_text(lines)
    (folder / "b.jsonl").write_text("\n".join(json.dumps(problem(i)) for i in range(200, 240)))
    (folder / "a.csv").write_text("question,answer\n" + "".join(f'{p["question"]},"{p["answer"]}"\n' for p in problems))
    parquet.write_table(pa.Table.from_pylist(problems), folder / "a.parquet")
    (folder / "folder").mkdir()
    (folder / "folder" / "train.jsonl").write_text(lines)
    rng = Random(0)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 8))) for _ in range(4000)]
    (folder / "a.txt").write_text(" ".join(words))
    return folder


@pytest.fixture(params=list(DOMAINS))
def name(request, base, monkeypatch):
    import datasets

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", base / "cache")
    return request.param


@cache
def make(name, base, seed=0):
    spec = DomainSpec.model_validate(DOMAINS[name])
    return prepare(name, spec, validation=20, test=30, seed=seed, base=base)


def test_gold_scores_1_and_corrupted_does_not(name, base):
    splits = make(name, base)
    reward = build_reward(DomainSpec.model_validate(DOMAINS[name]).rewards[0], splits["train"])
    items = splits["test"][:12]
    if name == "stories":
        gold = reward([item.answer for item in items], items[0])
        cheat = [mark for item in items for mark in reward([item.prompt, "", "a a a."], item)]
        assert all(mark.score > 0.5 and mark.parsed for mark in gold)
        assert all(mark.score < 0.1 and mark.parsed is None for mark in cheat)
        return
    for item in items:
        (gold,) = reward([item.answer], item)
        assert gold.score == 1
        assert gold.parsed is not None
        blank, *wrong = reward([" ", "@", item.answer[:-1] + "#"], item)
        assert blank == Mark(0, None)
        assert all(mark.score < 1 for mark in wrong)
        assert not any(mark.stopped for mark in [gold, blank, *wrong])


def test_splits_are_disjoint_and_hold_each_prompt_once(name, base):
    splits = make(name, base)
    prompts = {split: {item.prompt for item in items} for split, items in splits.items()}
    assert (len(prompts["validation"]), len(prompts["test"])) == (20, 30)
    for one in SPLITS:
        for other in SPLITS:
            assert one == other or not prompts[one] & prompts[other]


def test_prompts_and_answers_are_text(name, base):
    for items in make(name, base).values():
        for item in items:
            assert item.prompt.strip()
            assert item.answer.strip()
            json.dumps(item.fields, allow_nan=False)


def test_another_seed_gives_other_splits(name, base):
    one, other = make(name, base, 0), make(name, base, 1)
    assert data_versions(one) != data_versions(other)


PROGRAM = """
import json, sys
from pathlib import Path
from domains.preparation.prepare import data_versions, prepare
from domains.spec import DomainSpec
base, specs = sys.argv[1], json.loads(sys.argv[2])
made = {
    name: prepare(name, DomainSpec.model_validate(spec), validation=20, test=30, seed=0, base=Path(base))
    for name, spec in specs.items()
}
print(json.dumps({name: data_versions(splits) for name, splits in made.items()}))
"""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_data_in_another_process(base, monkeypatch):
    import datasets

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", base / "cache")
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "12345",
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_CACHE": str(base / "other-cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(base), json.dumps(DOMAINS)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = {name: data_versions(make(name, base)) for name in DOMAINS}
    assert json.loads(done.stdout) == here
