"""domains/sources/mix.py"""

import json
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import DataError
from domains.preparation.prepare import data_versions, prepare
from domains.sources import source_files
from domains.sources.mix import apportioned, shared
from domains.spec import DomainSpec

SHARES = st.lists(st.floats(0.01, 10), min_size=2, max_size=5)


@given(SHARES, st.integers(0, 10_000))
def test_counts_are_within_one_of_their_shares_and_sum_up(shares, total):
    counts = apportioned(tuple(shares), total)
    whole = sum(map(Fraction, shares))
    assert sum(counts) == total
    assert all(abs(count - Fraction(share) * total / whole) < 1 for count, share in zip(counts, shares, strict=True))


@given(SHARES, st.data())
def test_without_a_limit_no_larger_mix_would_do(shares, data):
    parts = data.draw(st.lists(st.integers(0, len(shares) - 1), max_size=80))
    found = shared(parts, lambda part: part, tuple(shares), None)
    counts, there = Counter(found), Counter(parts)
    assert [counts[part] for part in range(len(shares))] == apportioned(tuple(shares), len(found))
    more = apportioned(tuple(shares), len(found) + 1)
    assert any(there[part] < number for part, number in enumerate(more))
    # The first of each part, in the order that they came in.
    assert found == [part for at, part in enumerate(parts) if parts[: at + 1].count(part) <= counts[part]]


def write(path, name, count):
    rows = [json.dumps({"question": f"{name} number {i}", "answer": f"{name} {i}"}) for i in range(count)]
    path.write_text("\n".join(rows))


def mix(*parts, **more):
    return DomainSpec.model_validate(
        {
            "kind": "structured",
            "source": {"type": "mix", "parts": [{"share": share, "source": source} for share, source in parts]},
            "prompt": "{question}",
            "rewards": [{"type": "exact"}],
            **more,
        }
    )


def file(path, **more):
    return {"type": "file", "path": path, **more}


def made(spec, base, seed=0):
    return prepare("d", spec, validation=10, test=10, seed=seed, base=base)


def names(items):
    return Counter(item.answer.split()[0] for item in items)


@pytest.fixture
def base(tmp_path):
    write(tmp_path / "a.jsonl", "apples", 300)
    write(tmp_path / "b.jsonl", "pears", 90)
    return tmp_path


def test_training_has_the_shares_and_is_the_same_every_time(base):
    spec = mix((0.7, file("a.jsonl")), (0.3, file("b.jsonl")), train=100)
    splits = made(spec, base)
    assert names(splits["train"]) == {"apples": 70, "pears": 30}
    assert len(splits["test"]) == 10
    assert data_versions(splits) == data_versions(made(spec, base))
    assert data_versions(splits) != data_versions(made(spec, base, seed=1))
    assert [item.answer[0] for item in splits["train"][:40]].count("p") > 4


def test_without_a_size_it_is_as_large_as_its_scarcest_part_allows(base):
    counts = names(made(mix((2, file("a.jsonl")), (1, file("b.jsonl"))), base)["train"])
    assert counts["apples"] == pytest.approx(2 * counts["pears"], abs=1)
    assert counts["pears"] > 60


def test_files_and_made_rows_may_be_mixed(base):
    gym = {"type": "reasoning_gym", "task": "chain_sum"}
    splits = made(mix((1, gym), (1, file("b.jsonl")), train=60), base)
    assert sum("number" in item.prompt for item in splits["train"]) == 30


@pytest.mark.parametrize(
    ("parts", "more", "said"),
    [
        (
            [(1, file("a.jsonl")), (1, file("b.jsonl"))],
            {"train": 200},
            "source.parts.1.share: part 2 has",
        ),
        ([(1, file("a.jsonl", test="b.jsonl")), (1, file("b.jsonl"))], {}, "all parts or none must have test rows"),
        ([(1, file("a.jsonl")), (1, file("c.jsonl"))], {}, "d.source.parts.1.source.path: data file must exist"),
        ([(1, file("a.jsonl")), (1, file("t.txt"))], {}, "running text must be a domain's only source"),
    ],
)
def test_what_cannot_be_mixed_names_the_part(base, parts, more, said):
    (base / "t.txt").write_text("word " * 400)
    with pytest.raises(DataError) as caught:
        made(mix(*parts, **more), base)
    assert said in str(caught.value)


def test_files_of_a_mix_are_known_unless_a_part_is_made(base):
    both = mix((1, file("a.jsonl")), (1, file("b.jsonl"))).source
    assert source_files(both, base) == [base / "a.jsonl", base / "b.jsonl"]
    gym = {"type": "reasoning_gym", "task": "chain_sum"}
    assert source_files(mix((1, gym), (1, file("b.jsonl"))).source, base) is None
