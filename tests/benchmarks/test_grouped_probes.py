"""Grouped probes: what members inherit is what their group did, and alike members lose nothing by it."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import grouped_probes
from benchmarks.grouped_probes import gains, probed, world


@pytest.fixture(autouse=True)
def no_luck(monkeypatch):
    monkeypatch.setattr(grouped_probes, "LUCK", 0.0)


def test_groups_of_one_are_probes_of_domains():
    rng = np.random.default_rng(0)
    made = world(6, 3, 0.5, rng)
    found, truth = probed(made, [np.array([at]) for at in range(6)], rng), made.truth.transfer[0]
    # Help beyond what is left to learn has no effect.
    plain = (truth <= 0) | np.eye(6, dtype=bool)
    np.testing.assert_allclose(found[plain], truth[plain], atol=1e-12)


def test_members_of_a_group_leave_each_other_alone_and_share_what_they_do_to_others():
    rng = np.random.default_rng(1)
    made = world(6, 3, 0.0, rng)
    groups = [np.flatnonzero(made.family == one) for one in range(3)]
    found = probed(made, groups, rng)
    for members in groups:
        others = np.setdiff1d(np.arange(6), members)
        assert (found[np.ix_(members, others)] == found[members[0], others]).all()
        block = found[np.ix_(members, members)]
        assert (block[~np.eye(len(members), dtype=bool)] == 0).all()
        assert (np.diag(block) > 0).all()


def test_alike_members_lose_little_and_every_way_is_over_no_order_on_average():
    rows = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        rows.append(gains(world(8, 4, 0.0, rng), rng))
    mean = {name: np.mean([row[name] for row in rows]) for name in rows[0]}
    assert mean["families"] == pytest.approx(mean["each"], abs=0.005)
    assert mean["each"] > mean["written"]
