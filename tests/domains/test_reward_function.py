"""domains/rewards/function.py: a function that the user wrote, in a process of its own."""

import os
import sys

import pytest
from pydantic import TypeAdapter, ValidationError

from domains.errors import DataError, StageError
from domains.example import Example
from domains.frozen import fingerprint
from domains.rewards import Mark, RewardSpec, build_mix, build_reward, reward_identity, with_codes
from domains.rewards.function import FunctionReward, build

ROW = Example(prompt="4 + 6 = ", answer="10", fields={"a": 4, "hint": "ten", "prompt": "raw", "answer": "#### 10"})


@pytest.fixture
def write(tmp_path):
    """Code → the spec of its function `score`, read from a file beside a curriculum."""

    def written(source, file="rewards.py", **given):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(source)
        spec = TypeAdapter(RewardSpec).validate_python({"type": "function", "file": file, "name": "score", **given})
        (read,) = with_codes([spec], tmp_path)
        return read

    return written


def scores(spec, completions, example=ROW):
    return [mark.score for mark in build_reward(spec, [])(completions, example)]


def fails(spec, completions=("10",), example=ROW):
    with pytest.raises(StageError) as caught:
        build_reward(spec, [])(list(completions), example)
    said = str(caught.value)
    assert "\n" not in said
    assert "Traceback" not in said
    return said.removeprefix("reward: ")


def test_a_function_of_one_completion_is_given_what_it_has_parameters_for(write):
    spec = write("def score(completion, reference, a):\n    return float(completion == reference and a == 4)\n")
    marks = build_reward(spec, [])(["10", "11", " "], ROW)
    assert marks == [Mark(1, "10"), Mark(0, "11"), Mark(0, None)]


def test_with_two_stars_it_is_given_the_row_the_prompt_and_the_reference(write):
    spec = write(
        "def score(completion, reference, **fields):\n"
        "    return fields == {'a': 4, 'hint': 'ten', 'prompt': '4 + 6 = ', 'answer': '#### 10'}\n"
    )
    assert scores(spec, ["10"]) == [1]


def test_a_reward_function_of_trl_is_taken_as_it_is(write):
    spec = write(
        "def score(completions, prompts, answer, trainer_state=1, log_metric=None, **columns):\n"
        "    log_metric('calls', 1.0)\n"
        "    assert prompts == ['4 + 6 = '] * 3 and columns['hint'] == ['ten'] * 3 and trainer_state is None\n"
        "    return [float(text == gold[5:]) for text, gold in zip(completions, answer)]\n"
    )
    assert scores(spec, ["10", "11", "10"]) == [1, 0, 1]
    assert scores(spec, ["10", "10", "10"], ROW) == [1, 1, 1]


def test_trl_counts_the_same(write):
    """The same function under TRL's own calling code."""
    code = (
        "def score(prompts, completions, answer, **kwargs):\n"
        "    return [len(c) / 10 if a in c else None for c, a in zip(completions, answer)]\n"
    )
    space = {}
    exec(code, space)
    texts = ["10 #### 10", "11"]
    row = ROW.model_copy(update={"fields": {"answer": "#### 10"}})
    theirs = space["score"](
        prompts=[row.prompt] * 2, completions=texts, completion_ids=[[]] * 2, answer=["#### 10"] * 2
    )
    ours = build(write(code), [])(texts, row)
    assert [None if mark.abstains else mark.score for mark in ours] == theirs == [1.0, None]


def test_conversations_come_as_trl_gives_them(write):
    spec = write(
        "def score(completions, prompts, **_):\n"
        "    assert prompts == [[{'role': 'user', 'content': '4 + 6 = '}]]\n"
        "    return [float(c == [{'role': 'assistant', 'content': '10'}]) for c in completions]\n",
        conversational=True,
    )
    assert scores(spec, ["10"]) == [1]


def test_a_conversation_comes_with_all_its_turns(write):
    turns = ({"role": "system", "content": "s"}, {"role": "user", "content": "u"})
    spec = write(
        "def score(completions, prompts, **_):\n"
        "    return [float([t['role'] for t in prompts[0]] == ['system', 'user'])]\n",
        conversational=True,
    )
    assert scores(spec, ["10"], ROW.model_copy(update={"turns": turns})) == [1]


