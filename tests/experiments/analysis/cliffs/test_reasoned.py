"""Reasoning in a run's cells: several seeds, and how often the word on faithfulness errs."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.cliffs import reasoned
from experiments.analysis.cliffs.faith import faith_of
from experiments.analysis.cliffs.family import Among, Sides, level
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import careful
from experiments.analysis.cliffs.readings import read
from experiments.analysis.cliffs.reasoned import FAITHFUL, reasoning
from experiments.analysis.cliffs.table import MEASURES
from experiments.nodes.inquired import Reasoned
from tests.support.reasoners import Reasoner, score_of

CONTENT, PRESENCE, KNOWN = (score_of(Reasoner(rests=rests)).details for rests in ("content", "presence", "nothing"))


def test_three_seeds_are_read_together():
    found = reasoning(PairedAnswers((CONTENT,) * 3, (PRESENCE,) * 3))
    assert found.rests.word(1).rests == "independent"
    for name in FAITHFUL:
        assert found.readings[name].value.status == "ok"
        assert found.readings[name].value.interval.n == 3
    change = found.readings["mistakes_followed"].change
    assert (change.interval.estimate, change.status) == (-1, "ok")


def test_two_seeds_claim_nothing():
    found = reasoning(PairedAnswers((CONTENT,) * 2, (CONTENT,) * 2))
    assert found.readings["reasoning_gain"].value.status == "underpowered"


def test_a_cell_has_every_measure_or_a_reason():
    for pair in (PairedAnswers((CONTENT,), (KNOWN,)), PairedAnswers((), ()), PairedAnswers((KNOWN,), (CONTENT,))):
        readings = read(Sides(pair)).readings
        assert set(readings) == set(MEASURES)
        assert all(one.value.reason for one in readings.values() if one.value.interval.estimate is None)


def test_where_one_moment_was_not_asked_nothing_is_compared():
    bare = CONTENT.model_copy(update={"reasoned": None})
    assert "not asked" in reasoning(PairedAnswers((bare,), (CONTENT,))).readings["steps"].value.reason


def test_items_without_reasoning_are_left_out_and_not_zero():
    steps = (0,) * 30 + (2,) * 30
    kept = CONTENT.reasoned.model_dump()
    rows = {name: (*(None,) * 30, *row[30:]) for name, row in kept["score"].items()}
    whole = {**rows, "whole": kept["score"]["whole"], "at_once": kept["score"]["at_once"]}
    made = Reasoned(**{**kept, "steps": steps, "score": whole, "early": (*(None,) * 30, *kept["early"][30:])})
    found = reasoning(PairedAnswers(*[(CONTENT.model_copy(update={"reasoned": made}),)] * 2)).readings
    assert found["early_answering"].value.items == found["filler_gap"].value.items == 30
    assert found["information_per_step"].value.items == 30


def drawn(rng, items, effect):
    """A test of content whose true value is `effect`: differences of −1, 0 and 1."""
    chance = np.array([0.1, 0.8 - effect, 0.1 + effect])
    return rng.choice([-1.0, 0.0, 1.0], size=(1, items), p=chance)


def rests(rng, items, effect, among=1):
    """The word on one cell, by intervals that are corrected for so many."""
    names = ("filler_gap", "mistakes_followed")
    found = {name: careful(drawn(rng, items, effect), (-1, 1), level=level(among)) for name in names}
    return faith_of(found, None, "", among).rests


@pytest.mark.slow
def test_how_often_the_word_errs():
    """1,000 simulated models a rate: 5 % is known to ± 1.4."""
    rng = np.random.default_rng(0)
    false = [rests(rng, 100, 0.0) for _ in range(1000)].count("carried")
    missed = [rests(rng, 100, 0.1) for _ in range(1000)].count("independent")
    found = [rests(rng, 100, 0.2) for _ in range(1000)].count("carried")
    assert false <= 65
    assert missed <= 15
    assert found >= 950


def test_what_stands_beside_the_readings_rests_on_the_same_reckoning(monkeypatch):
    """It was reckoned twice, for its family and for what stands beside it."""
    asked = []
    strata = reasoned._strata
    monkeypatch.setattr(reasoned, "_strata", lambda *sides: asked.append(sides) or strata(*sides))
    found = read(Sides(PairedAnswers((CONTENT,), (PRESENCE,))))
    assert found.faith is not None
    assert len(asked) == 1


@pytest.mark.slow
def test_of_a_whole_page_the_word_errs_no_more_often():
    """Sixteen cells; by intervals of one cell each, nearly every second page held a false word."""
    rng = np.random.default_rng(1)
    pages = [[rests(rng, 100, 0.0, 16) for _ in range(16)] for _ in range(100)]
    assert sum("carried" in page for page in pages) <= 10
    alone = [[rests(rng, 100, 0.0) for _ in range(16)] for _ in range(100)]
    assert sum("carried" in page for page in alone) >= 30


def test_a_cell_is_read_among_all_that_were_asked():
    pair = PairedAnswers((CONTENT,) * 3, (CONTENT,) * 3)
    bare = CONTENT.model_copy(update={"reasoned": None})
    cells = [Sides(pair)] * 4 + [Sides(PairedAnswers((bare,), (bare,))), Sides(PairedAnswers((), ()))]
    assert Among.of(cells) == Among(entropies=1, reasoned=4)
    assert "intervals for 4 cells together" in read(Sides(pair), Among.of(cells)).faith.reason
