"""What stages did to domains along an arm: backward transfer, forgetting, the cliff."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.analysis.assembly import ReportInputs
from experiments.analysis.intervals.trajectories import cliff, introductions
from experiments.analysis.report import Report
from experiments.analysis.scores import RunScores
from tests.support.report import items_of, make_inputs, whole_report


@pytest.fixture(scope="module")
def inputs() -> ReportInputs:
    return make_inputs()


@pytest.fixture(scope="module")
def report() -> Report:
    return whole_report()


def test_backward_transfer_is_gem_s_and_forgetting_counts_from_the_best(inputs, report):
    arm, order = "bwt-sequential", tuple(inputs.curriculum.domains)
    backward, lost = [], []
    for seed in inputs.curriculum.seeds:
        rows = [[items_of(inputs, arm, seed, name, depth).mean() for name in order] for depth in range(len(order) + 1)]
        scores = np.array(rows)
        backward.append(np.mean([scores[-1, i] - scores[i + 1, i] for i in range(len(order) - 1)]))
        chosen = [
            np.argmax([items_of(inputs, arm, seed, name, depth, "validation").mean() for depth in range(len(order))])
            for name in order[:-1]
        ]
        lost.append(np.mean([scores[at, i] - scores[-1, i] for i, at in enumerate(chosen)]))
    assert report.cliff[arm].backward_transfer.per_seed == pytest.approx(backward)
    assert report.cliff[arm].forgetting.per_seed == pytest.approx(lost)


@pytest.mark.slow
def test_the_best_of_noisy_scores_is_not_taken_for_forgetting():
    """Nothing changes here but noise: what is chosen on validation is unbiased on test."""
    inputs, rng, found = make_inputs(3, (0, 1)), np.random.default_rng(0), []
    for _ in range(60):
        records = {
            node: record.model_copy(
                update={
                    "scores": {
                        split: {
                            name: score.model_copy(update={"items": tuple(rng.random(20).round().tolist())})
                            for name, score in by_domain.items()
                        }
                        for split, by_domain in record.scores.items()
                    }
                }
            )
            for node, record in inputs.records.items()
        }
        scores = RunScores(replace(inputs, records=records))
        found.append(cliff(scores, inputs.schedules[0]).forgetting.estimate)
    # Of four scores with a deviation of 0.11 the largest would lie 0.11 above the last on average.
    assert abs(np.mean(found)) < 0.03


def test_one_stage_has_nothing_to_forget(report):
    found = report.cliff["joint"]
    assert found.backward_transfer == found.forgetting
    assert found.forgetting.missing == "no domain was trained before the last stage"


def test_a_domain_counts_from_the_stage_that_introduces_it(inputs):
    cumulative = next(arm for arm in inputs.schedules if arm.name == "bwt-cumulative")
    assert introductions(cumulative.stages) == {"sums": 1, "sort": 2, "spell": 3}


def test_stage_changes_add_up_to_final_minus_base(report):
    changes = [stage.change["sort"].estimate for stage in report.cliff["bwt-cumulative"].stages]
    gap = report.scores["bwt-cumulative"]["sort"].estimate - report.scores["base"]["sort"].estimate
    assert sum(changes) == pytest.approx(gap)