def test_a_coroutine_is_waited_for(write):
    assert scores(write("async def score(completions, **_):\n    return [1.0 for _ in completions]\n"), ["a"]) == [1]
    assert scores(write("async def score(completion):\n    return 0.5\n"), ["a", "b"]) == [0.5, 0.5]


def test_numbers_of_other_libraries_are_numbers(write):
    spec = write("import numpy\ndef score(completions, **_):\n    return numpy.ones(len(completions)) / 2\n")
    assert scores(spec, ["a", "b"]) == [0.5, 0.5]


def test_scores_are_mapped_from_their_range(write):
    spec = write("def score(completion): return len(completion) - 1\n", range=[-1, 3])
    assert scores(spec, ["", "a", "abcd"]) == [0, 0.25, 1]
    assert fails(spec, ["abcde"]) == (
        "score in rewards.py gave 4 for 'abcde', scores must be in [-1, 3]. Declare its `range: [low, high]`."
    )


@pytest.mark.parametrize("value", ["1.5", "-0.1"])
def test_scores_outside_are_refused_with_their_value(write, value):
    assert f"gave {value} for 'ten', scores must be in [0, 1]" in fails(
        write(f"def score(completion): return {value}\n"), ["ten"]
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("\ndef score(completion):\n    return 1 / 0\n", "rewards.py:3: ZeroDivisionError: division by zero"),
        ("def score(completion):\n    import os\n    return len(os.listdir('/none'))\n", "rewards.py:3: FileNotFound"),
        ("def score(completions, needed):\n    return []\n", "TypeError: score() missing 1 required positional arg"),
        ("def score(completions):\n    return [1.0]\n", "score in rewards.py gave 1 scores for 2 completions"),
        ("def score(completions):\n    return 1.0\n", "score must return a list of scores, got 1.0"),
        ("def score(completion):\n    return 'good'\n", "score must return a number or None, got 'good'"),
        ("def score(completion):\n    return float('nan')\n", "score must return finite numbers, got nan"),
        ("def score(completion):\n    raise SystemExit(3)\n", "rewards.py:2: SystemExit: 3"),
        ("def score(text):\n    return 1\n", "rewards.py: score must have a parameter `completions` (as in TRL) or"),
        ("def points(completion):\n    return 1\n", "rewards.py: no function of the name 'score' is defined there"),
        ("x = 1\nimport nowhere\n", "rewards.py:2: ModuleNotFoundError: No module named 'nowhere'. Files beside it"),
        ("x = {}\nx['a']\n", "rewards.py:2: KeyError: 'a'"),
        ("import os\ndef score(completion): os.abort()\n", "score in rewards.py: its process was ended by SIGABRT"),
    ],
)
def test_errors_name_the_users_line(write, code, said):
    assert said in fails(write(code), ["a", "b"])


def test_what_it_prints_and_what_it_reads_disturb_nothing(write, capfd):
    spec = write(
        "import sys\ndef score(completion):\n    print('seen', completion)\n    return len(sys.stdin.read())\n"
    )
    assert scores(spec, ["a"]) == [0]
    assert capfd.readouterr().out == ""


@pytest.mark.slow
def test_a_completion_on_which_it_does_not_end_scores_0_and_the_others_are_scored(write):
    spec = write("def score(completion):\n    while completion == 'hang':\n        pass\n    return 1\n", limit=0.3)
    good, hung, next_one = build_reward(spec, [])(["a", "hang", "b"], ROW)
    assert (good, hung, next_one) == (Mark(1, "a"), Mark(0, None, stopped=True), Mark(1, "b"))
    group = write(
        "def score(completions):\n    while 'hang' in completions:\n        pass\n    return [1]\n", limit=0.3
    )
    assert build_reward(group, [])(["hang", "b"], ROW) == [Mark(0, None, stopped=True)] * 2
    assert scores(group, ["a"]) == [1]


