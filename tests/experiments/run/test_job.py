"""experiments/run/job.py: what names a run, and what goes into the store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curricula.dump import dump_yaml
from curricula.loader import load_curriculum
from domains.errors import DataError
from experiments.run.job import open_job, prepare_data
from experiments.store import Store
from tests.support.commands import TINY, variant, within

pytestmark = pytest.mark.slow


def run_name(file: Path) -> str:
    return prepare_data(load_curriculum(file), file).run


def test_a_run_is_named_by_what_decides_its_numbers(tmp_path: Path) -> None:
    mine = run_name(TINY)
    assert mine.startswith("tiny-")
    words = "name: tiny\ndescription: words\nresources: {cpus: 2, retries: 0}\ncomparison: {rope: 0.05}"
    same = variant(tmp_path, ("name: tiny", words))
    assert run_name(same) == mine
    assert run_name(variant(tmp_path, ("steps: 4", "steps: 5"))) != mine
    assert run_name(variant(tmp_path, ("seeds: [0, 1]", "seeds: [0, 2]"))) != mine


def test_the_setup_knows_neither_schedule_nor_place(tmp_path: Path) -> None:
    mine = prepare_data(load_curriculum(TINY), TINY).setup.id
    other = variant(
        tmp_path, ("seeds: [0, 1]", "seeds: [5]\nschedule: {composition: cumulative}"), ("steps: 4", "steps: 9")
    )
    assert prepare_data(load_curriculum(other), other).setup.id == mine
    data = variant(tmp_path, ("max_value: 30", "max_value: 31"))
    assert prepare_data(load_curriculum(data), data).setup.id != mine


def test_the_data_travel_through_the_store(tmp_path: Path) -> None:
    prepared = prepare_data(load_curriculum(TINY), TINY)
    job = open_job(prepared, Store.open(str(tmp_path)))
    stored = job.store.data("stories", job.setup.domains["stories"].data)
    assert stored["test"] == prepared.data["stories"]["test"]
    written = tmp_path / "curriculum.yaml"
    written.write_text(job.store.read_run(job.run, "curriculum.yaml") or "", "utf-8")
    assert load_curriculum(written) == prepared.curriculum


def test_two_templates_over_one_source_do_not_train_on_each_other_s_test_items(tmp_path: Path) -> None:
    stories = "  stories:\n    kind: creative\n    source: {type: stories}"
    twin = TINY.read_text("utf-8").split("domains:\n")[1].split("  stories:")[0].replace("  sorting:", "  again:")
    file = variant(tmp_path, (stories, twin.replace('"{direction}', '"now {direction}') + stories))
    data = prepare_data(load_curriculum(file), file).data
    held = {item.fields["question"] for split in ("validation", "test") for item in data["again"][split]}
    assert held
    assert not held & {item.fields["question"] for item in data["sorting"]["train"]}


def test_a_mistake_in_the_data_names_file_and_domain(tmp_path: Path) -> None:
    file = variant(tmp_path, ("number_sorting", "number_sortin"))
    with pytest.raises(DataError, match=r"tiny\.yaml:\d+: domains\.sorting\."):
        prepare_data(load_curriculum(file), file)


def test_of_several_domains_that_are_wrong_each_is_named(tmp_path: Path) -> None:
    file = variant(
        tmp_path, ('"{direction} {original_numbers} = "', '"{nope}"'), ("{type: stories}", "{type: file, path: no.csv}")
    )
    with pytest.raises(DataError) as caught:
        prepare_data(load_curriculum(file), file)
    first, second = map(str, caught.value.every)
    assert first == str(caught.value)
    assert f"{file}:8: domains.sorting.prompt: the data have no such field" in first
    assert f"{file}:15: domains.stories.source.path: data file must exist" in second
    told = within("validate", file)
    assert told.returncode == 2
    assert [line.startswith("error: ") for line in told.stderr.strip().splitlines()] == [True, True]


def test_a_prompt_that_holds_its_answer_is_a_note(tmp_path: Path) -> None:
    rows = [{"prompt": f"{i} + 1?" + " (answer: 8)" * (i == 17), "answer": str(i + 1)} for i in range(7, 300)]
    rows += [{"prompt": f"The answer is {i} and {i}; what is it?", "answer": f"{i} and {i}"} for i in range(20)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    source = TINY.read_text("utf-8").split("source: ")[1].split("\n")[0]
    file = variant(
        tmp_path,
        (source, "{type: file, path: a.jsonl}"),
        ("{direction} {original_numbers} = ", "{prompt}"),
        ("{sorted_numbers}", "{answer}"),
        ("train: 300    #", "#"),
    )
    (note,) = (note for note in prepare_data(load_curriculum(file), file).notes if "training prompts" in note)
    assert note.startswith("sorting: ")
    assert "training prompts hold their answer, the first: 'The answer is " in note


def test_what_is_written_into_the_store_runs_from_there(tmp_path: Path) -> None:
    """Data paths start at the file that names them, and that one lies elsewhere."""
    words = [f'{{"prompt": "say {number}", "answer": "{number}"}}' for number in range(200)]
    (tmp_path / "data.jsonl").write_text("\n".join(words), "utf-8")
    stories = "source: {type: stories}"
    file = variant(tmp_path, (stories, "source: {type: file, path: data.jsonl}"))
    prepared = prepare_data(load_curriculum(file), file)
    (tmp_path / "store").mkdir()
    written = tmp_path / "store" / "curriculum.yaml"
    written.write_text(dump_yaml(prepared.curriculum), "utf-8")
    again = prepare_data(load_curriculum(written), written)
    assert (again.run, again.setup.id) == (prepared.run, prepared.setup.id)
