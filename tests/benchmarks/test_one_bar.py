"""One bar for the advice and both habits."""

from __future__ import annotations

import pytest

from benchmarks.one_bar import against_bar
from benchmarks.regimes import JUDGED, judged_instance, summary
from scheduler.planning.stage_or_mix import unmeasured_advice

TAIL = "joint, then a"
SCORES = {"sequential": 0.50, "cumulative": 0.58, "joint": 0.54, TAIL: 0.56}


def told(advice: str, **scores: float) -> dict[str, float]:
    found = unmeasured_advice(TAIL).model_copy(update={"advice": advice})
    return against_bar(found, SCORES | scores, 0.005)


@pytest.mark.parametrize(("advice", "lost"), [("stage", 0.0), ("mix", 0.02), ("either", 0.02)])
def test_all_three_are_held_against_the_best_of_what_is_named_and_both_habits(advice, lost):
    found = told(advice)
    assert found["lost"] == pytest.approx(lost)
    assert found["right"] == float(advice == "stage")
    assert (found["mixing_right"], found["staging_right"]) == (0, 0)
    assert [found["lost_by_mixing"], found["lost_by_staging"], found["beyond"]] == pytest.approx([0.02, 0.06, 0.02])


def test_what_is_within_the_tie_is_right():
    found = told("mix", sequential=0.557, joint=0.556)
    assert (found["right"], found["mixing_right"], found["staging_right"]) == (1, 1, 1)


@pytest.mark.slow
def test_an_instance_is_the_same_whatever_ran_before_and_is_counted_by_how_probable_it_was_called():
    name = list(JUDGED)[-1]
    rows = [judged_instance(name, at, probe=True) for at in (100, 101)]
    assert rows[1] == judged_instance(name, 101, probe=True)
    found = summary({name: rows})
    assert found["all"]["right"] == found[name]["right"]
    assert found["all"]["lost"][0] == pytest.approx(sum(row["lost"] for row in rows) / 2, abs=1e-4)
