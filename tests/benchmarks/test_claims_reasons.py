"""Claims on reasoning, depth of access and the way of a stage, on runs whose truth is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.claims import worked as worked_module
from benchmarks.claims.depths import deeper
from benchmarks.claims.model import compared
from benchmarks.claims.probes import depth, probes
from benchmarks.claims.reasons import performative, reasoning_gain
from benchmarks.claims.rows import claims, specialised
from benchmarks.claims.ways import crossed, gain, sweet_spots, under
from benchmarks.claims.worked import rows as worked
from curricula.schema import Lora, PretrainedModel
from experiments.analysis.scores import RunScores
from experiments.nodes.course import Course, Point, PointScores
from experiments.nodes.guarded import Guarded
from experiments.nodes.inquired import Reasoned
from tests.support.claims import FIRST, SECOND, planted, row
from tests.support.cliffs import Truth
from tests.support.findings import generator

pytestmark = pytest.mark.slow

LEARNT = {(FIRST, FIRST): Truth(ability=0.85)}
INQUIRED = 60


def imitated(scores: RunScores) -> RunScores:
    """All probes are by SFT."""
    arms = tuple(
        arm.model_copy(
            update={
                "stages": tuple(
                    one.model_copy(update={"training": one.training.model_copy(update={"method": "sft"})})
                    for one in arm.stages
                )
            }
        )
        for arm in scores.inputs.schedules
    )
    return RunScores(replace(scores.inputs, schedules=arms))


def reasoned(seed: str, gain: float, rests: float) -> Reasoned:
    """`gain`: how much likelier reasoning makes an answer and how much oftener right; `rests`: share of answers that
    change with a mistake in it."""
    rng = generator("reasoned", seed)
    right = rng.random(INQUIRED) < 0.2 + gain
    at_once = rng.random(INQUIRED) < 0.2
    changed = rng.random(INQUIRED) < rests
    ones, row_ = (1.0,) * INQUIRED, lambda values: tuple(np.asarray(values, float).tolist())
    return Reasoned(
        steps=(2,) * INQUIRED,
        score={"whole": row_(right), "at_once": row_(at_once), "filler": row_(at_once)},
        same={"whole": ones, "at_once": row_(rng.random(INQUIRED) < 0.4), "mistaken": row_(~changed), "resumed": ones},
        early=row_(np.where(changed, 0.6, 0.1)),
        nats_at_once=row_(rng.normal(1.0, 0.1, INQUIRED)),
        nats_whole=row_(rng.normal(1.0 - gain, 0.1, INQUIRED)),
    )


def with_reasoning(scores: RunScores, arm: str, gain: float, rests: float) -> RunScores:
    """Answers on the first domain reason; with .5 of gain and .6 of rest in the base model."""
    ends = {nodes[-1] for (name, _), nodes in scores.inputs.readings.items() if name == arm}
    records = {}
    for node, record in scores.inputs.records.items():
        truth = (gain, rests) if node in ends else (0.5, 0.6)
        test = record.scores["test"]
        kept = test[FIRST].details.model_copy(update={"reasoned": reasoned(node, *truth)})
        changed = {**test, FIRST: test[FIRST].model_copy(update={"details": kept})}
        records[node] = record.model_copy(update={"scores": {**record.scores, "test": changed}})
    return RunScores(replace(scores.inputs, records=records))


def on_the_way(
    scores: RunScores, arm: str, score: Callable[[float], float], loss: Callable[[float], float]
) -> RunScores:
    """The arm's stage was measured at six points: score of its own domain, nats that another one's references lost."""
    records, domain = dict(scores.inputs.records), next(one.domain for one in probes(scores) if one.arm == arm)
    for (name, _), nodes in scores.inputs.readings.items():
        if name == arm:
            rng = generator("way", nodes[-1])
            points = tuple(
                Point(
                    step=step,
                    domains={
                        domain: PointScores(
                            scores=tuple(np.clip(rng.normal(score(step / 5), 0.05, 32), 0, 1).tolist())
                        ),
                        "other": PointScores(
                            scores=(0.5,) * 32, nats=tuple(rng.normal(5 + loss(step / 5), 0.05, 32).tolist())
                        ),
                    },
                )
                for step in range(6)
            )
            course = Course(points=points, trained={domain: 1.0}, sizes={"other": 32 * 5}, most=0.1, kept=5)
            guarded = Guarded(course=course, planned=5, done=5)
            records[nodes[-1]] = records[nodes[-1]].model_copy(update={"guarded": guarded})
    return RunScores(replace(scores.inputs, records=records))


def at_depth(scores: RunScores, *, whole: bool) -> RunScores:
    model = PretrainedModel(type="pretrained", id="x", lora=None if whole else Lora())
    curriculum = scores.inputs.curriculum.model_copy(update={"model": model})
    return RunScores(replace(scores.inputs, curriculum=curriculum))


@pytest.mark.parametrize(("gain", "outcome"), [(0.1, "shown"), (0.5, "not shown"), (0.8, "not shown")])
def test_sft_that_gains_accuracy_loses_reasoning_gain_only_where_it_does(gain, outcome):
    scores = with_reasoning(imitated(planted(LEARNT)), "probe-sums", gain, 0.6)
    found = reasoning_gain([scores])
    assert found.outcome == outcome, found.why
    finding = {0.1: "as expected", 0.5: "undecided", 0.8: "contrary"}[gain]
    assert row(found, "on sums: information gain").finding == finding
    # Without the gain of accuracy it is another claim.
    idle = with_reasoning(imitated(planted({})), "probe-sums", gain, 0.6)
    assert reasoning_gain([idle]).outcome == "not shown"


def test_reasoning_that_no_answer_rests_on_any_more_is_performative():
    found = performative([with_reasoning(planted({}), "probe-sums", 0.5, 0.05)])
    assert found.outcome == "shown", found.why
    assert row(found, "on sums: mistakes followed").change.value == pytest.approx(-0.55, abs=0.08)
    assert performative([with_reasoning(planted({}), "probe-sums", 0.5, 0.6)]).outcome == "not shown"
    # Where reasoning gains nothing, faithfulness is not asked: the gate of the report.
    gone = performative([with_reasoning(planted({}), "probe-sums", 0.0, 0.05)])
    assert gone.outcome == "not testable"
    assert "reasoning gains nothing that is sure" in gone.why


def test_depth_takes_two_runs_of_different_depth():
    shallow = at_depth(planted({}), whole=False)
    assert (depth(shallow.inputs.curriculum)[1], deeper(shallow, None).outcome) == ("LoRA", "not testable")
    assert deeper(shallow, shallow).why == "--deeper trains LoRA, which is no deeper than LoRA"
    damaged = at_depth(planted({(FIRST, SECOND): Truth(ability=0.2)}), whole=True)
    found = deeper(shallow, damaged)
    assert found.outcome == "shown", found.why
    assert row(found, "sums by grpo on sort: score").change.value == pytest.approx(-0.4, abs=0.05)
    assert "not surely unequal" in found.why
    assert deeper(at_depth(planted({}), whole=False), at_depth(planted({}), whole=True)).outcome == "not shown"
    # More gained on the domain itself is not more depth alone.
    unequal = deeper(shallow, at_depth(planted({**LEARNT, (FIRST, SECOND): Truth(ability=0.2)}), whole=True))
    assert "their own gains surely differ" in unequal.why


def test_a_sweet_spot_is_a_gain_on_the_way_that_the_end_costs():
    def fast(done: float) -> float:
        return 0.3 + 0.4 * min(1.0, 2 * done)

    late = on_the_way(planted({}), "probe-sums", fast, lambda done: 3 * max(0.0, done - 0.5))
    level = on_the_way(planted({}), "probe-sums", fast, lambda done: 0.0)
    found = sweet_spots([late])
    assert row(found, "gain at the best step").finding == "as expected"
    assert row(found, "loss at the end beyond").finding == "as expected"
    assert row(found, "loss at the end beyond").change.value == pytest.approx(1.5 / np.log(2) / 5 - 0.1, abs=0.02)
    # One technique is not each.
    assert found.outcome == "not shown" and "1 of 1 stages" in found.why
    assert sweet_spots([at_depth(late, whole=False), at_depth(late, whole=True)]).outcome == "shown"
    none = sweet_spots([at_depth(late, whole=False), at_depth(level, whole=True)])
    assert none.outcome == "not shown"
    assert "grpo, LoRA: 1 of 1 stages, grpo, all weights: 0 of 1 stages" in none.why
    assert sweet_spots([planted({})]).outcome == "not testable"


def test_the_best_of_equal_points_is_no_gain():
    """Chosen by the items that it is read off on, the best of six points of noise would lie above the start."""
    sure, found = 0, []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        change = crossed([_noise(rng) for _ in range(5)], gain)
        compare = compared("x", 1, change)
        sure += compare.p < 0.05
        found.append(compare.change.value)
    assert sure <= 10
    assert np.mean(found) == pytest.approx(0, abs=3 * np.std(found) / 10)


def _noise(rng: np.random.Generator) -> Course:
    points = tuple(
        Point(step=step, domains={"own": PointScores(scores=tuple(rng.normal(0.5, 0.05, 32).tolist()))})
        for step in range(6)
    )
    return Course(points=points, trained={"own": 1.0}, most=0.1, kept=5)


def test_too_few_steps_are_under_specialised():
    slow = on_the_way(planted({}), "probe-sums", lambda done: 0.3 + 0.5 * done, lambda _: 0.0)
    (found,) = under(slow)
    assert found.change.value == pytest.approx(0.1 - 0.9 * 0.5, abs=0.05)
    assert "under-specialisation: 1 of 1 stages surely, at their first point" in specialised(slow).why
    assert "under-specialisation: no stage was measured on its way" in specialised(planted({})).why


def test_two_runs_give_ten_claims_and_two_seeds_none():
    both = [at_depth(planted({}), whole=whole) for whole in (False, True)]
    assert len(claims(*both)) == 10
    few = on_the_way(
        with_reasoning(imitated(planted(LEARNT, seeds=(0, 1))), "probe-sums", 0.1, 0.1),
        "probe-sums",
        lambda done: done,
        lambda done: 3 * done,
    )
    assert {one.outcome for one in claims(at_depth(few, whole=False), at_depth(few, whole=True))} == {"not testable"}


def test_worked_sums_are_the_file_and_right():
    written = Path(worked_module.__file__).with_name("worked_sums.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in written] == worked()
    assert len({one["question"] for one in worked()}) == len(written)
    for one in worked():
        assert eval(one["question"]) == int(one["number"])
        assert all(eval(step.split(" = ")[0]) == int(step.split(" = ")[1]) for step in one["steps"].splitlines())
