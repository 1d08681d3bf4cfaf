"""What a search needs of its curriculum, each told at its own line."""

from __future__ import annotations

import pytest

from curricula.checks import check
from curricula.loader import load_curriculum
from curricula.problem import dotted
from curricula.search_checks import search_problems, search_seeds
from domains.errors import CurriculumError
from tests.support.curriculum_text import GOOD, changed, write
from tests.support.scheduler import NAMES, make_curriculum

TABLE = [
    ("leave_out: [tale]", "search.leave_out[0]: no domain of this name is defined, got 'tale'. Did you mean 'tales'?"),
    (
        "methods: {poems: [sft]}",
        "search.methods.poems: no domain of this name is defined, got 'poems'. Defined are: sums, tales.",
    ),
    ("methods: {sums: []}", "search: methods: sums needs one or more distinct methods"),
    ("methods: {sums: [sft, sft]}", "search: methods: sums needs one or more distinct methods"),
    (
        "leave_out: [sums, tales]",
        "search.leave_out: may leave out every domain, so nothing would be trained, got ['sums', 'tales'].",
    ),
    (
        "fresh_seeds: [7, 1]",
        "search.fresh_seeds[1]: the final comparison needs seeds that nothing was chosen by, and this one is in "
        "`seeds`, got 1. Choose another.",
    ),
    (
        "seeds: [101]",
        "search: the final comparison needs seeds that nothing was chosen by",
    ),
    (
        "repeats: [1, 11]\n  opening: [0]\n  refresh: [0]",
        "search.repeats: 22 stages need a step each, and the budget leaves 20 of 20 steps for them, got 11. "
        "Lower search.repeats, search.opening or search.refresh, or raise training.steps.",
    ),
    (
        "refresh: [0, 0.9]\n  opening: [0]\n  repeats: [1, 2]",
        "search.repeats: 4 stages need a step each, and the budget leaves 2 of 20 steps for them, got 2.",
    ),
    (
        "opening: [0, 0.9]\n  refresh: [0.2]",
        "search.opening: 2 stages need a step each, and the budget leaves 0 of 20 steps for them, got 0.9.",
    ),
    (
        "repair: [0, 0.9]\n  opening: [0]\n  refresh: [0.1]",
        "search.repair: 2 stages need a step each, and the budget leaves 0 of 20 steps for them, got 0.9. "
        "Lower search.repeats, search.opening, search.refresh or search.repair, or raise training.steps.",
    ),
    ("repair: [0, 1]", "search.repair: must be at least 0 and at most 0.9"),
    ("drop: [0.95]", "search.drop: must be at least 0 and at most 0.9"),
    ("drop: [0, 0]", "search.drop: values must be distinct"),
    (
        "repair: [0.9]\n  compositions: [joint]\nstages: {sums: {steps: 1}, tales: {steps: 1}}",
        "search.repair: joint training of 2 domains needs as many steps, and the budget leaves 0 of 2 for it, got 0.9.",
    ),
    (
        # A search over joint training follows whatever is searched.
        "repair: [0.9]\n  compositions: [adaptive]\nstages: {sums: {steps: 5}, tales: {steps: 5}}",
        "search.repair: joint training of 2 domains needs as many steps, and the budget leaves 1 of 10 for it, "
        "got 0.9. Lower search.repair, or raise training.steps.",
    ),
    (
        "compositions: [adaptive]\nstages: {sums: {method: sft}}",
        "search.compositions: a round of adaptive mixing trains all domains by one method, each with its least share, "
        "got 'adaptive'. Name others too.",
    ),
    (
        "rate: [per_stage, whole]\nstages: {sums: {guards: {kl: {budget: 0.1}}}}",
        "search.rate[1]: stages.sums.guards.kl cannot end a stage on `schedule.rate: whole`",
    ),
]


@pytest.mark.parametrize(("search", "line"), TABLE, ids=[search.partition(":")[0] for search, _ in TABLE])
def test_one_clear_line(tmp_path, search, line):
    text = changed("seeds: [0, 1]", f"seeds: [0, 1]\nsearch:\n  {search}")
    with pytest.raises(CurriculumError) as refused:
        load_curriculum(write(tmp_path, text))
    shown = str(refused.value).removeprefix(f"{tmp_path}/c.yaml:").partition(": ")[2]
    assert shown.startswith(line) or line.removeprefix("search: ") in shown


def test_orders_of_any_number_of_domains_can_be_searched():
    assert not search_problems(make_curriculum([f"d{at}" for at in range(40)]))


def test_a_search_has_three_seeds_unless_it_names_its_own():
    assert search_seeds(make_curriculum(NAMES[:3], seeds=[4])) == (4, 5, 6)
    assert search_seeds(make_curriculum(NAMES[:3], seeds=[4, 2], search={"fresh_seeds": [5, 6]})) == (4, 2, 7)
    assert search_seeds(make_curriculum(NAMES[:3], seeds=[4, 2, 0, 1])) == (4, 2, 0, 1)
    assert search_seeds(make_curriculum(NAMES[:3], search={"seeds": [9]})) == (9,)


def test_explicit_stages_may_be_searched_and_have_no_plan_to_keep():
    schedule = {"composition": "explicit", "stages": [{"mixture": {"sums": 1}}]}
    assert search_problems(make_curriculum(NAMES[:3], schedule=schedule)) == []
    (problem,) = search_problems(make_curriculum(NAMES[:3], schedule=schedule, search={"order": "plan"}))
    assert dotted(problem.keys) == "search.order"
    # What the stages do not train is no part of the search.
    (problem,) = search_problems(make_curriculum(NAMES[:3], schedule=schedule, search={"leave_out": ["sort"]}))
    assert "left out by `schedule` already" in problem.rule


def test_a_domain_that_the_schedule_leaves_out_cannot_be_left_out_again():
    (problem,) = search_problems(
        make_curriculum(NAMES[:3], schedule={"leave_out": ["sort"]}, search={"leave_out": ["sort"]})
    )
    assert dotted(problem.keys) == "search.leave_out[0]"


def test_what_is_never_searched_need_not_be_fit_for_it(tmp_path):
    assert not check(make_curriculum(NAMES[:7], training={"steps": 1}))
    assert check(make_curriculum(NAMES[:7], training={"steps": 1}, search={"lr_scale": [1, 2]}))
    assert load_curriculum(write(tmp_path, GOOD.replace("seeds: [0, 1]", "seeds: [0, 101]"))).seeds == (0, 101)
