"""Forty made-up domains: checked and priced in seconds."""

from __future__ import annotations

import time

import pytest

from curricula.checks import check
from experiments.run.estimating import estimate as module
from experiments.run.estimating.estimate import estimate
from experiments.run.job import Prepared
from tests.support.records import setup_of
from tests.support.scheduler import make_curriculum

pytestmark = pytest.mark.slow

FORTY = tuple(f"d{at:02}" for at in range(40))


def test_forty_domains_are_valid_and_priced_in_seconds(monkeypatch):
    """Without training the few steps that say how long one takes, which depend on the model alone."""
    monkeypatch.setattr(module, "trial", lambda _, **__: None)
    curriculum = make_curriculum(FORTY, search={"lr_scale": [0.5, 1.0]}, seeds=[0, 1])
    start = time.process_time()
    assert not check(curriculum)
    cost = estimate(Prepared(curriculum, setup_of(curriculum), {}), None)
    assert time.process_time() - start < 60
    assert cost.probe_stage_runs == 80
    assert {"bwt-sequential", "bwt-cumulative", "joint", "reverse-sequential"} <= set(cost.arms)
    # The schedule's first stage is a probe; every further stage is its own.
    assert cost.stage_runs[0] > 80 + 2 * 39
