"""Gain against loss in the report: rows, page and the log of what the guard changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from experiments.analysis.assembly import build_report
from experiments.analysis.report import Report
from experiments.analysis.rows.guard_rows import changed, guard_lines
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.analysis.stages.sweet_spots import sweet_spots
from experiments.nodes.course import Course, Point, PointScores
from experiments.nodes.guarded import Guarded
from experiments.report.html import render_html
from experiments.report.sections.sweet_spot import sweet_spot
from experiments.report.terminal.report import print_report
from tests.support.report import make_inputs

GAINS, BITS = (0.0, 0.2, 0.4, 0.41), (0.0, 0.02, 0.05, 0.4)
ITEMS = 40


def course(seed: int, kept: int = 20) -> Course:
    rng = np.random.default_rng(seed)

    def standing(score: float, bits: float) -> PointScores:
        nats = (2.0 + bits * 5 * np.log(2) + rng.normal(0, 0.02, ITEMS)).tolist()
        return PointScores(scores=tuple((score + rng.normal(0, 0.05, ITEMS)).tolist()), nats=tuple(nats))

    points = tuple(
        Point(step=10 * at, domains={"sums": standing(0.3 + gain, 0.0), "sort": standing(0.5, bits)})
        for at, (gain, bits) in enumerate(zip(GAINS, BITS, strict=True))
    )
    return Course(points=points, trained={"sums": 1.0}, sizes={"sums": 200, "sort": 200}, most=0.2, kept=kept)


def row(seed: int, kept: int = 20) -> StageGuards:
    guarded = Guarded(course=course(seed, kept), planned=30, done=30)
    return StageGuards(node=f"n{seed}", seed=seed, path=("sums",), arms=(), guarded=guarded)


@pytest.fixture(scope="module")
def report() -> Report:
    inputs = make_inputs()
    records = {
        node: record.model_copy(update={"guarded": row(record.seed or 0).guarded})
        if record.path == ("sums",)
        else record
        for node, record in inputs.records.items()
    }
    return build_report(replace(inputs, records=records))


def test_rows_are_over_seeds_with_intervals() -> None:
    (stage,) = sweet_spots([row(0), row(1), row(2, kept=10)])
    assert [point.gain.estimate for point in stage.points] == pytest.approx(list(GAINS), abs=0.03)
    assert [point.loss.estimate for point in stage.points] == pytest.approx(list(BITS), abs=0.01)
    assert stage.points[2].gain.low > 0.3
    assert (stage.best, stage.violated, stage.kept, stage.seeds) == (20, 30, (20, 20, 10), (0, 1, 2))
    assert [point.mark for point in stage.points] == ["under", "under", "", "over"]
    assert {point.worst for point in stage.points[1:]} == {"sort"}


def test_nothing_is_said_where_nothing_was_measured() -> None:
    quiet = row(0).model_copy(update={"guarded": Guarded(planned=3, done=3)})
    assert sweet_spots([quiet]) == ()


def test_the_log_says_which_model_was_left() -> None:
    assert guard_lines([row(0), row(1, kept=30)]) == (
        "Guard: sums: left with 1 of 2 seeds the weights of an earlier step, 20 of 30, its sweet spot on validation.",
    )
    assert guard_lines([row(0, kept=0)])[0].endswith(
        "0 of 30, its sweet spot on validation, so nothing of the stage is left."
    )
    assert changed(row(0).guarded)
    assert not changed(row(0, kept=30).guarded)


def test_page_and_terminal(report: Report) -> None:
    assert report.sweet_spots
    page = sweet_spot(report)
    for told in (
        "best at step 20 of 30",
        "over-specialised",
        "under-specialised",
        "beyond 0.20 bits/byte from step 30",
    ):
        assert told in page
    assert "Where stages were best" in render_html(report)
    console = Console(record=True, width=100)
    print_report(console, report)
    assert "the weights of an earlier step" in console.export_text()
