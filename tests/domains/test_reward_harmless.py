"""domains/rewards/harmless.py: a scorer never runs what a model wrote."""

import json
import time

import pytest
import reasoning_gym

from domains.errors import DataError
from domains.example import Example
from domains.rewards.base import Mark
from domains.rewards.harmless import FORMULAS, LITERALS, harmless
from domains.rewards.scorer import ScorerReward, build, serve
from domains.sources.reasoning_gym import ORIGIN, UNSTABLE

SPEC = ScorerReward(type="scorer")


def item(task):
    entry = reasoning_gym.create_dataset(task, seed=1, size=512)[0]
    origin = {"task": task, "config": json.dumps({}), "seed": 1, "index": 0}
    return Example(prompt="?", answer=str(entry["answer"]), fields={"question": entry["question"], ORIGIN: origin})


def in_this_process(completions, example):
    score = serve(None)
    asked = [[example.fields[ORIGIN], example.fields["question"], text] for text in completions]
    return [Mark(score(one)() or 0, None) for one in asked]


@pytest.mark.parametrize("task", sorted(LITERALS | FORMULAS.keys()))
def test_what_a_model_writes_is_not_run(task, tmp_path):
    made = item(task)
    # Sets have one order in a process apart, and this one has another: the items of some tasks hang on it.
    reward = in_this_process if task in UNSTABLE else build(SPEC, [made])
    file = tmp_path / "written"
    start = time.process_time()
    attacks = [f"__import__('pathlib').Path({str(file)!r}).touch()", f"[open({str(file)!r}, 'w')]", "9**9**9**9"]
    for mark in reward([*attacks, "factorial(10**9)", "[" * 100_000, "'a' * 10**10"], made):
        assert mark.score == 0
    assert not file.exists()
    assert time.process_time() - start < 5
    assert reward([made.answer], made)[0].score == 1


@pytest.mark.slow
@pytest.mark.parametrize("task", sorted(LITERALS | FORMULAS.keys()))
def test_every_reference_answer_may_be_scored(task):
    made = reasoning_gym.create_dataset(task, seed=3, size=30)
    answers = [str(made[i]["answer"]) for i in range(30)]
    assert all(harmless(task, answer) for answer in answers if "Integral" not in answer)


@pytest.mark.parametrize(
    "text",
    ["94*4 - 61 - 6", "-(3 + 4.5)/2", "x**2*exp(-x) + C", "(2*x + 1)**(3/2)/3", "((x + 1)**2 + 1)**3", "sqrt(pi*k)"],
)
def test_formulas_are_let_through(text):
    assert harmless("simple_integration", text)
    assert harmless("countdown", text) == ("exp" not in text and "sqrt" not in text)


CODE = [
    "x.func",
    "x[0]",
    "(1).real",
    "f'{x}'",
    "'x'",
    "True",
    "x if y else z",
    "lambda: 1",
    "print(1)",
    "[1, 2]",
    "x_1",
]
OTHER = ["Integral(x, x)", "exp", "(x)(y)", "gamma(1)", "log(1, 2)", "exp(x=1)", "1 < 2", "3!", "x\x00"]
ENDLESS = ["2**3**4", "2**(x**9)", "((9**9 + 1)**9 + 1)**9", "9**100", "9" * 14, "+".join("1" * 2000), "-" * 1500 + "1"]


@pytest.mark.parametrize("text", [*CODE, *OTHER, *ENDLESS])
def test_anything_else_is_not(text):
    assert not harmless("simple_integration", text)


def test_other_tasks_read_any_text():
    assert harmless("spell_backward", "__import__")


def test_lists_are_let_through_and_code_is_not():
    assert harmless("n_queens", "[['Q', '_'], ['_', 'Q']]")
    assert harmless("n_queens", "Q _\n_ Q")
    assert harmless("string_insertion", "ABEDC")
    assert not harmless("n_queens", "[x for x in y]")
    assert not harmless("n_queens", "1 + 1")


def test_a_task_whose_scorer_pays_for_any_text_is_refused():
    with pytest.raises(DataError, match="game_of_life_halting gives full marks for any text"):
        build(SPEC, [item("game_of_life_halting")])
