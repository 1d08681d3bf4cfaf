"""Samples as lm-evaluation-harness logs them: multiple choice, generation with filters, and what is not one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from domains.errors import DataError
from domains.example import Example
from domains.options import OptionForm
from experiments.analysis.checkup.build import checkup
from experiments.analysis.cliffs import calibrated, chosen
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.readings import read
from experiments.evaluation.options import options_read
from experiments.measures import choice as measure
from experiments.measures.lm_eval import LoggedTask, paired, read_tasks, sample_files, task_of
from experiments.nodes.outputs import Output
from tests.support.paths import ROOT


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


def test_an_answer_is_early_by_what_the_filter_read_in_it(tmp_path: Path) -> None:
    texts = [
        "7. Three and four is what we are given, and they make 7",
        "Three and four is what we are given: they make 7",
    ]
    rows = [said(number, text, "7", "strict-match", True) for number, text in enumerate(texts)]
    (task,) = read_tasks(write(tmp_path, rows), alone=True).values()
    found = task.score(["0", "1"]).details
    assert found is not None
    assert found.more["early_answer"] == (1.0, 0.0)
    assert found.more["right_length"] == tuple(map(len, texts))
    blind = [{**row, "arguments": []} for row in rows]
    (task,) = read_tasks(write(tmp_path, blind), alone=True).values()
    unknown = task.score(["0", "1"])
    assert unknown.details is not None
    assert unknown.details.more["early_answer"] == (None, None), "what was asked was not logged"
    value = checkup({"sums": unknown}, None, [None])["sums"].profiles[0].readings["early_answer"]
    assert (value.status, "whose prompt is known" in value.reason) == ("skipped", True)


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


REAL = Path(__file__).parents[2] / "support" / "lm_eval"
"""What lm-evaluation-harness 0.4.13 wrote (`lm_eval --model hf … --log_samples --output_path`) of SmolLM2-135M-Instruct
on the first six items of four small tasks: multiple choice, likelihood, one answer and two filters, two answers."""


def test_what_the_harness_writes_is_read_as_it_lies():
    files = sample_files(REAL)
    assert [task_of(file) for file in files] == ["local_facts", "local_last", "local_sampled", "local_sums"]
    tasks = {name: task for file in files for name, task in read_tasks(file, alone=False).items()}
    means = {name: round(task.score(list(task.items)).mean, 4) for name, task in tasks.items()}
    # As the harness itself printed them; perplexity is no score.
    assert means == {
        "local_facts acc": 0.6667,
        "local_facts acc_norm": 0.6667,
        "local_facts acc_mutual_info": 0.3333,
        "local_last acc": 0.0,
        "local_sampled exact_match (maj@2)": 0.3333,
        "local_sampled exact_match (first)": 0.3333,
        "local_sums exact_match (strict-match)": 0.3333,
        "local_sums exact_match (flexible-extract)": 0.6667,
    }


def test_options_read_without_their_question_are_no_options(tmp_path: Path) -> None:
    """`acc_mutual_info` has each option's likelihood a second time, which may be larger than that of any option."""
    rows = [choice(0, [-3.0, -4.0, -1.0, -1.5], 0, acc=1.0, acc_mutual_info=0.0, metrics=["acc", "acc_mutual_info"])]
    (item,) = read_tasks(write(tmp_path, rows), alone=True)["acc"].items.values()
    assert (item.answer, item.nll) == ("0", pytest.approx(math.log(1 + math.exp(-1))))
    (file,) = (file for file in sample_files(REAL) if task_of(file) == "local_facts")
    assert {one.answer for one in read_tasks(file, alone=True)["acc"].items.values()} <= {"0", "1", "2"}


def test_real_answers_without_form_and_what_was_said():
    items = {}
    for file in sample_files(REAL):
        items |= {name: task.items for name, task in read_tasks(file, alone=False).items()}
    strict, flexible = (items[f"local_sums exact_match ({name})"] for name in ("strict-match", "flexible-extract"))
    lost = {key: flexible[key].answer for key, one in strict.items() if not one.found}
    assert sum(one.found for one in strict.values()) == 4
    assert all(answer == strict[key].answer for key, answer in lost.items()), "the whole answer, found or not"
    # Two answers stand behind what was read, so that this is shown.
    assert [one.answer for one in items["local_sampled exact_match (maj@2)"].values()] == [
        "7",
        "1",
        "4",
        "2",
        "2",
        "11",
    ]
    assert items["local_last acc"]["0"].answer == "the target: ln p -3.1319141387939453, not the likeliest"
    # That is our sentence and not the model's: nothing is measured in it.
    kept = LoggedTask(items["local_last acc"]).score(["0"]).details
    assert kept is not None
    assert {name: kept.more.get(name) for name in ("rep3", "right_length", "early_answer")} == {
        "rep3": (None,),
        "right_length": (None,),
        "early_answer": (None,),
    }


