"""What a plan says of itself: no more than it knows, and what to do where nothing learns."""

from __future__ import annotations

import pytest

from domains.interval import Interval
from experiments.analysis.sentences.plan_words import identified, learning, order_clause, ordinal, plan_lines
from scheduler.plan import Harm, OwnGain
from tests.support.findings import NAMES, make_plan
from tests.support.report import make_curriculum

PLAN = make_plan(make_curriculum(NAMES[:4], (0, 1, 2)))


def gain(domain="sums", base=0.5, estimate=0.0, p=0.5):
    return OwnGain(
        domain=domain,
        base=base,
        gain=Interval.of(estimate, estimate - 0.05, estimate + 0.05, 3),
        p=p,
        p_adjusted=p,
    )


def changed(**fields):
    return PLAN.model_copy(update=fields)


def told(*gains, mean=0.0, reach=0.05):
    return learning(changed(own_gains=gains, own_gain=Interval.of(mean, mean - reach, mean + reach, 3)))


@pytest.mark.parametrize(("base", "advice"), [(0.05, "too hard"), (0.5, "try more steps"), (0.95, "nearly mastered")])
def test_the_advice_goes_by_the_base_score(base, advice):
    first, line = told(gain(base=base))
    assert "nothing learns here, so the order is moot" in first
    assert f"from {base:.3f}" in line
    assert advice in line


def test_gains_that_are_not_sure_are_not_said_to_be_none():
    first, line = told(gain(estimate=0.08, p=0.2), mean=0.03)
    assert "It is not sure that anything learns here: own stages gain +0.030 on average (−0.020 to +0.080)" in first
    assert "more seeds or items would tell" in line


def test_all_together_may_learn_for_sure_where_none_does_by_itself():
    first, *_ = told(gain(estimate=0.08, p=0.2), gain("sort", estimate=0.08, p=0.2), mean=0.08)
    assert first.startswith("No sure own gain for sums and sort; own stages gain +0.080 on average")


def test_domains_that_learn_are_not_named():
    first, *rest = told(gain("sums"), gain("sort", estimate=0.1, p=0.001))
    assert "No sure own gain for sums;" in first
    assert len(rest) == 1
    assert told(gain("sort", estimate=0.1, p=0.001)) == ()


def test_a_score_that_falls_is_no_gain():
    assert told(gain(estimate=-0.1, p=0.001))


def test_without_a_sure_precedence_the_surest_is_told_with_its_interval():
    none = tuple(one.model_copy(update={"identified": False, "p_adjusted": 0.2}) for one in PLAN.precedences)
    text = identified(changed(precedences=none))
    assert text.startswith(
        "None of 6 precedences is identified at this budget; the surest is sums before sort (+0.031, +0.011"
    )
    assert "p = 0.2" in text


def test_one_seed_says_why_nothing_is_identified():
    alone = Interval.of(0.03, 0.02, 0.04, 1)
    none = tuple(one.model_copy(update={"identified": False, "gain": alone}) for one in PLAN.precedences)
    assert "one seed cannot tell effects from chance" in identified(changed(precedences=none))


def test_an_order_that_breaks_an_identified_precedence_says_so():
    lines = plan_lines(changed(order=PLAN.order[::-1], how="reverse"))
    assert "The order does not keep sums before sort (+0.031)." in lines
    assert not any("does not keep" in line for line in plan_lines(PLAN))


def test_what_is_left_out_and_what_may_harm_is_told_with_its_evidence():
    sure, maybe = (
        Harm(domain=name, gain=Interval.of(0.03, low, 0.05, 3), p=p, p_adjusted=p, left_out=low > 0)
        for name, low, p in (("sums", 0.01, 0.0001), ("sort", -0.01, 0.3))
    )
    text = "\n".join(plan_lines(changed(order=PLAN.order[1:], left_out=("sums",), precedences=(), harms=(sure, maybe))))
    assert "Left out: sums (+0.030, +0.010 to +0.050; p < 0.001)" in text
    assert "Trained, although it may harm: sort (leaving it out +0.030, −0.010 to +0.050; p = 0.3)" in text


def test_a_single_domain_has_nothing_to_say_of_orders():
    lines = plan_lines(changed(order=("sums",), precedences=(), worth=None, runner_up=None))
    assert not any("precedence" in line or "Expected" in line or "Runner-up" in line for line in lines)


def test_what_the_contrast_rests_on_is_said():
    text = "\n".join(plan_lines(PLAN))
    assert "Against the mean of all orders +0.050 (+0.010 to +0.090), against the reverse +0.100" in text
    assert "chosen and judged on different seeds and items" in text
    assert "by the transfer model" in "\n".join(plan_lines(changed(probing_stop="stable")))
    one = PLAN.worth.model_copy(update={"over_mean": Interval.of(0.05, 0.01, 0.09, 1)})
    assert "different items of the one seed" in "\n".join(plan_lines(changed(worth=one)))


def test_ordinals():
    assert [ordinal(place) for place in (1, 2, 3, 4, 11, 12, 21, 24, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "24th", "111th",
    ]  # fmt: skip


def test_a_stage_that_taught_nothing_is_told_why_and_what_to_do():
    still = gain().model_copy(update={"nothing": "no group had variance (all wrong 97 %, all right 3 %)"})
    first, line = told(still, gain("sort", estimate=0.1, p=0.001), mean=0.1)
    assert "own stages gain +0.100 on average over the 1 that learnt from theirs (" in first
    assert line == (
        "  sums: taught nothing: no group had variance (all wrong 97 %, all right 3 %); "
        "try SFT first, easier items or more rollouts"
    )


def test_where_nothing_taught_anything_the_order_is_moot():
    still = gain().model_copy(update={"nothing": "its weights did not move"})
    plan = changed(own_gains=(still,), own_gain=Interval.unknown("no stage taught anything"))
    assert learning(plan)[0] == "No domain's own stage taught anything, so the order is moot."
    assert "the order is moot" in order_clause(plan)
