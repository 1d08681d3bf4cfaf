"""A family reads what it says that it measures, and no two measure by one name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.analysis.cliffs.family import Family, Sides, measures_of
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import skipped
from experiments.analysis.cliffs.table import FAMILIES, MEASURES
from experiments.measures.spec import MeasureSpec

NOBODY = Sides(PairedAnswers((), ()))
SPEC = MeasureSpec("margin", "nats", "made up", "up", "logits", "A")
MADE_UP = Family({"margin": SPEC}, lambda _: {"margin": skipped("nobody was asked")})


def test_a_new_family_is_a_line_of_the_table() -> None:
    assert measures_of((*FAMILIES, MADE_UP)) == {**MEASURES, "margin": SPEC}
    assert MADE_UP.read(NOBODY)["margin"].value.reason == "nobody was asked"


def test_what_a_family_leaves_out_or_adds_is_no_silence() -> None:
    for found in ({}, {"margin": skipped("why"), "other": skipped("why")}):
        with pytest.raises(ValueError, match="must read what it measures"):
            replace(MADE_UP, of=lambda _, found=found: found).read(NOBODY)


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match=r"two families measure \['brier'\]"):
        measures_of((*FAMILIES, Family({"brier": SPEC}, lambda _: {})))


def test_every_family_gives_a_reason_where_nothing_was_kept() -> None:
    for family in FAMILIES:
        for name, reading in family.read(NOBODY).items():
            assert reading.value.status == reading.change.status == "skipped", name
            assert reading.value.reason


def test_what_several_ask_of_a_pair_is_reckoned_once() -> None:
    asked: list[PairedAnswers] = []

    def size(pair: PairedAnswers) -> int:
        asked.append(pair)
        return len(pair.before)

    sides = Sides(PairedAnswers((), ()))
    assert [sides.once(size), sides.once(size)] == [0, 0]
    assert asked == [sides.pair]
    assert Sides(sides.pair).once(size) == 0
    assert len(asked) == 2
