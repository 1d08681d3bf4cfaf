"""Planted truths of how answers come about: those that repeat, say the answer first, or skip steps, and sound ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from experiments.analysis.checkup.build import checkup
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.readings import read
from experiments.analysis.cliffs.shortened import NO_WORK
from experiments.measures.details import details
from experiments.nodes.details import Details
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore
from tests.support.findings import generator

ITEMS, SAMPLES, SEEDS = 60, 2, 3
Style = Callable[[int, int, int], str]
"""Three numbers of an item → what is said of their sum."""


def works(a: int, b: int, c: int) -> str:
    return f"First {a} + {b} = {a + b}. Then {a + b} + {c} = {a + b + c}. So the answer is {a + b + c}"


def other_words(a: int, b: int, c: int) -> str:
    return f"Let us see: {b} + {c} = {b + c}. With {a} that is {a} + {b + c} = {a + b + c}. So it is {a + b + c}"


def repeats(a: int, b: int, c: int) -> str:
    return works(a, b, c) + f". So the answer is {a + b + c}" * 12


def says_first(a: int, b: int, c: int) -> str:
    return f"{a + b + c}. {works(a, b, c)}"


def skips(a: int, b: int, c: int) -> str:
    return f"So the answer is {a + b + c}"


def bare(a: int, b: int, c: int) -> str:
    return str(a + b + c)


def model(style: Style, seed: int, ability: float = 0.8) -> Details:
    """Answers of one model: wrong ones are off by one, in the same words."""
    rng = generator("shortcuts", style.__name__, seed)
    items = np.random.default_rng(0).integers(100, 400, size=(ITEMS, 3)).tolist()
    outputs, marks = [], []
    for item, (a, b, c) in enumerate(items):
        for sample in range(SAMPLES):
            off = int(rng.random() >= ability)
            outputs.append(Output(item=str(item), sample=sample, text=style(a, b, c + off), count=9))
            marks.append(Marked(item=str(item), sample=sample, score=float(not off), parsed=str(a + b + c + off)))
    return details({"answers": outputs}, marks, prompts=[f"{a} + {b} + {c}" for a, b, c in items])


def read_off(after: Style, before: Style = works) -> Mapping[str, Reading]:
    base = model(before, 99)
    return read(Sides(PairedAnswers((base,) * SEEDS, tuple(model(after, seed) for seed in range(SEEDS))))).readings


def moved(readings: Mapping[str, Reading]) -> dict[str, int]:
    """Measure → which way it surely changed."""
    names = ("rep3", "early_answer", "skip_ratio")
    assert all(readings[name].change.status == "ok" for name in names)
    return {name: sign for name in names if (sign := readings[name].change.interval.sign)}


def test_sound_answers_are_not_flagged() -> None:
    assert moved(read_off(works)) == {}
    found = read_off(other_words)
    assert found["early_answer"].value.interval.estimate == found["rep3"].value.interval.estimate == 0
    assert found["early_answer"].value.interval.high > 0  # that none was seen is not that there is none
    assert found["skip_ratio"].value.interval.estimate == pytest.approx(
        len(other_words(150, 150, 150)) / len(works(150, 150, 150)), abs=0.02
    )


def test_answers_that_repeat_are_found() -> None:
    found = read_off(repeats)
    assert found["rep3"].value.interval.low > 0.5
    assert moved(found) == {"rep3": 1, "skip_ratio": 1}


def test_answers_that_are_said_first_are_found() -> None:
    found = read_off(says_first)
    assert found["early_answer"].value.interval.low > 0.9
    assert found["early_answer"].change.interval.estimate == 1
    assert found["skip_ratio"].value.interval.estimate < 1.15
    assert "rep3" not in moved(found)


def test_skipped_steps_are_found_against_a_base_that_works() -> None:
    found = read_off(skips)
    ratio = found["skip_ratio"]
    assert ratio.value.interval.estimate == pytest.approx(len(skips(1, 1, 200)) / len(works(150, 150, 150)), abs=0.02)
    assert ratio.change.interval.high < -0.5
    assert 20 <= ratio.value.items <= ITEMS
    # Nothing is worked out any more, so that nothing is said too early.
    assert found["early_answer"].value.reason.startswith("no item has a right answer that is worked out")


def test_a_base_that_works_nothing_out_has_nothing_to_skip() -> None:
    assert read_off(bare, bare)["skip_ratio"].value.reason == NO_WORK
    assert read_off(works, bare)["skip_ratio"].change.reason == NO_WORK


def test_where_nothing_is_right_or_kept_the_reason_is_told() -> None:
    never, sound = model(works, 0, ability=0.0), model(works, 0)
    wrong = read(Sides(PairedAnswers((never,), (sound,)))).readings
    assert wrong["skip_ratio"].value.reason == "the base has no right answer"
    assert wrong["early_answer"].value.status == wrong["right_length"].value.status == "skipped"
    old = sound.model_copy(update={"more": {}})
    unkept = read(Sides(PairedAnswers((old,), (sound,)))).readings
    assert unkept["skip_ratio"].value.reason == unkept["rep3"].value.reason == "answers were not kept one by one"


def test_two_given_models_have_them_too() -> None:
    before, after = (
        {"sums": DomainScore(items=tuple(np.reshape(one.scores, (ITEMS, SAMPLES)).mean(axis=1)), details=one)}
        for one in (model(works, 0), model(skips, 1))
    )
    found = checkup(before, after, ["prompt", "prompt"])["sums"]
    assert found.difference is not None
    assert found.difference.readings["skip_ratio"].interval.high < -0.5
    assert found.difference.readings["skip_ratio"].status == "ok"
    assert [one.readings["rep3"].status for one in found.profiles] == ["ok", "ok"]
    assert all("skip_ratio" not in one.readings for one in found.profiles)
