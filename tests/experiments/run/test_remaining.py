"""experiments/run/remaining.py: what is left, learnt from recorded runs and from made-up ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest

from experiments.nodes.tree import StageNode
from experiments.run.experience import Expected, Experience
from experiments.run.remaining import Range, left, makespan
from experiments.store import Progress
from tests.support.recorded_runs import DEMO, SMOLLM2, Look, Row, learn, looks, nodes_of

Said = tuple[Look, Range | None]


def said(rows: Sequence[Row], first: int, last: int, slots: int, known: Experience) -> list[Said]:
    """What is said to be left in one phase, every few seconds; `known` learns from it."""
    phase = looks(rows, first, last, lambda node, row: learn(known, node, row))
    return [(one, left(one.left, known, one.trained, one.running, one.elapsed, slots)) for one in phase]


def middle(found: Range) -> float:
    return math.sqrt(found.low * found.high)


def wandering(answers: Sequence[Said]) -> float:
    """How far the end that is said moves about, in units of what was left when the first was said."""
    told = [(look, found) for look, found in answers if found is not None]
    ends = [look.now + middle(found) for look, found in told]
    return sum(abs(after - before) for before, after in pairwise(ends)) / (told[0][0].end - told[0][0].now)


def held(answers: Sequence[Said]) -> float:
    """Share of the ranges that hold what was left in truth."""
    found = [(look.end - look.now, one) for look, one in answers if one is not None]
    return sum(one.low <= truth <= one.high for truth, one in found) / len(found)


def demo() -> tuple[list[Said], list[Said]]:
    known = Experience()
    return said(DEMO, 0, 13, 2, known), said(DEMO, 13, len(DEMO), 2, known)


def resumed() -> list[Said]:
    """The second command on a store whose first nodes took five times as long, the machine being busy then."""
    known = Experience()
    for row, node in list(zip(SMOLLM2, nodes_of(SMOLLM2), strict=True))[:4]:
        known.stored.learn(node, row.trained - row.start, row.done - row.trained)
    return said(SMOLLM2, 4, len(SMOLLM2), 1, known)


def test_the_end_that_is_said_stays_about_where_it_is() -> None:
    """Means over all steps, with running stages counted whole until they end, wandered by 1.4, 1.4 and 2.7 times what
    was left."""
    probes, arms = demo()
    assert wandering(probes) < 0.7
    assert wandering(arms) < 0.3
    # From the first stage under our eyes on: before, the machine had other work.
    assert wandering([one for one in resumed() if one[0].now > SMOLLM2[4].done]) < 0.85


def test_ranges_hold_what_was_left_about_four_times_in_five() -> None:
    probes, arms = demo()
    assert 0.7 <= held([*probes, *arms, *resumed()]) <= 0.95


def test_it_is_said_once_the_base_is_measured_and_a_stage_has_taken_steps() -> None:
    probes, arms = demo()
    first = next(look.now for look, found in probes if found)
    assert DEMO[0].done < first < DEMO[0].done + 10
    # What the probes taught is known when the arms begin.
    assert arms[0][1] is not None


def test_what_is_in_the_store_tells_how_stages_compare_and_those_that_run_how_fast_the_machine_is() -> None:
    base, sorting, tales, sums = nodes_of(SMOLLM2)[:4]
    known = Experience()
    for node, training in ((sorting, 100.0), (tales, 50.0), (sums, 400.0)):
        known.stored.learn(node, training, 40.0)
    assert known.expected(sums) == Expected(pytest.approx(400.0), pytest.approx(40.0))
    known.learn(sorting, 50.0, 20.0, 70.0)
    assert known.expected(sums) == Expected(pytest.approx(200.0), 20.0)
    assert known.expected(tales) == Expected(pytest.approx(25.0), 20.0)
    assert known.expected(base) is None


def test_a_running_stage_tells_of_its_kind_before_it_ends() -> None:
    base, first, second = nodes_of(DEMO)[:3]
    known = Experience()
    learn(known, base, DEMO[0])
    assert left([first, second], known, set(), {first.id: None}, {first.id: 1.0}, 1) is None
    running = {first.id: Progress(step=25, steps=100, seconds=10.0)}
    found = left([first, second], known, set(), running, {first.id: 10.0}, 1)
    assert found is not None
    measured = DEMO[0].done - DEMO[0].trained
    assert middle(found) == pytest.approx(30.0 + measured + 40.0 + measured, rel=0.01)


def test_what_should_have_ended_is_not_said_to_be_done() -> None:
    base, first = nodes_of(DEMO)[:2]
    known = Experience()
    learn(known, base, DEMO[0])
    learn(known, first, DEMO[1])
    running = {first.id: Progress(step=100, steps=100, seconds=45.0)}
    found = left([first], known, set(), running, {first.id: 500.0}, 1)
    assert found is not None
    assert found.low > 0


def chain_of(count: int) -> list[StageNode]:
    return [
        StageNode(id=str(at), parent=str(at - 1) if at else None, stage=None, seed=0, path=("x",) * at)
        for at in range(count)
    ]


def test_a_chain_is_no_shorter_on_many_workers() -> None:
    """All work over all workers said an eighth of it."""
    nodes = chain_of(8)
    todo = {node.id: Expected(10.0, 1.0) for node in nodes}
    assert makespan(nodes, todo, set(), 8) == pytest.approx(8 * 10.0 + 1.0)
    # On one worker, measuring holds up what follows.
    assert makespan(nodes, todo, set(), 1) == pytest.approx(8 * 11.0)


def test_what_does_not_wait_for_one_another_is_shared_out() -> None:
    nodes = [StageNode(id=str(at), parent=None, stage=None, seed=0) for at in range(6)]
    todo = {node.id: Expected(10.0, 0.0) for node in nodes}
    assert makespan(nodes, todo, set(), 2) == pytest.approx(30.0)
    assert makespan(nodes, todo, set(), 4) == pytest.approx(20.0)


def test_a_worker_takes_what_is_ready_while_others_wait_for_parents() -> None:
    first, second = chain_of(2)
    other = StageNode(id="other", parent=None, stage=None, seed=0)
    todo = {first.id: Expected(10.0, 0.0), second.id: Expected(10.0, 0.0), "other": Expected(10.0, 0.0)}
    assert makespan([first, second, other], todo, {first.id}, 2) == pytest.approx(20.0)


def test_misses_widen_the_range() -> None:
    nodes = nodes_of(DEMO)
    sure, unsure = Experience(), Experience()
    for known, took in ((sure, (40.0, 40.0, 40.0)), (unsure, (40.0, 120.0, 20.0))):
        for node, seconds in zip((nodes[1], nodes[2], nodes[4]), took, strict=True):
            known.learn(node, seconds, 3.0, seconds + 3.0)
    assert sure.spread < 0.3 < unsure.spread


@pytest.mark.parametrize("trained", [False, True])
def test_what_another_command_ran_is_no_miss(trained: bool) -> None:
    """Two commands share a store: a node that the other one ended while this one waited for it took no time here."""
    node, other, *_ = nodes_of(DEMO)[1:]
    known, alone = Experience(), Experience()
    for one in (known, alone):
        one.learn(node, 50.0, 20.0, 72.0)
    known.learn(other, 40.0, 20.0, 0.1, trained=trained)
    assert known.spread == alone.spread
    assert known.expected(node) == alone.expected(node)
    known.learn(other, 40.0, 20.0, 20.5 if trained else 60.5, trained=trained)
    assert known.misses.weight == 1.0
