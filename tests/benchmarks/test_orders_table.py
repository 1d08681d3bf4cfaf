"""Tables of every order: what is written is what is read."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from benchmarks.orders.table import read_table, write_table
from benchmarks.orders.train import all_orders
from curricula.dump import dump_yaml
from experiments.nodes.record import Cost, DomainScore
from experiments.nodes.tree import grow
from experiments.run.job import Prepared, job_at
from experiments.store import Store
from scheduler.arms import BASE_ARM
from tests.support.records import PROVENANCE, recorded, setup_of
from tests.support.scheduler import make_curriculum

NAMES = ("sums", "sort", "stories")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A job over three domains and two seeds whose records hold random scores, and its table's folder."""
    place = tmp_path_factory.mktemp("orders")
    curriculum = make_curriculum(NAMES, seeds=[3, 1])
    setup = setup_of(curriculum)
    job = job_at(Prepared(curriculum, setup, {}), Store.open(str(place / "store")))
    job.store.write_run(job.run, "curriculum.yaml", dump_yaml(curriculum))
    orders = all_orders(curriculum)
    tree = grow(setup, [BASE_ARM, *orders], curriculum.seeds)
    draws = np.random.default_rng(0)
    records = {node.id: random_record(node, draws) for node in tree.nodes}
    write_table(place / "table", job, orders, records, tree, PROVENANCE, "some.yaml")
    return job, orders, tree, records, place / "table"


def random_record(node, draws):
    def score(split, name):
        items = tuple(draws.integers(0, 2, 5 if split == "validation" else 4) * draws.choice([1.0, 0.123]))
        entropy = tuple(draws.uniform(size=3)) if split == "validation" else None
        return DomainScore(items=items, entropy=entropy, nll=0.5)

    scores = {split: {name: score(split, name) for name in NAMES} for split in ("validation", "test")}
    return recorded(node, scores, Cost(steps=10, train_seconds=1.5))


def test_every_item_and_entropy_comes_back(written):
    *_, tree, records, folder = written
    table = read_table(folder)
    assert table.domains == NAMES
    assert table.seeds == (3, 1)
    assert sorted(table.orders) == sorted(permutations(NAMES))
    assert len(table.items["test"]) == 1 + 3 + 6 + 6
    for node in tree.nodes:
        # The base model is one row a seed, the same for all.
        record, row = records[node.id], table.seeds.index(node.seed) if node.stage else 0
        for split, scores in record.scores.items():
            for name, block in zip(NAMES, table.items[split][node.path], strict=True):
                assert block[row].tolist() == pytest.approx(scores[name].items, rel=1e-4)
        entropies = [np.mean(record.scores["validation"][name].entropy) for name in NAMES]
        assert table.entropy[node.path][row].tolist() == pytest.approx(entropies, abs=1e-6)


def test_scores_and_totals_are_means_of_the_items(written):
    table = read_table(written[-1])
    weighted = table.curriculum.model_copy(
        update={
            "domains": {
                name: spec.model_copy(update={"weight": weight})
                for (name, spec), weight in zip(table.curriculum.domains.items(), (3.0, 1.0, 0.0), strict=True)
            }
        }
    )
    table = replace(table, curriculum=weighted)
    path = table.orders[2]
    means = [[block[row].mean() for block in table.items["test"][path]] for row in (0, 1)]
    assert table.scores("test")[path].tolist() == means
    assert table.totals("test")[path] == pytest.approx([0.75 * one[0] + 0.25 * one[1] for one in means])


def test_measurements_hold_validation_of_these_paths_and_seeds_only(written):
    table = read_table(written[-1])
    seen = table.measurements([(), ("sort",)], [1])
    assert set(seen.scores) == {(), ("sort",)}
    assert [block.shape for block in seen.scores[("sort",)]] == [(1, 5)] * 3
    assert seen.scores[("sort",)][0][0].tolist() == table.items["validation"][("sort",)][0][1].tolist()


def test_the_same_records_give_the_same_bytes(written, tmp_path):
    job, orders, tree, records, folder = written
    write_table(tmp_path, job, orders[::-1], dict(reversed(records.items())), tree, PROVENANCE, "some.yaml")
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name


def test_csv_has_one_row_for_each_score_and_says_what_it_cost(written):
    *_, folder = written
    with (folder / "evaluations.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 16 * 2 * 2 * 3
    assert rows[0]["path"] == "" and rows[-1]["path"].count(">") == 2
    assert {row["stage_steps"] for row in rows} == {"10"}
    assert all((row["entropy"] == "") == (row["split"] == "test") for row in rows)
    told = json.loads((folder / "provenance.json").read_text())
    assert (told["stage_runs"], told["stage_runs_unshared"], told["commits"]) == (30, 36, ["abc"])


def test_a_table_with_a_hole_is_refused(written, tmp_path):
    *_, folder = written
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    lines = gzip.decompress((folder / "items.csv.gz").read_bytes()).decode().splitlines()
    kept = [line for line in lines if not line.startswith("1,sort>sums,test,")]
    (tmp_path / "items.csv.gz").write_bytes(gzip.compress("\n".join(kept).encode()))
    with pytest.raises(ValueError, match="3 results are missing, the first: test of sums after sort>sums with seed 1"):
        read_table(tmp_path)
