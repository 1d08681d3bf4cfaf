"""What `stagewise validate` says of a run that is in the store: what is left to train, measure and train again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import variant, within

pytestmark = pytest.mark.slow

MORE_ITEMS = ("test: 24", "test: 36")
OTHER_BATCH = ("entropy_items: 8}", "entropy_items: 8, batch: 5}")
OTHER_METRIC = ("entropy_items: 8}", "entropy_items: 8, metrics: [kl]}")
OTHER_RATE = ("learning_rate: 0.001}", "learning_rate: 0.002}")
ONE_MORE_ARM = ("orders: []", "orders: [reverse]")
KEYS = ("finished", "to_train", "to_measure", "to_train_again")


@pytest.mark.parametrize(
    ("change", "finished", "to_train", "to_measure", "again"),
    [
        (OTHER_BATCH, 5, 0, 0, 0),
        (MORE_ITEMS, 0, 0, 5, 0),
        (OTHER_METRIC, 0, 0, 5, 0),
        (ONE_MORE_ARM, 5, 1, 0, 0),
        (OTHER_RATE, 1, 0, 0, 4),
    ],
    ids=["batch", "items", "metric", "arm", "rate"],
)
def test_what_a_change_costs(
    change: tuple[str, str],
    finished: int,
    to_train: int,
    to_measure: int,
    again: int,
    few: Path,
    few_store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    file = variant(tmp_path, change, source=few)
    cost = json.loads(within("validate", file, "--store", few_store, "--json").stdout)
    assert [cost[key] for key in KEYS] == [finished, to_train + again, to_measure, again]
    told = " ".join(within("validate", file, "--store", few_store).stdout.split())
    assert (
        f"In the store: {finished} finished; {to_train} stage{'s' * (to_train != 1)} to train, "
        f"{to_measure} to measure again, {again} to train again."
    ) in told
