"""docs/report.md names every field of report.json."""

from __future__ import annotations

import re

import pytest

from domains.interval import Interval
from domains.profile import EntropyProfile
from experiments.analysis import report as model
from experiments.analysis.comparison import Comparison
from experiments.nodes.health import Groups, Health
from scheduler.plan import Plan, Transfer
from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
DESCRIBED = [
    model.Report,
    model.DomainReport,
    model.ArmReport,
    model.EqualCost,
    model.Cliff,
    model.StageChange,
    model.TrajectoryPoint,
    model.Prediction,
    model.CostReport,
    model.ArmCost,
    model.CostRow,
    model.TreeRow,
    model.Missing,
    model.MatrixRow,
    model.StageHealth,
    Health,
    Groups,
    Interval,
    model.SeedInterval,
    EntropyProfile,
    Comparison,
    Plan,
    Transfer,
]


@pytest.mark.parametrize("described", DESCRIBED, ids=lambda described: described.__name__)
def test_every_field_is_documented(described):
    named = set(re.findall(r"`(\w+)(?:\[[^`]*)?`", TEXT))
    aside = {"domain", "seed"} if described in (EntropyProfile, model.Missing, model.MatrixRow) else set()
    assert set(described.model_fields) - aside <= named
