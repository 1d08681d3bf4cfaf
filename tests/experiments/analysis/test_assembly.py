"""The report's numbers, its contract, and that it is the same however the run came to its end."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from domains.interval import Interval
from experiments.analysis.assembly import ReportInputs, build_report
from experiments.analysis.report import Report
from experiments.analysis.report_parts import TOTAL
from experiments.analysis.scores import random_arms
from experiments.nodes.record import Failure
from scheduler.composing.joint import is_plain_joint
from tests.support.properties import examples
from tests.support.report import cast, interrupted, items_of, make_inputs, whole_report, with_failure

CONTRACT = {
    "curriculum",
    "domains",
    "transfer",
    "plan",
    "scores",
    "comparisons",
    "cost",
    "environment",
    "missing",
    "matrix",
}


@pytest.fixture(scope="module")
def inputs() -> ReportInputs:
    return make_inputs()


@pytest.fixture(scope="module")
def report() -> Report:
    return whole_report()


def total_of(inputs, arm, seed):
    specs = inputs.curriculum.domains
    weights = np.array([spec.weight for spec in specs.values()])
    means = [items_of(inputs, arm, seed, name).mean() for name in specs]
    return float(weights @ means / weights.sum())


def test_report_json_has_the_contract_s_fields(report):
    data = json.loads(report.model_dump_json())
    assert data.keys() >= CONTRACT
    names = list(data["curriculum"]["domains"])
    assert all({"kind", "entropy"} <= domain.keys() for domain in data["domains"].values())
    assert [len(row) for row in data["transfer"]["effects"]] == [len(names)] * len(names)
    assert data["plan"].keys() >= {"order", "predicted", "margin", "runner_up", "win_rate", "audit"}
    for arm in data["scores"].values():
        assert list(arm) == [*names, "total"]
        assert all(score.keys() == {"estimate", "low", "high", "n", "missing", "per_seed"} for score in arm.values())
    assert {"arm", "baseline", "primary", "absolute", "relative", "verdict"} <= data["comparisons"][0].keys()
    cost = {"stage_runs", "stage_runs_unshared", "probe_stage_runs", "train_seconds", "wall_seconds"}
    assert cost <= data["cost"].keys()


def test_report_json_reads_back_to_an_equal_report(report):
    assert Report.model_validate_json(report.model_dump_json()) == report


@pytest.mark.slow
def test_resumed_and_uninterrupted_runs_give_the_same_report_apart_from_times(inputs, report):
    backwards = dict(reversed(list(make_inputs(seconds=3.7).records.items())))
    again = build_report(replace(make_inputs(seconds=3.7), records=backwards))
    assert json.dumps(again.stable()) == json.dumps(report.stable())
    assert again.cost.train_seconds != report.cost.train_seconds


def test_only_environment_and_keys_ending_in_seconds_may_differ(report):
    whole, stable = json.loads(report.model_dump_json()), report.stable()
    assert whole.keys() - stable.keys() == {"environment", "at_equal_train_seconds"}
    assert whole["cost"].keys() - stable["cost"].keys() == {
        "train_seconds",
        "eval_seconds",
        "wall_seconds",
        "elsewhere_seconds",
    }
    assert whole["matrix"][0].keys() - stable["matrix"][0].keys() == {"train_seconds", "eval_seconds"}


def test_totals_are_weighted_means_of_test_items(inputs, report):
    for arm in ("bwt-cumulative", "joint"):
        found = report.scores[arm][TOTAL]
        expected = [total_of(inputs, arm, seed) for seed in inputs.curriculum.seeds]
        assert found.per_seed == pytest.approx(expected)
        assert found.estimate == pytest.approx(np.mean(expected))
        assert found.low < found.estimate < found.high


@pytest.mark.slow
def test_names_of_arms_mean_nothing(inputs, report):
    """The same run with arms that are called anything makes the same report under those names."""
    strange = {arm.name: f"joint-reverse-{index}.random" for index, arm in enumerate(inputs.schedules)}
    renamed = replace(
        inputs,
        schedules=tuple(arm.model_copy(update={"name": strange[arm.name]}) for arm in inputs.schedules),
        main=strange[inputs.main],
        primary=tuple(strange[arm] for arm in inputs.primary),
        chains={(strange[arm], seed): chain for (arm, seed), chain in inputs.chains.items()},
        readings={(strange[arm], seed): chain for (arm, seed), chain in inputs.readings.items()},
    )
    text = build_report(renamed).model_dump_json()
    for own, name in strange.items():
        text = text.replace(name, own)
    assert json.loads(text) == json.loads(report.model_dump_json())


def test_random_is_the_mean_of_the_random_orders(inputs, report):
    expected = [
        np.mean([total_of(inputs, f"random-{k}-sequential", seed) for k in (0, 1)]) for seed in inputs.curriculum.seeds
    ]
    assert report.scores["random"][TOTAL].per_seed == pytest.approx(expected)


def test_a_random_main_arm_is_not_its_own_baseline():
    report = build_report(cast(make_inputs(), random_0_sequential="main", bwt_cumulative="order"))
    alone, average = report.scores["random-1-sequential"], report.scores["random"]
    assert average[TOTAL].per_seed == pytest.approx(alone[TOTAL].per_seed)


def test_nor_is_its_order_in_another_composition():
    inputs = cast(make_inputs(), random_0_sequential="main", bwt_cumulative="order")
    main = next(arm for arm in inputs.schedules if arm.role == "main")
    other = main.model_copy(update={"name": "random-0-cumulative", "role": "composition"})
    inputs = replace(inputs, schedules=(*inputs.schedules, other))
    assert random_arms(inputs) == ("random-1-sequential",)


def test_the_main_arm_meets_every_rival_and_other_compositions_plain_joint_training(report):
    pairs = {(row.arm, row.baseline) for row in report.comparisons}
    rivals = ("joint", "joint-tuned", "joint-probes", "reverse-sequential", "random", "base")
    assert pairs == {*(("bwt-cumulative", other) for other in rivals), ("bwt-sequential", "joint")}


def test_without_plain_joint_training_other_compositions_meet_nothing(inputs):
    """They were compared with the base, which nobody had asked for, and cost the other comparisons power."""
    tuned = tuple(arm for arm in inputs.schedules if arm.name != "joint")
    assert [arm.name for arm in inputs.schedules if is_plain_joint(arm)] == ["joint"]
    pairs = {(row.arm, row.baseline) for row in build_report(replace(inputs, schedules=tuned)).comparisons}
    assert ("bwt-cumulative", "base") in pairs
    assert not [pair for pair in pairs if "bwt-sequential" in pair]


def test_a_cumulative_arm_meets_them_though_its_creative_domains_moved(inputs):
    moved = tuple(
        arm.model_copy(update={"order": (*arm.order[1:], arm.order[0])}) if arm.name == "bwt-cumulative" else arm
        for arm in inputs.schedules
    )
    moved_inputs = cast(replace(inputs, schedules=moved), bwt_sequential="main", bwt_cumulative="composition")
    report = build_report(moved_inputs)
    assert ("bwt-cumulative", "joint") in {(row.arm, row.baseline) for row in report.comparisons}


def test_gains_are_of_the_totals(report):
    row = next(row for row in report.comparisons if (row.arm, row.baseline) == ("bwt-sequential", "joint"))
    ours, theirs = report.scores["bwt-sequential"][TOTAL].estimate, report.scores["joint"][TOTAL].estimate
    assert row.absolute.estimate == pytest.approx(ours - theirs)
    assert row.relative.estimate == pytest.approx(ours / theirs - 1)
    assert row.absolute.low <= row.absolute.estimate <= row.absolute.high


def test_predictions_take_the_shrunk_matrix_at_its_word(inputs, report):
    point = next(point for point in report.predictions if point.arm == "bwt-sequential")
    base, effect = np.array(inputs.transfer.base), np.array(inputs.transfer.shrunk)
    final = base + np.array([effect[j:, j].sum() for j in range(len(base))])
    weights = np.array([report.domains[name].weight for name in inputs.transfer.domains])
    assert point.predicted == pytest.approx(float(weights @ final))
    assert {point.arm for point in report.predictions} == {
        arm.name for arm in inputs.schedules if arm.composition == "sequential"
    }


def test_what_a_prediction_is_held_against_is_the_arm_s_own_score(report):
    for point in report.predictions:
        assert point.test == report.scores[point.arm][TOTAL]
        assert point.validation.low <= point.validation.estimate <= point.validation.high


def test_measured_orders_owe_the_probes_that_are_not_their_own_stages(inputs, report):
    probes, seeds = len(inputs.probes), len(inputs.curriculum.seeds)
    owed = report.cost.arms["bwt-sequential"].probes.stage_runs
    shared = len(set(inputs.chains["bwt-sequential", 0]) & inputs.probes)
    assert owed == probes / seeds - shared
    assert report.cost.arms["random-0-sequential"].probes.stage_runs == 0
    assert report.cost.arms["joint-probes"].stages.steps == 2 * report.cost.arms["joint"].stages.steps


@pytest.mark.slow
def test_an_arm_that_no_seed_finished_costs_nothing_that_is_known(inputs):
    """A row of zeros would say that it was free."""
    unfinished = {inputs.chains["joint", seed][-1] for seed in inputs.curriculum.seeds}
    records = {node: record for node, record in inputs.records.items() if node not in unfinished}
    found = build_report(replace(inputs, records=records)).cost.arms
    assert set(found) == {arm.name for arm in inputs.schedules} - {"joint"}


def test_cost_counts_distinct_stage_runs(inputs, report):
    assert report.cost.stage_runs == inputs.tree.stage_runs == report.cost.stage_runs_done
    assert report.cost.stage_runs_unshared == inputs.tree.unshared > report.cost.stage_runs
    steps = sum(node.stage.training.steps for node in inputs.tree.nodes if node.stage)
    assert report.cost.steps == steps


def test_matrix_has_a_row_for_every_seed_node_split_and_domain(inputs, report):
    assert len(report.matrix) == len(inputs.tree.nodes) * 2 * len(inputs.curriculum.domains)
    row = report.matrix[-1]
    assert row.score == inputs.records[row.node].scores[row.split][row.domain].mean


def test_a_failure_is_named_and_what_it_blocks_is_listed(inputs):
    report = build_report(with_failure(inputs))
    failed = [row for row in report.missing if row.state == "failed"]
    assert [(row.boundary, row.cause) for row in failed] == [("training", "loss is NaN at step 12")]
    assert failed[0].arms == ("bwt-cumulative",)
    assert [row.state for row in report.missing[1:]] == ["blocked"] * 2
    assert report.scores["bwt-cumulative"][TOTAL].per_seed[0] is None
    pair = next(row for row in report.comparisons if row.baseline == "joint")
    assert pair.absolute.n == pair.seeds == 2
    assert "3 nodes are missing, 1 of them failed" in report.verdict


def test_a_record_outranks_an_older_failure(inputs):
    node = inputs.tree.nodes[3].id
    left = Failure(node=node, boundary="worker", cause="killed")
    assert build_report(replace(inputs, failures={node: left})).missing == ()


@pytest.mark.slow
def test_what_is_identified_of_the_order_is_said_plainly(inputs):
    verdict = build_report(inputs).verdict.lower()
    assert "1 of 6 precedences is identified" in verdict
    assert "own stages do not raise sums" in verdict
    none = tuple(one.model_copy(update={"identified": False}) for one in inputs.plan.precedences)
    unsure = replace(inputs, plan=inputs.plan.model_copy(update={"precedences": none}))
    assert "no precedence is identified at this budget" in build_report(unsure).verdict.lower()


@pytest.mark.slow
def test_where_nothing_learns_the_verdict_says_that_order_is_moot(inputs):
    still = tuple(gain.model_copy(update={"p_adjusted": 0.5}) for gain in inputs.plan.own_gains)
    for mean, said in ((-0.01, "nothing learns here, so the order is moot"), (0.01, "not sure that anything learns")):
        fields = {"own_gains": still, "own_gain": Interval.of(mean, mean - 0.1, mean + 0.1, 3)}
        assert said in build_report(replace(inputs, plan=inputs.plan.model_copy(update=fields))).verdict.lower()


@pytest.mark.slow
@examples(12, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_part_of_a_run_makes_a_report_without_nan(data):
    whole = make_inputs(data.draw(st.integers(2, 4)), data.draw(st.sampled_from([(0,), (3, 5)])))
    part = interrupted(whole, data.draw(st.integers(0, len(whole.tree.nodes))))
    report = build_report(part)
    json.dumps(report.model_dump(mode="python", exclude={"curriculum", "domains"}), allow_nan=False, default=dict)
    assert len(report.missing) == len(part.tree.nodes) - len(part.records)
    assert report.verdict.endswith(".")


def test_without_probes_there_is_no_plan_and_nothing_is_owed():
    report = build_report(make_inputs(probes=False))
    assert report.plan is None
    assert report.transfer is None
    assert report.predictions == ()
    assert report.cost.arms["bwt-sequential"].probes.steps == 0


def test_an_order_that_the_user_gave_owes_the_probes_that_left_a_domain_out():
    """`order: given` with `leave_out: auto`: without the first probes nobody would know what it trains."""
    inputs = make_inputs()
    arms = tuple(
        arm.model_copy(update={"ordering": "given", "probes": "first"}) if arm.role == "random" else arm
        for arm in inputs.schedules
    )
    found = build_report(replace(inputs, schedules=arms)).cost.arms
    assert found["random-0-sequential"].probes.stage_runs == len(inputs.curriculum.domains) - 1
