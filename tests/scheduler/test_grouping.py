"""Domains that are probed together: what they inherit, what is claimed of them, and that single ones are as before."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.training_override import TrainingOverride
from scheduler.arms import planned_arms
from scheduler.composing.joint import budget
from scheduler.evidence.transfer import UNTOLD, effect, mean_transfer, measure_transfer, shrunk_transfer
from scheduler.grouping import told, units_of, written_before
from scheduler.measurements import Measurements
from scheduler.orderings import MEASURED, ORDERINGS
from scheduler.planning.planner import make_plan, ordering_input
from scheduler.planning.stage_or_mix import _parts, stage_or_mix
from scheduler.prediction.predict import counted
from scheduler.probing.probes import first_probes, groups_of, probe_schedules, unit_probes
from tests.support.properties import examples
from tests.support.scheduler import NAMES, make_curriculum, measure

FOUR = NAMES[:4]
WORDS = {"letters": ("spell", "sort")}


def noisy(seed, size=4, seeds=3):
    rng = np.random.default_rng(seed)
    transfer = rng.normal(0, 0.08, (size, size))
    return measure(rng.uniform(0.3, 0.7, size), transfer, NAMES, seeds=seeds, noise=(0.01, 0.2), rng=seed)


def grouped(m, groups):
    """As if the first member's probe had been the group's."""
    scores = {(group,): m.scores[(members[0],)] for group, members in groups.items()}
    gone = {(name,) for members in groups.values() for name in members}
    kept = {path: blocks for path, blocks in m.scores.items() if path not in gone}
    return Measurements(m.domains, m.weights, {**kept, **scores}, groups=groups)


def with_groups(groups, names=FOUR, **schedule):
    return make_curriculum(names, schedule={"probing": {"groups": groups}, **schedule})


@given(st.integers(0, 10_000), st.sampled_from(sorted(MEASURED)), st.integers(1, 3))
@examples(8)
@pytest.mark.slow
def test_with_groups_of_one_everything_is_as_without_them(seed, order, seeds):
    alone = {f"only-{name}": [name] for name in FOUR}
    plain, named = make_curriculum(FOUR, schedule={"order": order}), with_groups(alone, order=order)
    assert groups_of(named) == {}
    assert first_probes(named) == first_probes(plain)
    m = noisy(seed, seeds=seeds)
    empty = Measurements(m.domains, m.weights, m.scores, groups=groups_of(named))
    delta = {name: 0.1 * at - 0.15 for at, name in enumerate(FOUR)}
    assert make_plan(empty, named, delta, resamples=40) == make_plan(m, plain, delta, resamples=40)
    assert stage_or_mix(empty, named, FOUR) == stage_or_mix(m, plain, FOUR)
    assert measure_transfer(empty) == measure_transfer(m)


@given(st.data())
@examples(30)
def test_there_are_as_many_probes_as_groups_and_domains_in_none(data):
    names = data.draw(st.permutations(NAMES))
    cuts = sorted(data.draw(st.sets(st.integers(1, 7), min_size=1, max_size=6)))
    parts = [names[start:end] for start, end in zip([0, *cuts], [*cuts, 8], strict=True)]
    groups = {f"group-{at}": part for at, part in enumerate(parts) if len(part) > 1 or data.draw(st.booleans())}
    curriculum = with_groups(groups, NAMES)
    probes = probe_schedules(curriculum)
    assert len(probes) == len(parts)
    assert sorted(name for probe in probes for name in probe.stages[0].mixture) == sorted(NAMES)
    single = budget(probe_schedules(make_curriculum(NAMES))[0])
    assert {budget(probe) for probe in probes} == {single}
    for probe in probes:
        assert len(set(probe.stages[0].mixture.values())) == 1


def test_a_groups_probe_is_as_long_as_its_members_own_on_average():
    curriculum = make_curriculum(
        FOUR,
        schedule={"probing": {"groups": {"letters": ["spell", "sort"]}}},
        stages={"spell": {"steps": 30}, "sort": {"steps": 10, "prompts": 8}},
    )
    probe = unit_probes(curriculum)["letters"]
    (stage,) = probe.stages
    assert stage.mixture == {"spell": 0.5, "sort": 0.5}
    assert budget(probe) == (30 * 4 * 4 + 10 * 8 * 4) / 2


@pytest.mark.parametrize(("groups", "whose"), [({}, "its own probe"), (WORDS, "its own probe, or its group's,")])
def test_joint_weighted_says_by_whose_probes_its_shares_are(groups, whose):
    curriculum, m = with_groups(groups), grouped(noisy(1), groups)
    plan = make_plan(m, curriculum, {}, resamples=40)
    arms = {arm.name: arm for arm in planned_arms(curriculum, plan, ordering_input(m, curriculum, {}))}
    assert arms["joint-weighted"].origin == f"All domains mixed, each in proportion to what {whose} did to the total."


def test_members_inherit_what_their_group_did_outside_and_leave_each_other_alone():
    m = grouped(noisy(1), WORDS)
    at = {name: FOUR.index(name) for name in FOUR}
    found = mean_transfer(m)
    group = m.mean(("letters",)) - m.mean(())
    for member, other in (("spell", "sort"), ("sort", "spell")):
        assert found[at[member], at[other]] == 0.0
        for name in ("sums", "stories", member):
            assert found[at[member], at[name]] == group[at[name]]
    assert not effect(m, "sort", at["spell"]).any()
    assert told(FOUR, WORDS).sum() == 16 - 2


def test_the_matrix_says_whose_row_a_members_is():
    transfer = measure_transfer(grouped(noisy(2), WORDS))
    assert transfer.groups == WORDS
    spell, sort = FOUR.index("spell"), FOUR.index("sort")
    assert transfer.effects[spell][sort] == transfer.effects[sort][spell] == UNTOLD
    assert transfer.effects[spell][0] == transfer.effects[sort][0]
    assert transfer.mean[spell][sort] == transfer.shrunk[spell][sort] == 0.0
    assert (
        measure_transfer(noisy(2)).model_dump()["effects"] and "groups" not in measure_transfer(noisy(2)).model_dump()
    )


def test_what_one_probe_measured_is_drawn_once_and_counted_once():
    m = grouped(noisy(3, size=8), {"letters": ("spell", "sort", "words")})
    shrunk = shrunk_transfer(m)
    draws = shrunk.sample(50)
    rows = [m.domains.index(name) for name in ("spell", "sort", "words")]
    outside = [at for at in range(8) if at not in rows]
    for row in rows[1:]:
        assert (draws[:, row][:, outside] == draws[:, rows[0]][:, outside]).all()
        assert (draws[:, row][:, [one for one in rows if one != row]] == 0).all()
    # Copies of a measurement would make effects seem to differ less, or more, than they do.
    assert (shrunk.deviation[np.ix_(outside, outside)] > 0).all()
    assert set(shrunk.units) == {*(m.domains[at] for at in outside), "letters"}


@pytest.mark.parametrize("order", ["bwt", "bwt_entropy", "reverse"])
def test_members_stand_as_they_are_written_where_nothing_else_tells(order):
    groups = {"letters": ("words", "spell", "sort"), "tales": ("poems", "stories")}
    for seed in range(3):
        m = grouped(noisy(seed, size=8), groups)
        # Whatever is done to one member is done to all.
        alike = {
            path: tuple(blocks[m.domains.index(groups.get(m.unit[name], (name,))[0])] for name in m.domains)
            for path, blocks in m.scores.items()
        }
        data = ordering_input(Measurements(m.domains, m.weights, alike, groups=groups), with_groups(groups, NAMES), {})
        found = ORDERINGS[order](data)
        for members in groups.values():
            assert sorted(members, key=found.index) == list(members)


def test_the_best_order_is_found_wherever_members_stand():
    groups = {"letters": ("spell", "sort")}
    for seed in range(5):
        m = grouped(noisy(seed), groups)
        data = ordering_input(m, with_groups(groups), {})
        totals = {order: (counted(order, FOUR) * data.transfer * data.weights).sum() for order in permutations(FOUR)}
        assert totals[ORDERINGS["bwt"](data)] == pytest.approx(max(totals.values()), abs=1e-6)
        assert totals[ORDERINGS["reverse"](data)] == pytest.approx(min(totals.values()), abs=1e-6)
        # The runner-up keeps the order within groups: to change it was not measured to cost anything.
        plan = make_plan(m, with_groups(groups), {}, resamples=50)
        first = plan.order.index("spell") < plan.order.index("sort")
        same = [one for one in totals if (one.index("spell") < one.index("sort")) == first and one != plan.order]
        assert totals[plan.runner_up.order] == pytest.approx(max(totals[one] for one in same))
        assert plan.win_rate > 0


@pytest.mark.parametrize("size", [4, 20])
def test_where_only_one_group_is_left_there_is_no_other_order(size):
    names = tuple(f"d{at:02}" for at in range(size))
    base, transfer = np.full(size, 0.5), 0.1 * np.eye(size)
    m = grouped(measure(base, transfer, names, noise=(0.001, 0.01)), {"most": names[1:]})
    curriculum = with_groups({"most": names[1:]}, names, leave_out=[names[0]])
    plan = make_plan(m, curriculum, {}, resamples=10)
    assert plan.order == names[1:]
    assert plan.runner_up is None
    assert plan.precedences == ()


def test_claims_are_of_groups_and_none_within_one():
    plan = make_plan(grouped(noisy(4), WORDS), with_groups({"letters": ["spell", "sort"]}), {}, resamples=50)
    pairs = {frozenset((one.first, one.second)) for one in plan.precedences}
    assert pairs == {frozenset(pair) for pair in (("sums", "stories"), ("sums", "letters"), ("stories", "letters"))}
    assert {gain.domain: gain.group for gain in plan.own_gains} == {
        "sums": None, "sort": "letters", "spell": "letters", "stories": None,
    }  # fmt: skip
    assert plan.groups == WORDS


def test_a_groups_precedence_gains_what_moving_all_of_its_members_does():
    m = grouped(noisy(5), WORDS)
    plan = make_plan(m, with_groups({"letters": ["spell", "sort"]}), {}, resamples=50)
    found = next(one for one in plan.precedences if {one.first, one.second} == {"letters", "sums"})
    both = ("spell", "sort")
    first = (*both, "sums", "stories") if found.first == "letters" else ("sums", *both, "stories")
    last = ("sums", *both, "stories") if found.first == "letters" else (*both, "sums", "stories")
    gained = ((counted(first, FOUR) - counted(last, FOUR)) * mean_transfer(m) * m.weights).sum()
    assert found.gain.value == pytest.approx(gained)
    assert gained >= 0


def test_what_is_read_off_grouped_probes_is_never_sure(monkeypatch):
    # However right the equations are.
    monkeypatch.setattr("scheduler.planning.stage_or_mix.OFF", 0.0)
    harm = np.full((4, 4), -0.25) + 0.5 * np.eye(4)
    m = measure(np.full(4, 0.5), harm, FOUR, noise=(0.0001, 0.001))
    assert stage_or_mix(m, make_curriculum(FOUR), FOUR).sure
    found = stage_or_mix(grouped(m, WORDS), with_groups({"letters": ["spell", "sort"]}), FOUR)
    assert not found.sure


@pytest.mark.parametrize(
    ("own", "parts"),
    [({}, [1, 1 / 2, 1 / 2, 1]), ({"steps": 30}, [1, 1, 1 / 3, 1]), ({"learning_rate": 4.0}, [1, 1 / 2, 1 / 8, 1])],
)
def test_a_member_had_the_part_of_its_own_stage_that_the_groups_held(own, parts):
    """`spell` has thrice as many steps as `sort`, or four times its rate."""
    curriculum = with_groups({"letters": ["spell", "sort"]})
    training = curriculum.training.model_copy(update={"steps": 10})
    if "learning_rate" in own:
        own = {"learning_rate": own["learning_rate"] * training.learning_rate}
    curriculum = curriculum.model_copy(
        update={"training": training, "stages": {"spell": TrainingOverride(**own)} if own else {}}
    )
    m = grouped(noisy(1), WORDS)
    assert m.domains == ("sums", "sort", "spell", "stories")
    assert _parts(m, curriculum) == pytest.approx(parts, rel=0.03)


def test_units_stand_where_their_first_domain_does():
    assert list(units_of(FOUR, WORDS)) == ["sums", "letters", "stories"]
    assert written_before(FOUR, tuple(WORDS.values())).sum() == 1
