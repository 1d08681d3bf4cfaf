"""domains/preparation/prepare.py"""

import json
from itertools import pairwise

import pytest

from domains.errors import DataError
from domains.preparation.prepare import Fit, data_versions, prepare, prepare_domain
from domains.preparation.splits import Sizes
from domains.spec import DomainSpec

GYM = {"type": "reasoning_gym", "task": "chain_sum"}
TWO_DIGITS = {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}


def spec(**given):
    return DomainSpec.model_validate(
        {"kind": "structured", "source": GYM, "prompt": "{expression}=", "rewards": [{"type": "exact"}], **given}
    )


def make(domain, base, validation=10, test=10, seed=0):
    return prepare("sums", domain, validation=validation, test=test, seed=seed, base=base)


def write(path, rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def rows(count, start=0):
    return [{"question": f"question number {i}", "answer": str(i)} for i in range(start, start + count)]


def from_file(path, **source):
    return spec(source={"type": "file", "path": path, **source}, prompt="{question}")


def said(domain, base, **sizes):
    with pytest.raises(DataError) as caught:
        make(domain, base, **sizes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_sizes_are_what_was_asked(tmp_path):
    splits = make(spec(train=77), tmp_path, validation=30, test=20)
    assert {name: len(items) for name, items in splits.items()} == {"train": 77, "validation": 30, "test": 20}
    assert len(make(spec(), tmp_path)["train"]) == 2000


def test_a_file_is_used_whole_unless_train_says_less(tmp_path):
    write(tmp_path / "a.jsonl", rows(100))
    assert len(make(from_file("a.jsonl"), tmp_path)["train"]) == 80
    fewer = from_file("a.jsonl").model_copy(update={"train": 7})
    assert len(make(fewer, tmp_path)["train"]) == 7


def test_fields_stay_with_the_example(tmp_path):
    write(tmp_path / "a.jsonl", rows(30))
    item = make(from_file("a.jsonl"), tmp_path)["test"][0]
    assert item.fields == {"question": item.prompt, "answer": item.answer}


def test_a_test_file_is_the_test_split(tmp_path):
    write(tmp_path / "a.jsonl", rows(50))
    write(tmp_path / "b.jsonl", rows(20, start=50))
    splits = make(from_file("a.jsonl", test="b.jsonl"), tmp_path)
    assert {int(item.answer) // 50 for item in splits["test"]} == {1}
    assert len(splits["train"]) == 40


def test_test_items_that_occur_in_train_are_counted(tmp_path):
    write(tmp_path / "a.jsonl", rows(50))
    write(tmp_path / "b.jsonl", [*rows(20, start=50), {"question": "Question  number 7.", "answer": "seven"}])
    message = said(from_file("a.jsonl", test="b.jsonl"), tmp_path)
    assert "domains.sums.source.test: 1 of 21 test items occur in the training data" in message
    assert "got 'Question  number 7.'" in message


def test_a_validation_file_is_the_validation_split(tmp_path):
    write(tmp_path / "a.jsonl", rows(50))
    write(tmp_path / "b.jsonl", rows(20, start=50))
    write(tmp_path / "c.jsonl", rows(20, start=70))
    splits = make(from_file("a.jsonl", validation="b.jsonl", test="c.jsonl"), tmp_path)
    assert {split: {int(item.answer) // 10 for item in items} for split, items in splits.items()} == {
        "train": {0, 1, 2, 3, 4},
        "validation": {5, 6},
        "test": {7, 8},
    }
    alone = make(from_file("a.jsonl", validation="b.jsonl"), tmp_path)
    assert {int(item.answer) // 50 for item in alone["test"]} == {0}
    message = said(from_file("a.jsonl", validation="a.jsonl"), tmp_path)
    assert "domains.sums.source.validation: 50 of 50 validation items occur in the training data" in message
    write(tmp_path / "d.jsonl", rows(3, start=90))
    assert "needs 10 distinct validation items, got 3" in said(from_file("a.jsonl", validation="d.jsonl"), tmp_path)


def test_a_domain_s_own_sizes_go_first(tmp_path):
    splits = make(spec(train=20, validation=7, test=5), tmp_path)
    assert {name: len(items) for name, items in splits.items()} == {"train": 20, "validation": 7, "test": 5}


def test_bad_rows_are_skipped_counted_and_the_first_is_named(tmp_path):
    lines = [json.dumps(row) for row in rows(60)]
    lines[3], lines[7], lines[9] = '{"question": ', '{"question": "no answer"}', '{"question": " ", "answer": "1"}'
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    domain = from_file("a.jsonl")
    assert "a.jsonl:4: domains.sums.source.path: each line must be JSON" in said(domain, tmp_path)
    lenient = domain.model_copy(update={"on_bad_row": "skip"})
    found = prepare_domain("sums", lenient, Sizes(10, 10, None), 0, tmp_path)
    assert sum(map(len, found.splits.values())) == 57
    (note,) = found.notes
    assert note.startswith("sums: 3 bad rows skipped, the first: ")
    assert f"{tmp_path}/a.jsonl:4: source.path: each line must be JSON" in note
    write(tmp_path / "a.jsonl", [{"question": "a"}] * 3)
    assert "no row of the data can be used. " in said(lenient, tmp_path)
    assert "a.jsonl:1: answer: the data have no such field" in said(lenient, tmp_path)


def test_what_does_not_fit_is_counted_and_makes_room_for_what_does(tmp_path):
    write(tmp_path / "a.jsonl", rows(200))

    def fitted(example):
        if int(example.answer) % 10 == 0:
            return None
        return example.model_copy(update={"prompt": example.prompt[-20:]}) if int(example.answer) >= 190 else example

    found = prepare_domain("sums", from_file("a.jsonl"), Sizes(30, 30, None), 0, tmp_path, fit=Fit(fitted, None))
    assert {split: len(items) for split, items in found.splits.items()} == {
        "train": 120,
        "validation": 30,
        "test": 30,
    }
    assert found.notes == (
        "sums: 20 items too long for the model and dropped",
        "sums: 9 items too long for the model and cut",
    )


def test_running_text_is_split_into_regions(tmp_path):
    (tmp_path / "a.txt").write_text("".join(f"<{i:06d}>" for i in range(500)))
    domain = spec(kind="creative", source={"type": "file", "path": "a.txt", "chunk": 40}, prompt="{prompt}")
    splits = make(domain, tmp_path)
    for name, step in (("validation", 5), ("test", 495)):
        numbers = [int(item.prompt[1:7]) for item in splits[name]]
        assert {(b - a) % 500 for a, b in pairwise(numbers)} == {step}


def test_other_data_another_version(tmp_path):
    splits = make(spec(train=5), tmp_path)
    assert data_versions(splits) == data_versions(make(spec(train=5), tmp_path))
    changed = {**splits, "train": splits["train"][::-1]}
    assert data_versions(changed) != data_versions(splits)


def test_a_small_task_says_how_many_items_it_has(tmp_path):
    small = spec(source={**GYM, "config": TWO_DIGITS})
    message = said(small, tmp_path, validation=150, test=150)
    assert "domains.sums: " in message
    assert "150 validation + 150 test + at least 1 train" in message
    assert "got 200 from task chain_sum" in message


def test_a_small_task_that_suffices_gives_the_rest_to_train(tmp_path):
    splits = make(spec(source={**GYM, "config": TWO_DIGITS}), tmp_path, validation=50, test=50)
    assert len(splits["train"]) == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": "{expresion}="}, "domains.sums.prompt: the data have no such field, got 'expresion'. Did you mean"),
        ({"answer": "{answer"}, "domains.sums.answer: a template's braces must pair"),
        ({"source": {**GYM, "task": "chain_sun"}}, "domains.sums.source.task: must be a reasoning-gym task"),
        ({"answer": "It is {answer}!", "rewards": [{"type": "scorer"}]}, "domains.sums.rewards: the reference answers"),
        ({"rewards": [{"type": "regex", "pattern": "[a-z]+"}]}, "must score 1 by 'regex', their mean is 0.00"),
    ],
)
def test_what_is_wrong_with_the_spec(tmp_path, change, message):
    assert message in said(spec(**change), tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            [{"question": "a", "answer": "1"}, {"question": "b"}],
            "a.jsonl:2: domains.sums.answer: the data have",
        ),
        ([{"question": " ", "answer": "1"}], "a.jsonl:1: domains.sums.prompt: the prompt must not be blank"),
        ([{"question": "a", "answer": None}], "a.jsonl:1: domains.sums.answer: field 'answer' is empty"),
        (
            rows(120),
            "needs 10 validation + 150 test + at least 1 train items with distinct prompts, got 120 from a.jsonl",
        ),
        (rows(1) * 400, "got 1 from a.jsonl"),
    ],
)
def test_what_is_wrong_with_the_rows(tmp_path, content, message):
    write(tmp_path / "a.jsonl", content)
    assert message in said(from_file("a.jsonl"), tmp_path, test=150)


@pytest.mark.parametrize(
    ("row", "gold"), [(7, "nineteen"), (90, "yes"), (40, r"\boxed{}"), (99, "It may be 3 or 4, who knows")]
)
def test_a_reference_answer_that_numeric_cannot_read_is_named_with_its_row(tmp_path, row, gold):
    made = rows(100)
    made[row]["answer"] = gold
    write(tmp_path / "a.jsonl", made)
    domain = from_file("a.jsonl")
    numeric = spec(rewards=[{"type": "exact"}, {"type": "numeric"}]).rewards
    make(domain, tmp_path)
    message = said(domain.model_copy(update={"rewards": numeric}), tmp_path)
    assert f"a.jsonl:{row + 1}: domains.sums.answer: 'numeric' finds no number and no expression" in message
    assert f"got {gold!r}" in message


def test_a_row_of_the_test_file_is_named_too(tmp_path):
    write(tmp_path / "a.jsonl", rows(50))
    write(tmp_path / "b.jsonl", [*rows(9, start=50), {"question": "last", "answer": "none"}])
    domain = from_file("a.jsonl", test="b.jsonl").model_copy(
        update={"rewards": spec(rewards=[{"type": "numeric"}]).rewards}
    )
    assert "b.jsonl:10: domains.sums.answer: 'numeric' finds no number" in said(domain, tmp_path)


def test_a_users_function_is_read_from_the_curriculums_folder(tmp_path):
    write(tmp_path / "a.jsonl", rows(50))
    function = spec(rewards=[{"type": "function", "file": "rewards.py", "name": "score"}]).rewards
    domain = from_file("a.jsonl").model_copy(update={"rewards": function})
    assert "domains.sums.rewards[0].file: there is no such file, got 'rewards.py'" in said(domain, tmp_path)
    (tmp_path / "rewards.py").write_text("def score(completion, reference):\n    return completion == reference\n")
    assert len(make(domain, tmp_path)["train"]) == 30
    (tmp_path / "rewards.py").write_text("def score(completion, reference):\n    return 1 / 0\n")
    message = said(domain, tmp_path)
    assert "domains.sums.rewards: the reference answers cannot be scored: rewards.py:2: ZeroDivisionError" in message


def test_a_scorer_without_reasoning_gym(tmp_path):
    write(tmp_path / "a.jsonl", rows(50))
    domain = from_file("a.jsonl").model_copy(update={"rewards": spec(rewards=[{"type": "scorer"}]).rewards})
    assert "domains.sums.rewards: scorer needs a source of type reasoning_gym" in said(domain, tmp_path)


def refusals(domain, base):
    with pytest.raises(DataError) as caught:
        prepare_domain("sums", domain, Sizes(10, 10, None), 0, base)
    return [str(one) for one in caught.value.every]


@pytest.mark.parametrize("wrong", [1, 3, 5, 9])
def test_bad_rows_among_good_ones_are_told_five_at_once_and_the_rest_are_counted(tmp_path, wrong):
    lines = [json.dumps(row) for row in rows(60)]
    lines[4 : 4 + 2 * wrong : 2] = ['{"question": '] + ['{"question": "no answer"}'] * (wrong - 1)
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    told = refusals(from_file("a.jsonl"), tmp_path)
    assert len(told) == min(wrong, 5)
    for at, line in enumerate(told):
        key = "answer: the data have no such field" if at else "source.path: each line must be JSON"
        assert line.startswith(f"{tmp_path}/a.jsonl:{5 + 2 * at}: domains.sums.{key}")
        assert ("`on_bad_row: skip`" in line) == (at == len(told) - 1)
    assert ("4 more rows are bad. Mend the rows, " in told[-1]) == (wrong == 9)


def test_where_no_row_is_good_the_first_tells_all_and_little_is_read(tmp_path):
    write(tmp_path / "a.jsonl", [{"question": f"{n}"} for n in range(60)])
    (told,) = refusals(from_file("a.jsonl"), tmp_path)
    assert told.startswith(f"{tmp_path}/a.jsonl:1: domains.sums.answer: ")
    assert "on_bad_row" not in told
    (tmp_path / "b.jsonl").write_text("no\n" * 60)
    (told,) = refusals(from_file("b.jsonl"), tmp_path)
    assert f"{tmp_path}/b.jsonl:1: domains.sums.source.path: each line must be JSON" in told


def test_bad_rows_of_a_part_name_the_part(tmp_path):
    good, bad = rows(60), rows(60, start=100)
    bad[50] = {"question": "no answer"}
    write(tmp_path / "a.jsonl", good)
    (tmp_path / "b.jsonl").write_text("\n".join([json.dumps(bad[0]), "no", *map(json.dumps, bad[1:])]))
    parts = [{"share": 1, "source": {"type": "file", "path": f"{name}.jsonl"}} for name in "ab"]
    first, second = refusals(spec(source={"type": "mix", "parts": parts}, prompt="{question}"), tmp_path)
    assert first.startswith(f"{tmp_path}/b.jsonl:2: domains.sums.source.parts.1.source.path: each line must be JSON")
    assert second.startswith(f"{tmp_path}/b.jsonl:52: domains.sums.answer: ")
