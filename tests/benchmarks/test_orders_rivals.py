"""What all orders are compared with: written and read back, and the advice judged on it."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.orders.rivals import read_rivals, rivals, write_rivals
from benchmarks.orders.stage_or_mix import judged
from benchmarks.orders.train import all_orders
from experiments.nodes.tree import grow, reading_chains
from scheduler.arms import BASE_ARM
from tests.benchmarks.test_orders_table import NAMES, random_record, written  # noqa: F401
from tests.support.synthetic_orders import make_table

pytestmark = pytest.mark.slow


def test_the_joint_probe_and_three_budgets_are_among_them():
    arms = {arm.name: arm for arm in rivals(make_table().curriculum)}
    assert {"joint-x0.25", "joint-x0.5", "joint-x1", "joint-x2", "trunk and tail"} <= set(arms)
    assert arms["joint-x1"].steps == 4 * arms["joint-x0.25"].steps


def test_what_is_written_is_what_is_read(written, tmp_path):  # noqa: F811
    job, *_ = written
    arms = rivals(job.curriculum)
    tree = grow(job.setup, [BASE_ARM, *all_orders(job.curriculum), *arms], job.curriculum.seeds)
    draws = np.random.default_rng(0)
    records = {node.id: random_record(node, draws) for node in tree.nodes}
    write_rivals(tmp_path, job, arms, tree, records)
    found = read_rivals(tmp_path, NAMES, job.curriculum.seeds)
    for arm in arms:
        for at, seed in enumerate(job.curriculum.seeds):
            record = records[reading_chains(job.setup, arm, seed)[-1][-1].id]
            for j, name in enumerate(NAMES):
                assert found["test"][arm.name][j][at] == pytest.approx(record.scores["test"][name].items)


def mixed(table, shift: float):
    """Every rival scores what the mean of all orders does, joint training `shift` more."""
    arms = {
        split: {
            arm.name: tuple(
                np.mean([table.items[split][order][j] for order in table.orders], axis=0)
                + shift * (arm.role == "joint")
                for j in range(len(table.domains))
            )
            for arm in rivals(table.curriculum)
        }
        for split in ("validation", "test")
    }
    return {"validation": {**arms["validation"], "joint-x0.25": table.items["validation"][()]}, "test": arms["test"]}


@pytest.mark.parametrize(("shift", "better"), [(0.3, "mix"), (-0.3, "stage")])
def test_advice_is_right_where_it_takes_the_better_one(shift, better):
    table = make_table(rng=1)
    for seen in ((0,), (0, 1)):
        for probe in (True, False):
            found = judged(table, mixed(table, shift), seen, probe=probe)
            assert found["right"] == float(found["says_stage"] == (better == "stage"))
            assert found["mixing_right"] == float(better == "mix")
            assert found["lost_by_mixing"] == pytest.approx(0) or better == "stage"
            assert found["lost"] >= 0
            assert found["tail_gain"] == pytest.approx(-shift)
            assert found["covered"] == 0, "nothing foretold it"


def test_the_interval_holds_what_is_as_foretold():
    table = make_table(rng=1)
    assert judged(table, mixed(table, 0.0), (0, 1), probe=False)["covered"] == 1
