"""`--set KEY=VALUE`: what it writes, what it refuses, and where its paths start."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.dump import dump_yaml
from curricula.loader import at_set, load_curriculum
from curricula.schema import Curriculum, PretrainedModel
from domains.errors import CurriculumError, DataError
from domains.sources.files import FileSource
from tests.support.curriculum_text import GOOD, changed, write


def loaded(folder: Path, *sets: str, text: str = GOOD) -> Curriculum:
    return load_curriculum(write(folder, text), sets=sets)


def refusal(folder: Path, *sets: str, text: str = GOOD) -> str:
    with pytest.raises(CurriculumError) as caught:
        loaded(folder, *sets, text=text)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{folder}/", "")


def test_values_are_yaml_at_any_depth(tmp_path: Path) -> None:
    made = loaded(
        tmp_path,
        "training.steps=20",
        "training.learning_rate=1e-3",
        "domains.sums.rewards[0].weight=2",
        "seeds=[3, 4, 5]",
        "seeds[1]=7",
        "evaluation.decoding.samples=2",
        "domains.sums.prompt='{question} = '",
        "schedule={order: given, given: [tales, sums]}",
        " training.kl = 0.5",
    )
    assert (made.training.steps, made.training.learning_rate, made.training.kl) == (20, 0.001, 0.5)
    assert made.domains["sums"].rewards[0].weight == 2
    assert made.seeds == (3, 7, 5)
    assert made.evaluation.decoding.samples == 2  # type: ignore[union-attr]
    assert made.domains["sums"].prompt == "{question} = "
    assert made.schedule.given == ("tales", "sums")


def test_a_domain_may_be_added_key_by_key(tmp_path: Path) -> None:
    made = loaded(
        tmp_path,
        "domains.more.kind=structured",
        "domains.more.source={type: reasoning_gym, task: chain_sum}",
        "domains.more.rewards=[{type: exact}]",
    )
    assert list(made.domains) == ["sums", "tales", "more"]


def test_the_later_of_two_stands(tmp_path: Path) -> None:
    assert loaded(tmp_path, "training.steps=20", "training.steps=30").training.steps == 30
    assert loaded(tmp_path, "training.steps=20", "training={prompts: 3}").training.steps == 150


def test_what_is_set_is_in_the_resolved_curriculum(tmp_path: Path) -> None:
    made = loaded(tmp_path, "training.steps=20", "domains.sums.weight=3")
    assert load_curriculum(write(tmp_path, dump_yaml(made))) == made
    assert made.training.steps == 20


def test_the_file_s_text_is_as_good_as_the_option(tmp_path: Path) -> None:
    assert loaded(tmp_path, "training.steps=20") == loaded(tmp_path, text=changed("steps: 10", "steps: 20"))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("training.stepz=20", "--set training.stepz: unknown key, got 20. Did you mean 'steps'?"),
        (
            "training.num_generations=4",
            "--set training.num_generations: unknown key, got 4. "
            "`num_generations` of TRL and axolotl is `rollouts` here.",
        ),
        ("trainig.steps=3", "--set trainig.steps: trainig: unknown key, got {'steps': 3}. Did you mean 'training'?"),
        ("training.steps=0", "--set training.steps: must be greater than 0, got 0."),
        (
            "training.steps='3'",
            "--set training.steps: must be a whole number, got '3'. Write digits only, without quotes.",
        ),
        (
            "training.steps=",
            "--set training.steps: must be a whole number, but nothing is written here. "
            "Write a value, or leave the key out.",
        ),
        (
            "training.steps.x=1",
            "--set training.steps.x: training.steps: must be a whole number, got {'x': 1}. "
            "Write digits only, without quotes.",
        ),
        ("training={stepz: 1}", "--set training: training.stepz: unknown key, got 1. Did you mean 'steps'?"),
        ("model={type: pretrained}", "--set model: model.id: this key is required. Add it."),
        (
            "domains.sums.rewards[3].weight=2",
            "--set domains.sums.rewards[3].weight: domains.sums.rewards has 1 entry, and the first has the number 0, "
            "got 3.",
        ),
        (
            "domains.sums.rewards.weight=2",
            "--set domains.sums.rewards.weight: domains.sums.rewards is a list. "
            "Name its entry by a number, e.g. domains.sums.rewards[0].",
        ),
        (
            "schedule.leave_out[0]=sums",
            "--set schedule.leave_out[0]: the file has no list at schedule.leave_out. "
            "Set all of it: --set schedule.leave_out=[…].",
        ),
        ("seeds[0]=1", "--set seeds[0]: seeds: must be distinct, got [1, 1]."),
        (
            "schedule.given=[sums]",
            "--set schedule.given: is only for `order: given`, and the order is bwt, got ['sums'].",
        ),
        (
            "description=a: b",
            "--set description: must be text, got {'a': 'b'}. "
            "Text that starts with { or holds ': ' must stand in quotes.",
        ),
        (
            "description=Question #1",
            "--set description: is cut off by a comment, got 'Question #1'. "
            "What follows ' #' is a comment: text that holds it must stand in quotes.",
        ),
        (
            "seeds=[1",
            "--set seeds: this is not valid YAML: expected ',' or ']', but got '<stream end>'. "
            "A bracket is not closed.",
        ),
        (
            "domains.sum.max_tokens=3",
            "--set domains.sum.max_tokens: the file has no domain of this name, got 'sum'. Did you mean 'sums'?",
        ),
        (
            "domains.xyz.rewards[0].weight=3",
            "--set domains.xyz.rewards[0].weight: the file has no list at domains.xyz.rewards. "
            "Set all of it: --set domains.xyz.rewards=[…].",
        ),
        (
            "domains.xyz.kind=creative",
            "--set domains.xyz.kind: the file has no domain of this name, got 'xyz'. Domains are: sums, tales.",
        ),
        ("seeds={a: 1, a: 2}", "--set seeds: a: is written twice, first on line 1. Keep one of the two."),
    ],
)
def test_a_mistake_is_named_by_the_option(tmp_path: Path, given: str, line: str) -> None:
    assert refusal(tmp_path, given) == line


@pytest.mark.parametrize("given", ["training.steps", "", "=3", "a..b=1", ".a=1", "a.=1", "[0]=1", "a[x]=1", "a b=1"])
def test_what_is_no_key_and_value_is_told_with_an_example(tmp_path: Path, given: str) -> None:
    line = refusal(tmp_path, given)
    assert line.startswith("--set: ")
    assert "--set training.steps=20" in line


def test_what_was_typed_is_told_before_what_the_file_says(tmp_path: Path) -> None:
    text = changed("type: scratch", "type: scratch\n  heads: 0")
    assert refusal(tmp_path, "training.steps=0", text=text) == (
        "--set training.steps: must be greater than 0, got 0. (1 more)"
    )
    assert refusal(tmp_path, "training.prompts=0", text=changed("steps: 10", "steps: 10\n  kl: -1")).endswith(
        "(1 more)"
    )


def test_a_mistake_in_the_file_keeps_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, "training.prompts=3", text=changed("steps: 10", "steps: 0")).startswith("c.yaml:17: ")
    assert refusal(tmp_path, "training.steps=3", text=changed("steps: 10", "steps: 0\n  kl: -1")).startswith(
        "c.yaml:18: training.kl: "
    )


def test_an_override_may_mend_the_file(tmp_path: Path) -> None:
    assert loaded(tmp_path, "training.steps=3", text=changed("steps: 10", "steps: 0")).training.steps == 3
    assert loaded(tmp_path, "model={type: scratch}", text=changed("model:\n  type: scratch", "model: 3"))


def test_seeds_given_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CurriculumError, match="--seeds: are given by --set too"):
        load_curriculum(write(tmp_path, GOOD), seeds=(1, 2), sets=("seeds=[3]",))


def test_later_errors_are_named_by_the_option(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    sets = ("domains.sums.source.task=nope", "training.steps=3")
    found = DataError("no such task", file=str(file), line=7, key="domains.sums.source.task", value="nope", hint="H.")
    told = at_set(found, file, sets)
    assert str(told) == "--set domains.sums.source.task: no such task, got 'nope'. H."
    other = DataError("no", file=str(file), line=7, key="domains.sums.source.tasks")
    assert at_set(other, file, sets) is other
    elsewhere = DataError("no", file="rows.csv", line=7, key="domains.sums.source.task")
    assert at_set(elsewhere, file, sets) is elsewhere


class TestPaths:
    """Typed ones start at the working directory, those in the file at its folder."""

    @pytest.fixture(autouse=True)
    def places(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("here", "there"):
            (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / "here")

    def model(self, folder: Path, given: str) -> str:
        made = loaded(folder / "there", "model={type: pretrained, id: x}", f"model.id={given}")
        assert isinstance(made.model, PretrainedModel)
        return made.model.id

    def test_a_model_s_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "here" / "mine").mkdir()
        monkeypatch.setenv("PLACE", str(tmp_path))
        for given in ("mine", "./mine", "../here/mine", "${PLACE}/here/mine"):
            assert Path(self.model(tmp_path, given)).resolve() == tmp_path / "here" / "mine"
        assert self.model(tmp_path, "Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"

    def test_a_folder_that_only_the_curriculum_has_beside_it_is_refused(self, tmp_path: Path) -> None:
        """It would be taken in silence, though the person meant the hub's model or another folder."""
        (tmp_path / "there" / "mine").mkdir()
        with pytest.raises(CurriculumError) as caught:
            self.model(tmp_path, "mine")
        assert str(caught.value) == (
            "--set model.id: there is nothing of this name in the working directory, got 'mine'. "
            "Paths that are typed start there: write ../there/mine."
        )

    def test_a_data_file(self, tmp_path: Path) -> None:
        text = GOOD.replace("{type: reasoning_gym, task: chain_sum}", "{type: file, path: a.jsonl, test: b.jsonl}")
        made = loaded(tmp_path / "there", "domains.sums.source.path=c.jsonl", text=text)
        source = made.domains["sums"].source
        assert isinstance(source, FileSource)
        assert (source.path, source.test) == (str(tmp_path / "here" / "c.jsonl"), "b.jsonl")
        whole = loaded(tmp_path / "there", "domains.sums.source={type: file, path: data/c.jsonl}", text=text)
        assert whole.domains["sums"].source.path == str(tmp_path / "here" / "data" / "c.jsonl")  # type: ignore[union-attr]
        (tmp_path / "there" / "a.jsonl").touch()
        assert "write ../there/a.jsonl" in refusal(tmp_path / "there", "domains.sums.source.path=a.jsonl", text=text)

    def test_a_variable_that_is_not_set(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NOWHERE", raising=False)
        line = refusal(tmp_path / "there", "domains.sums.source={type: file, path: $NOWHERE/x.jsonl}")
        assert line.startswith("--set domains.sums.source: environment variable NOWHERE must be set")

    def test_other_texts_are_no_paths(self, tmp_path: Path) -> None:
        (tmp_path / "here" / "chain_sum").mkdir()
        (tmp_path / "there" / "mine").mkdir()
        made = loaded(tmp_path / "there", "domains.sums.source.task=chain_sum", "domains.sums.prompt=mine")
        assert made.domains["sums"].source.task == "chain_sum"  # type: ignore[union-attr]
        assert made.domains["sums"].prompt == "mine"
