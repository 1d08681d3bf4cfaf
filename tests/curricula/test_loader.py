"""Bad YAML gets one line: file, line, key, rule, value, hint."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from curricula.loader import MAX_BYTES, load_curriculum
from curricula.schema import Curriculum
from domains.errors import CurriculumError
from tests.support.bad_curricula import ONE_LINE, WHOLE_FILES
from tests.support.curriculum_text import GOOD, changed, write


def refusal(folder: Path, text: str | bytes) -> str:
    """The error's one line without the folder."""
    file = write(folder, text)
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(file)
    assert caught.value.file == str(file)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("change", "line"),
    ONE_LINE,
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_one_clear_line(tmp_path, change, line):
    assert refusal(tmp_path, changed(*change)) == line


def test_a_number_too_long_for_an_integer_is_cut_in_the_message(tmp_path):
    said = refusal(tmp_path, changed("steps: 10", "steps: " + "9" * 5000))
    assert said.startswith("c.yaml:17: training.steps: a number must be finite and of sensible size, got '999")
    assert len(said) < 200


@pytest.mark.parametrize(("text", "line"), WHOLE_FILES, ids=range(len(WHOLE_FILES)))
def test_files_that_are_no_curriculum_are_refused_fast(tmp_path, text, line):
    began = time.process_time()
    assert refusal(tmp_path, text) == line
    assert time.process_time() - began < 5


@pytest.mark.slow
def test_a_file_just_under_the_limit_is_read(tmp_path):
    padding = "#" * (MAX_BYTES - len(GOOD) - 1) + "\n"
    assert load_curriculum(write(tmp_path, padding + GOOD)).name == "demo"


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(CurriculumError, match=r"nope.yaml: there is no such file\. `stagewise init NAME`"):
        load_curriculum(tmp_path / "nope.yaml")
    with pytest.raises(CurriculumError, match="must be a YAML file, and this is a folder"):
        load_curriculum(tmp_path)


@pytest.mark.parametrize("written", ["own", "own.yml", "owm.yaml"])
def test_a_file_that_is_nearly_named_is_guessed(tmp_path, written):
    write(tmp_path, GOOD).rename(tmp_path / "own.yaml")
    (tmp_path / "other.yaml").write_text("")
    with pytest.raises(CurriculumError, match=r"there is no such file\. Did you mean own\.yaml\?"):
        load_curriculum(tmp_path / written)


def test_of_several_mistakes_the_first_in_the_file_is_told(tmp_path):
    text = changed("steps: 10", "steps: 0").replace("kind: structured", "kind: hard")
    said = refusal(tmp_path, text.replace("seeds: [0, 1]", "seeds: []"))
    assert said.startswith("c.yaml:6: domains.sums.kind: must be one of structured, creative, got 'hard'.")
    assert said.endswith("(2 more)")


def test_yaml_means_what_it_looks_like(tmp_path):
    text = changed("  sums:", "  no:").replace("order: bwt", "order: given\n  given: [tales, no]")
    text = text.replace("steps: 10", "learning_rate: 1e-3\n  kl: 0x10\n  steps: 0o10")
    loaded = load_curriculum(write(tmp_path, text))
    assert list(loaded.domains) == ["no", "tales"]
    assert loaded.schedule.given == ("tales", "no")
    assert (loaded.training.learning_rate, loaded.training.kl, loaded.training.steps) == (0.001, 16.0, 8)


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    plain = load_curriculum(write(tmp_path, GOOD))
    assert load_curriculum(write(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())) == plain


def test_seeds_from_outside_replace_those_in_the_file(tmp_path):
    file = write(tmp_path, GOOD)
    assert load_curriculum(file, seeds=(5, 7)).seeds == (5, 7)
    assert load_curriculum(file).seeds == (0, 1)
    for bad in ((), (1, 1)):
        with pytest.raises(CurriculumError, match="--seeds: must be one or more distinct whole numbers"):
            load_curriculum(file, seeds=bad)


def test_loading_gives_the_schema_s_own_object(tmp_path):
    loaded = load_curriculum(write(tmp_path, GOOD))
    assert isinstance(loaded, Curriculum)
    assert loaded.stage_training("tales").steps == 10
