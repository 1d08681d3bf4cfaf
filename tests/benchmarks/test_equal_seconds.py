"""What is trained again is what the search found, beside joint training as it met it."""

from __future__ import annotations

import json

import pytest

from benchmarks.equal_seconds import again, row
from experiments.store import Store
from scheduler.composing.compose import schedule_fingerprint
from tests.support.paths import ROOT

FILE = ROOT / "benchmarks" / "orders" / "searches" / "replay_0.json"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return again(FILE, Store.open(str(tmp_path_factory.mktemp("store"))), [0.5, 1.25])


def test_the_winner_has_the_stages_that_the_search_named(found):
    report = json.loads(FILE.read_text("utf-8"))
    searched, *joint = found.arms
    assert schedule_fingerprint(searched) == report["best"]["schedule"]
    assert {arm.times for arm in joint} == {0.5, 1.0, 1.25}
    stages = report["arms"]["joint"]["stages"]
    plain = next(arm for arm in joint if arm.times == 1)
    assert [stage.training.steps for stage in plain.stages] == [stage["steps"] for stage in stages]
    assert found.job.curriculum.seeds == tuple(report["fresh_seeds"])


def test_nothing_is_claimed_before_anything_is_trained(found):
    assert "–" in row(found)
    assert row(found).count("joint training was not trained at two budgets") == 2
