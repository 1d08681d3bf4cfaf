"""experiments/run/fit.py on whole curricula: what does not fit is an error, dropped or cut, and said."""

import json
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import DataError
from experiments.run.fit import longest_completions
from experiments.run.job import prepare_data

CURRICULUM = """\
name: lengths
model: {{type: scratch, context: 64, hidden_size: 32, layers: 1}}
domains:
  one:
    kind: {kind}
    source: {{type: file, path: one.jsonl}}
    rewards: [{{type: exact}}]
    max_tokens: {max_tokens}
    on_long: {on_long}
  two:
    kind: structured
    source: {{type: reasoning_gym, task: chain_sum}}
    prompt: "{{expression}}="
    rewards: [{{type: exact}}]
    max_tokens: 8
    train: 40
evaluation: {{validation: 10, test: 10}}
"""


def prepared(folder: Path, on_long="error", max_tokens=8, kind="structured", long=3, rows=None):
    made = [{"prompt": f"{'long ' * 20 if i < long else ''}item {i}:", "answer": str(i)} for i in range(60)]
    (folder / "one.jsonl").write_text("\n".join(map(json.dumps, rows or made)))
    file = folder / "lengths.yaml"
    file.write_text(CURRICULUM.format(on_long=on_long, max_tokens=max_tokens, kind=kind))
    return prepare_data(load_curriculum(file), file)


def test_what_is_too_long_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"lengths\.yaml:\d+: domains\.one: an item needs \d+ tokens"):
        prepared(tmp_path)


def test_what_is_too_long_is_dropped_counted_and_part_of_identity(tmp_path):
    found = prepared(tmp_path, "drop")
    assert found.notes == ("one: 3 items too long for the model and dropped",)
    items = [item for split in found.data["one"].values() for item in split]
    assert len(items) == 57
    assert [len(found.data["one"][split]) for split in ("validation", "test")] == [10, 10]
    assert not any("long" in item.prompt for item in items)
    shorter = prepared(tmp_path, "drop", long=4)
    assert shorter.setup.id != found.setup.id


def test_what_is_too_long_is_cut_at_its_beginning(tmp_path):
    found = prepared(tmp_path, "truncate")
    assert found.notes == ("one: 3 items too long for the model and cut",)
    cut = [item for split in found.data["one"].values() for item in split if "long" in item.prompt]
    assert len(cut) == 3
    assert all(item.prompt.endswith(f"item {item.answer}:") and len(item.prompt) == 56 for item in cut)


def test_answers_that_no_completion_can_reach_are_counted(tmp_path):
    assert prepared(tmp_path, max_tokens=2, long=0).notes == ()
    rows = [{"prompt": f"item {i}:", "answer": "1" * (12 if i < 20 else 3)} for i in range(60)]
    found = prepared(tmp_path, long=0, rows=rows)
    assert found.notes == (
        "one: 20 of 60 answers have more than 8 tokens, the longest 12, so that no completion can match them; "
        "raise max_tokens.",
    )


def test_most_answers_must_be_reachable(tmp_path):
    with pytest.raises(
        DataError,
        match=r"domains\.one\.max_tokens: most answers must fit: 50 of 60 answers have more than 1 token,",
    ):
        prepared(tmp_path, max_tokens=1, long=0)
    assert prepared(tmp_path, max_tokens=1, long=0, kind="creative").notes == ()


def test_a_schedule_that_rehearses_mixes_domains(tmp_path):
    (tmp_path / "one.jsonl").write_text(json.dumps({"prompt": "a:", "answer": "1"}))
    file = tmp_path / "lengths.yaml"
    alone = (
        "baselines: {joint: false, joint_tuned: false, joint_probes: false, joint_weighted: false, joint_budgets: []"
    )
    text = CURRICULUM.format(on_long="error", max_tokens=3, kind="structured")
    for rehearse, longest in (("", 3), (", rehearse: {replay: 0.1}", 8)):
        file.write_text(f"{text}{alone}, compositions: []{rehearse}}}\n")
        assert longest_completions(load_curriculum(file))["one"] == longest


def test_a_schedule_in_pairs_mixes_domains(tmp_path):
    (tmp_path / "one.jsonl").write_text(json.dumps({"prompt": "a:", "answer": "1"}))
    file = tmp_path / "lengths.yaml"
    alone = "joint: false, joint_tuned: false, joint_probes: false, joint_weighted: false, joint_budgets: []"
    text = CURRICULUM.format(on_long="error", max_tokens=3, kind="structured")
    for composition, longest in (("sequential", 3), ("pairs", 8)):
        said = f"baselines: {{{alone}, compositions: []}}\nschedule: {{composition: {composition}}}\n"
        file.write_text(text + said)
        assert longest_completions(load_curriculum(file))["one"] == longest


def test_items_must_fit_in_every_format_too(tmp_path):
    """Alone the longest prompt fits, and in the longest format it does not."""
    rows = [{"prompt": f"{'long ' * 6}item {i}:", "answer": str(i)} for i in range(60)]
    assert prepared(tmp_path, rows=rows)
    file = tmp_path / "lengths.yaml"
    file.write_text(file.read_text().replace("test: 10}", "test: 10, formats: 20}"))
    with pytest.raises(
        DataError, match=r"lengths\.yaml:17: evaluation\.formats: in a format an item of one needs more"
    ):
        prepare_data(load_curriculum(file), file)
