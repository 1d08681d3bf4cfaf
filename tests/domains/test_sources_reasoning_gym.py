"""domains/sources/reasoning_gym.py"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from domains.errors import DataError
from domains.sources.pool import SourceRequest
from domains.sources.reasoning_gym import ORIGIN, UNSTABLE, ReasoningGymSource, load, regenerate
from tests.support.paths import ROOT

DIGITS = {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}


def draw(task, need, seed=0, **config):
    source = ReasoningGymSource(type="reasoning_gym", task=task, config=config)
    pool = load(source, SourceRequest(Path(), seed, need, lambda row: row["question"]))
    return tuple(located.row for located in pool.rows)


def test_rows_are_distinct_and_plain_json():
    rows = draw("number_sorting", 600)
    assert len({row["question"] for row in rows}) == 600
    assert json.loads(json.dumps(rows, allow_nan=False)) == list(rows)


def test_metadata_lie_beside_question_and_answer():
    row = draw("chain_sum", 1)[0]
    assert {"question", "answer", "expression", "num_terms", "difficulty.num_terms"} <= row.keys()


def test_an_entry_can_be_made_again():
    for row in draw("letter_counting", 20):
        origin = row[ORIGIN]
        _, entry = regenerate(origin["task"], origin["config"], origin["seed"], origin["index"])
        assert (entry["question"], entry["answer"]) == (row["question"], row["answer"])


def test_neighbouring_seeds_share_no_run_of_items():
    # spell_backward seeds item i with seed + i: without hashing, seed 1 would be seed 0 moved by one.
    one, other = ({row["question"] for row in draw("spell_backward", 500, seed)} for seed in (0, 1))
    assert len(one & other) < 50


def test_more_items_keep_the_first_ones():
    assert draw("chain_sum", 700)[:100] == draw("chain_sum", 100)


def test_a_small_task_gives_all_it_has():
    # 10 × 10 pairs of digits, plus or minus.
    assert len(draw("chain_sum", 5000, **DIGITS)) == 200


@pytest.mark.parametrize(
    ("task", "config", "said"),
    [
        ("chain_sums", {}, "source.task: must be a reasoning-gym task, got 'chain_sums'. Did you mean 'chain_sum'?"),
        ("ransom_note", {}, "must make the same items in every process, got 'ransom_note'"),
        ("chain_sum", {"terms": 2}, "unexpected keyword argument 'terms'"),
        ("chain_sum", {"min_terms": 9}, "max_terms must be >= min_terms"),
        ("chain_sum", {"min_terms": "two"}, "source.config: chain_sum refuses its config"),
        ("spell_backward", {"data_file": "nowhere.txt"}, "source.config: spell_backward refuses its config"),
    ],
)
def test_bad_tasks_and_configs_are_said_in_one_line(task, config, said):
    with pytest.raises(DataError) as caught:
        draw(task, 5, **config)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


PROGRAM = """
import sys
from domains.sources.reasoning_gym import regenerate
for task in sys.argv[1:]:
    entries = [regenerate(task, "{}", 5, index)[1] for index in range(8)]
    print(task, [(entry["question"], entry["answer"]) for entry in entries])
"""


@pytest.mark.slow
def test_the_refused_tasks_depend_on_the_process_and_others_do_not():
    others = {"chain_sum", "spell_backward", "number_sorting", "letter_counting", "gsm_symbolic", "gcd"}

    def lines(hash_seed):
        command = [sys.executable, "-c", PROGRAM, *sorted(UNSTABLE | others)]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        root = ROOT
        done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    changed = {one.split()[0] for one, other in zip(lines("1"), lines("2"), strict=True) if one != other}
    assert changed == UNSTABLE


def test_seed_and_size_are_not_the_users():
    with pytest.raises(ValidationError, match="data_seed"):
        ReasoningGymSource(type="reasoning_gym", task="chain_sum", config={"seed": 3})
