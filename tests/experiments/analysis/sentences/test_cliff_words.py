"""What a terminal is told of cliffs: every sure fall stands there, also one that later stages took back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from domains.interval import Interval
from experiments.analysis.cliffs.build import cliffs
from experiments.analysis.cliffs.model import ArmCliffs, CliffVerdict, Contrast
from experiments.analysis.scores import RunScores
from experiments.analysis.sentences.cliff_words import below_base, cliff_lines
from tests.support.cliffs import Truth, planted

pytestmark = pytest.mark.slow
DOMAIN = "sums"


@pytest.fixture(scope="module")
def found() -> ArmCliffs:
    """The first domain falls with the first stage, and the next ones take it back."""
    inputs = planted({(1, DOMAIN): Truth(ability=0.3), (2, DOMAIN): Truth()})
    return cliffs(RunScores(inputs))[inputs.main]


def told(found: ArmCliffs) -> str:
    return "\n".join(cliff_lines(SimpleNamespace(cliffs={"main": found}, main="main")))  # type: ignore[arg-type]


def judged(found: ArmCliffs, stage: int, **verdicts: CliffVerdict) -> ArmCliffs:
    """The same with other verdicts for the first domain after a stage."""

    def changed(contrast: Contrast, verdict: CliffVerdict) -> Contrast:
        return contrast.model_copy(update={"verdict": verdict, "change": Interval.of(-0.3, -0.4, -0.2, 5)})

    cells = tuple(
        cell.model_copy(update={name: changed(getattr(cell, name), verdict) for name, verdict in verdicts.items()})
        if (cell.stage, cell.domain) == (stage, DOMAIN)
        else cell
        for cell in found.cells
    )
    return found.model_copy(update={"cells": cells})


def test_a_fall_is_told_with_the_step_that_made_it_and_where_it_ended(found):
    text = told(found)
    assert "real drop: sums" in text
    assert "by stage 1" in text
    assert "from the base after the last stage" in text


def test_a_fall_from_the_base_that_no_step_made_is_told_though_later_stages_took_it_back(found):
    quiet = judged(judged(found, 1, before="noise", base="noise"), 2, before="underpowered", base="real_drop")
    text = told(quiet)
    assert "1 real drop" in text
    assert "from the base to stage 2" in text
    assert "no sure fall" not in text


def test_only_what_is_below_the_base_after_the_last_stage_was_lost_in_the_end(found):
    last = max(cell.stage for cell in found.cells)
    assert below_base(None) == ""
    assert below_base(judged(judged(found, 1, base="real_drop"), last, base="noise")) == ""
    assert below_base(judged(found, last, base="format_artifact")) == "sums −0.300 (−0.40 to −0.20, format artifact)"