def test_a_folder_of_several_models_asks_which(tmp_path: Path) -> None:
    for model in ("base", "tuned"):
        (tmp_path / model).mkdir()
        write(tmp_path / model, [choice(0, [-1.0, -3.0], 0)])
    assert [file.parent.name for file in sample_files(tmp_path / "base")] == ["base"]
    with pytest.raises(DataError, match=r"several models. Name one of them: base, tuned"):
        sample_files(tmp_path)


def test_logged_options_and_those_that_were_read_give_the_same_numbers(tmp_path: Path) -> None:
    """The same probabilities, once in a log of the harness, once as they are read of a domain with `options`."""
    draw = np.random.default_rng(0)
    texts = [[f"{'x' * (number % 4)}option{at}" for at in range(2 + number % 3)] for number in range(120)]
    lls = [(-draw.exponential(3.0, len(each))).tolist() for each in texts]
    right = [int(draw.integers(len(each))) for each in texts]
    rows = [
        choice(number, one, at, arguments={f"gen_args_{k}": {"arg_0": "q", "arg_1": f" {text}"} for k, text in names})
        for number, (one, at, names) in enumerate(zip(lls, right, map(list, map(enumerate, texts)), strict=True))
    ]
    logged = read_tasks(write(tmp_path, rows), alone=True)["acc"].score([str(number) for number in range(120)]).details
    items = [
        Example(prompt=f"q{number}", answer=each[at], fields={"choices": each, "answer": at})
        for number, (each, at) in enumerate(zip(texts, right, strict=True))
    ]
    outputs = [
        Output(item=item.id, sample=at, nll=-ll, count=1)
        for item, each in zip(items, lls, strict=True)
        for at, ll in enumerate(each)
    ]
    assert logged is not None
    asked = options_read(items, outputs, OptionForm(columns=("choices",), answer="{answer}"))
    assert logged.options == asked
    ours = logged.model_copy(update={"options": asked, "nll": None, "scores": (0.0,) * 120})
    theirs, own = (read(Sides(PairedAnswers((one,), (one,)))) for one in (logged, ours))
    for name in (*chosen.MEASURES, *calibrated.MEASURES):
        assert theirs.readings[name].value.status != "skipped", name
        assert theirs.readings[name] == own.readings[name], name
    assert theirs.ece_null == own.ece_null
    assert theirs.readings["acc_cc"].value.interval.estimate == pytest.approx(np.mean(measure.above_chance(asked)))


def test_what_the_harness_scored_is_what_its_options_say() -> None:
    """Of version 0.4.13: `acc` and `acc_norm` follow from the likelihoods and lengths that are read here."""
    (file,) = (ROOT / "tests/support/lm_eval").glob("*/samples_local_facts_*.jsonl")
    tasks = read_tasks(file, alone=True)
    keys = list(tasks["acc"].items)
    found = tasks["acc"].score(keys).details
    assert found is not None
    assert found.options is not None
    assert measure.chosen_right(found.options) == tasks["acc"].score(keys).items
    by_length = measure.above_chance_by_length(found.options)
    assert by_length is not None
    assert [float(one == 1) for one in by_length] == list(tasks["acc_norm"].score(keys).items)


@pytest.mark.parametrize("target", ["[0, 1]", "red", "7"])
def test_a_target_that_is_no_place_of_an_option_leaves_the_confidence_alone(tmp_path: Path, target: str) -> None:
    rows = [choice(n, [-1.0, -3.0], 0, target=target) for n in range(3)]
    found = read_tasks(write(tmp_path, rows), alone=True)["acc"].score(["0", "1"]).details
    assert found is not None
    assert found.options is None
    assert found.nll == pytest.approx((math.log(1 + math.exp(-2)),) * 2, abs=1e-6)
