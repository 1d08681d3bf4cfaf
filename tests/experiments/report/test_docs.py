"""docs/report.md names every field of report.json."""

from __future__ import annotations

import re

import pytest

from domains.interval import Interval
from domains.profile import EntropyProfile
from experiments.analysis import report_parts as parts
from experiments.analysis.cliffs import beside, executing, judging
from experiments.analysis.cliffs import model as cliffs
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.comparing.comparison import Comparison
from experiments.analysis.comparing.limits import MeasuredLimit
from experiments.analysis.completions import model as said
from experiments.analysis.report import Report
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.analysis.stages.stage_health import StageHealth
from experiments.analysis.stages.sweet_spots import SpotPoint, SweetSpots
from experiments.measures import calibration, narrowing, regressions, shortcuts, steepness, value
from experiments.nodes.course import Course, Point, PointScores
from experiments.nodes.guarded import Guarded, Limit, PassRates
from experiments.nodes.health import Health, Leverage, RolloutGroups
from scheduler.plan import Plan, Transfer
from scheduler.plan_limits import Forecast, LimitForecast
from tests.support.paths import ROOT

CLIFFS = (ROOT / "docs" / "cliffs.md").read_text(encoding="utf-8")
TEXT = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
DESCRIBED = [
    Report,
    parts.DomainReport,
    parts.ArmReport,
    parts.EqualCost,
    parts.Cliff,
    cliffs.ArmCliffs,
    cliffs.Cell,
    cliffs.Contrast,
    cliffs.Steepness,
    cliffs.Flipped,
    cliffs.Faith,
    cliffs.Reading,
    cliffs.Depth,
    cliffs.Reliability,
    cliffs.Early,
    value.Value,
    parts.StageChange,
    parts.TrajectoryPoint,
    parts.Prediction,
    parts.CostReport,
    parts.ArmCost,
    parts.CostRow,
    parts.TreeRow,
    parts.Missing,
    parts.MatrixRow,
    StageHealth,
    MeasuredLimit,
    Forecast,
    LimitForecast,
    said.DomainCompletions,
    said.Group,
    said.ShownItem,
    said.Answered,
    said.ShownAnswer,
    StageGuards,
    Guarded,
    PassRates,
    Limit,
    Course,
    SweetSpots,
    SpotPoint,
    Point,
    PointScores,
    Health,
    RolloutGroups,
    Leverage,
    Interval,
    parts.SeedInterval,
    EntropyProfile,
    Comparison,
    Plan,
    Transfer,
]


@pytest.mark.parametrize("described", DESCRIBED, ids=lambda described: described.__name__)
def test_every_field_is_documented(described):
    named = set(re.findall(r"`(\w+)(?:\[[^`]*)?`", TEXT))
    aside = {"domain", "seed"} if described in (EntropyProfile, parts.Missing, parts.MatrixRow) else set()
    assert set(described.model_fields) - aside <= named


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_explained_with_its_access_and_direction(name):
    row = next(line for line in CLIFFS.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"| {MEASURES[name].direction} | {MEASURES[name].access} |" in row
    assert MEASURES[name].unit in row


def test_the_thresholds_in_the_docs_are_those_in_the_code():
    named = {
        "LEAST_FOUND": beside.LEAST_FOUND,
        "LEAST_POINTS": steepness.LEAST_POINTS,
        "MATTERS": judging.MATTERS,
        "LEFT": executing.LEFT,
        "SURE": calibration.SURE,
        "SOLVED": regressions.SOLVED,
        "COLLAPSE": narrowing.COLLAPSE,
        "LEAST_ITEMS": value.LEAST_ITEMS,
        "FEWEST": value.FEWEST,
        "FIRST": shortcuts.FIRST,
        "LEAST_WORK": shortcuts.LEAST_WORK,
    }
    assert all(f"| `{name}` | {number:g} |" in CLIFFS for name, number in named.items())
