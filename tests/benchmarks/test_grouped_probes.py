"""Grouped probes of made-up domains: the curriculum's own probes, and alike members lose nothing by them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import grouped_probes
from benchmarks.grouped_probes import curriculum_of, probed, totals, world
from scheduler.evidence.transfer import mean_transfer


@pytest.fixture(autouse=True)
def no_luck(monkeypatch):
    monkeypatch.setattr(grouped_probes, "LUCK", 0.0)


def effects(made, groups, rng):
    return mean_transfer(probed(made, curriculum_of(made, groups), rng))


def test_without_groups_the_probes_are_what_the_world_does():
    rng = np.random.default_rng(0)
    made = world(6, 3, 0.5, rng)
    found, truth = effects(made, {}, rng), made.truth.transfer[0]
    # Help beyond what is left to learn has no effect.
    plain = (truth <= 0) | np.eye(6, dtype=bool)
    np.testing.assert_allclose(found[plain], truth[plain], atol=1e-12)


def test_members_of_a_group_leave_each_other_alone_and_share_what_they_do_to_others():
    rng = np.random.default_rng(1)
    made = world(6, 3, 0.0, rng)
    families = {f"g{one}": np.flatnonzero(made.family == one) for one in range(3)}
    found = effects(made, {name: members.tolist() for name, members in families.items()}, rng)
    for members in families.values():
        others = np.setdiff1d(np.arange(6), members)
        assert (found[np.ix_(members, others)] == found[members[0], others]).all()
        block = found[np.ix_(members, members)]
        assert (block[~np.eye(len(members), dtype=bool)] == 0).all()
        assert (np.diag(block) > 0).all()


def test_alike_members_lose_little_and_every_way_is_over_no_order_on_average():
    rows = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        rows.append(totals(world(6, 3, 0.0, rng), rng))
    mean = {name: np.mean([row[name] for row in rows]) for name in rows[0]}
    assert mean["families"] == pytest.approx(mean["each"], abs=0.005)
    assert mean["each"] > mean["written"]
    assert all(row["best"] >= max(row.values()) for row in rows)
