"""What is said of domains that were probed together: claims name the group, members are not called measured."""

from __future__ import annotations

from domains.interval import Interval
from experiments.analysis.sentences.group_words import group_lines, labels, probes_for, unraised
from experiments.analysis.sentences.mixing_words import GROUPED, mixing_lines
from experiments.analysis.sentences.plan_words import broken, learning, order_clause, plan_lines
from tests.experiments.analysis.sentences.test_plan_words import PLAN, changed, gain

GROUPS = {"letters": ("sort", "spell")}


def member(estimate=-0.02):
    return gain("sort", estimate=estimate).model_copy(update={"group": "letters"})


def test_how_many_probes_stand_for_how_many_domains():
    assert probes_for(("sums", "sort", "spell"), GROUPS) == "2 probes for 3 domains (letters: sort, spell)"
    assert probes_for(("sums", "sort"), {}) == ""
    assert labels(("sums", "sort"), GROUPS) == ("sums", "sort (letters)")


def test_a_plan_says_what_grouped_probes_did_not_measure():
    assert group_lines(PLAN) == ()
    text = "\n".join(plan_lines(changed(groups=GROUPS)))
    assert "3 probes for 4 domains (letters: sort, spell)." in text
    assert "measures none of them: claims are of the group" in text


def test_a_member_that_does_not_learn_is_told_to_be_probed_by_itself():
    plan = changed(groups=GROUPS, own_gains=(member(),), own_gain=Interval.of(-0.02, -0.05, 0.01, 3))
    first, line = learning(plan)
    assert "probes gain −0.020" in first and "own stages" not in first
    assert line.startswith("  sort (letters): −0.020")
    assert line.endswith("by a part of the probe of letters; one of its own would tell")


def test_the_verdict_does_not_speak_of_stages_that_were_not_trained():
    raised = gain("sums", estimate=0.2, p=0.001)
    assert unraised((raised, member(), gain("gcd", estimate=-0.1))) == (
        "own stages do not raise gcd, and the probe of letters does not raise sort"
    )
    assert "the probe of letters does not raise sort" in order_clause(changed(own_gains=(raised, member())))


def test_a_groups_precedence_is_kept_where_all_of_it_is():
    sure = PLAN.precedences[0].model_copy(update={"first": "letters", "second": "sums", "identified": True})
    kept = changed(groups=GROUPS, order=("sort", "spell", "sums", "stories"), precedences=(sure,))
    torn = changed(groups=GROUPS, order=("sort", "sums", "spell", "stories"), precedences=(sure,))
    assert broken(kept) == ""
    assert "letters before sums" in broken(torn)


def test_the_advice_says_what_it_takes_for_granted():
    assert GROUPED not in mixing_lines(PLAN)
    found = mixing_lines(changed(groups=GROUPS))
    assert not found or GROUPED in found
