"""The schedule against joint training that costs as much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.analysis.assembly import build_report
from experiments.analysis.intervals.equal_cost import equal_cost, joint_budgets
from experiments.analysis.rows.costs import cost_report
from experiments.analysis.scores import RunScores
from experiments.analysis.sentences.equal_words import equal_lines
from scheduler.composing.joint import budget, joint
from tests.support.report import make_inputs


@pytest.fixture(scope="module")
def inputs():
    """A run whose joint training was trained once and, with the probes' budget, at twice the schedule's."""
    return make_inputs()


def with_tokens(inputs, arm, tokens):
    """The same with another number of tokens spent on an arm's last stage."""
    records = dict(inputs.records)
    for seed in inputs.curriculum.seeds:
        for node in inputs.chains[arm, seed][1:]:
            cost = records[node].cost.model_copy(update={"tokens": tokens // len(inputs.chains[arm, seed][1:])})
            records[node] = records[node].model_copy(update={"cost": cost})
    return replace(inputs, records=records)


def slowed(inputs, arm, factor, work=1):
    """The same with the arm's last stage so many times as long with the first seed, of `work` times as many tokens; all
    other stages took a second for 1000."""
    once = {
        node: record.cost.model_copy(update={"train_seconds": 1.0, "tokens": 1000})
        for node, record in inputs.records.items()
    }
    node = inputs.chains[arm, inputs.curriculum.seeds[0]][-1]
    once[node] = once[node].model_copy(update={"train_seconds": factor, "tokens": 1000 * work})
    records = {node: record.model_copy(update={"cost": once[node]}) for node, record in inputs.records.items()}
    return replace(inputs, records=records)


def total(inputs, arm):
    scores = RunScores(inputs)
    blocks = scores.by_seed(arm).values()
    return sum(sum(w * b[n].mean() for n, w in scores.weights.items()) for b in blocks) / len(blocks)


def test_plain_joint_training_at_any_budget_is_one_family(inputs):
    assert joint_budgets(RunScores(inputs)) == {"joint": 1, "joint-probes": 2}


def test_at_the_cost_of_a_joint_arm_the_difference_is_to_that_arm(inputs):
    main = inputs.main
    spent = cost_report(inputs).arms["joint-probes"].stages.tokens
    given = with_tokens(inputs, main, round(spent))
    found = equal_cost(RunScores(given), main, cost_report(given), "tokens")
    assert found.difference.value == pytest.approx(total(given, main) - total(given, "joint-probes"), abs=1e-3)
    assert found.ratio == pytest.approx(spent / cost_report(inputs).arms["joint"].stages.tokens, rel=1e-3)


def test_half_way_between_two_budgets_the_difference_is_to_their_mean(inputs):
    costs = cost_report(inputs).arms
    half = (costs["joint"].stages.tokens + costs["joint-probes"].stages.tokens) / 2
    given = with_tokens(inputs, inputs.main, round(half))
    found = equal_cost(RunScores(given), inputs.main, cost_report(given), "tokens")
    middle = (total(given, "joint") + total(given, "joint-probes")) / 2
    assert found.between == ("joint", "joint-probes")
    assert found.difference.value == pytest.approx(total(given, inputs.main) - middle, abs=1e-3)
    assert found.difference.ends[0] < found.difference.value < found.difference.ends[1]


def test_beyond_all_budgets_nothing_is_said(inputs):
    given = with_tokens(inputs, inputs.main, 10**9)
    found = equal_cost(RunScores(given), inputs.main, cost_report(given), "tokens")
    assert found.difference.estimate is None
    assert "of the schedule's cost only" in found.difference.missing
    report = build_report(given)
    lines = equal_lines(report.main, report.at_equal_tokens, report.at_equal_train_seconds)
    assert any("not known" in line for line in lines)


def test_one_budget_tells_nothing():
    inputs = make_inputs()
    kept = tuple(arm for arm in inputs.schedules if arm.name != "joint-probes")
    inputs = replace(inputs, schedules=kept)
    found = equal_cost(RunScores(inputs), inputs.main, cost_report(inputs), "tokens")
    assert found.difference.missing == "joint training was not trained at two budgets"


def test_other_shares_are_no_budget_of_plain_joint_training(inputs):
    like = next(arm for arm in inputs.schedules if arm.name == inputs.main)
    other = joint(inputs.curriculum, like, "other", "", total=budget(like), lengths={"sums": 0.25})
    changed = replace(inputs, schedules=(*inputs.schedules, other))
    assert "other" not in joint_budgets(RunScores(changed))


def lines_of(inputs):
    report = build_report(inputs)
    return equal_lines(report.main, report.at_equal_tokens, report.at_equal_train_seconds)


def test_seconds_that_differ_between_seeds_are_said_to_be_of_other_work_too(inputs):
    given = slowed(inputs, "joint", 6.0)
    found = build_report(given)
    assert found.at_equal_train_seconds.spread == pytest.approx(6.0)
    assert found.at_equal_tokens.spread is None
    assert lines_of(given)[-1].startswith("A token took one of these arms 6.0 times as long with one seed as with an")


@pytest.mark.parametrize(("factor", "work"), [(1.2, 1), (6.0, 6)])
def test_a_seed_that_took_longer_for_more_work_is_no_sign_of_other_work(inputs, factor, work):
    assert len(lines_of(slowed(inputs, "joint", factor, work))) == 2


def test_one_seed_has_no_spread():
    inputs = make_inputs()
    inputs = replace(inputs, curriculum=inputs.curriculum.model_copy(update={"seeds": inputs.curriculum.seeds[:1]}))
    assert equal_cost(RunScores(inputs), inputs.main, cost_report(inputs), "train_seconds").spread is None