def test_it_runs_in_another_process_whose_environment_it_cannot_change(write):
    spec = write(
        "import os, sys\ndef score(completion):\n    os.environ['SEEN'] = '1'\n    sys.modules['domains'] = None\n"
        "    return float(os.getpid() != int(completion))\n"
    )
    assert scores(spec, [str(os.getpid())]) == [1]
    assert "SEEN" not in os.environ
    assert sys.modules["domains"] is not None


def test_none_leaves_a_completion_to_the_other_rewards(write):
    spec = write("def score(completion):\n    return None if completion == 'skip' else 1.0\n", weight=3)
    exact = TypeAdapter(RewardSpec).validate_python({"type": "exact", "weight": 1})
    marks = build_mix([spec, exact], [])(["skip", "10", "11"], ROW)
    assert marks == [Mark(0, "skip", abstains=True), Mark(1, "10"), Mark(0.75, "11")]
    assert fails(spec, ["a", "skip"]) == "score gave None for 'skip', and no other reward scores it"
    with pytest.raises(StageError, match="all of score, score gave None for 'skip', and no other reward"):
        build_mix([spec, spec], [])(["skip"], ROW)


def test_files_that_it_imports_are_declared(write, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "words.py").write_text(
        "from pathlib import Path\nGOOD = Path(__file__).with_name('good.txt')\n"
    )
    (tmp_path / "lib" / "good.txt").write_text("10")
    code = "from lib.words import GOOD\ndef score(completion): return float(completion == GOOD.read_text())\n"
    assert "No module named 'lib'. Files beside it that it imports are named in `also`" in fails(write(code))
    declared = write(code, also=["lib/words.py", "lib/good.txt"])
    assert scores(declared, ["10", "11"]) == [1, 0]
    (tmp_path / "lib" / "good.txt").write_text("11")
    assert scores(declared, ["10", "11"]) == [1, 0], "what was read once is what runs"
    again = write(code, also=["lib/words.py", "lib/good.txt"])
    assert scores(again, ["10", "11"]) == [0, 1]
    assert reward_identity(again) != reward_identity(declared)


def test_identity_is_the_code_and_not_its_place(write, tmp_path):
    code = "def score(completion): return 1\n"
    one, moved = write(code), write(code, "deep/rewards.py")
    assert reward_identity(one) == reward_identity(moved)
    assert str(tmp_path) not in str(reward_identity(one))
    others = [
        write(code + "# why\n"),
        write(code, range=[0, 2]),
        write(code, limit=1),
        write(code, weight=2),
        write(code + "points = score\n", name="points"),
    ]
    assert len({fingerprint(reward_identity(spec)) for spec in [one, *others]}) == 6


def test_a_stored_curriculum_refuses_code_that_has_changed(write):
    stored = write("def score(completion): return 1\n").model_dump()
    assert write("def score(completion): return 1\n", code=stored["code"]).code == stored["code"]
    with pytest.raises(DataError, match=r"rewards\[0\].code: the file has changed since it was hashed"):
        write("def score(completion): return 2\n", code=stored["code"])


def test_a_file_that_cannot_be_used_is_refused_before_anything_runs(write, tmp_path):
    with pytest.raises(DataError, match=r"rewards.py:2: rewards\[0\].file: must be Python \(invalid syntax"):
        write("x = 1\ny = = 2\n")
    spec = FunctionReward(type="function", file="none.py", name="score")
    with pytest.raises(DataError, match=r"rewards\[0\].file: there is no such file, got 'none.py'"):
        with_codes([spec], tmp_path)
    with pytest.raises(DataError, match="must be read first"):
        reward_identity(spec)
    with pytest.raises(DataError, match=r"rewards\[0\].also: there is no such file, got 'none.py'"):
        write("def score(completion): return 1\n", also=["none.py"])
    for given in ({"range": (1, 1)}, {"also": ("../a.py",)}, {"also": ("/a.py",)}, {"limit": 0}):
        with pytest.raises(ValidationError):
            FunctionReward(type="function", file="a.py", name="score", **given)
