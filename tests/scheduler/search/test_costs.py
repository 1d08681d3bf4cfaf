"""What the sampler thinks schedules cost is what they train, however the rate moves."""

from __future__ import annotations

from itertools import chain

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.nodes.tree import grow
from experiments.search.analysis.spent import completions
from scheduler.composing.compose import schedule_of
from scheduler.measurements import Measurements
from scheduler.probing.probes import probe_schedules
from scheduler.search.beliefs import believe
from scheduler.search.candidates import evened, near
from scheduler.search.layout import Layout
from scheduler.search.orders import places
from scheduler.search.points import Lineages
from scheduler.search.space import choice_of, space
from scheduler.search.trial_history import histories, tell_measured
from scheduler.search.units import draw
from tests.support.nodes import SETUP
from tests.support.properties import examples
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
PLAIN = {"lengths": [1], "opening": [0], "refresh": [0]}
RATES = ("per_stage", "whole", "trunk")
FREE = {
    "compositions": ["sequential", "pairs", "cumulative", "joint"],
    "lengths": [1, 3],
    "opening": [0, 0.25],
    "refresh": [0, 0.25],
    "repair": [0, 0.2],
    "drop": [0, 0.3],
    "lr_decay": [0.5, 1],
}
OWN = {True: {}, False: {"sort": {"prompts": 8, "steps": 7}}}
"""Domains' own stages: all alike, or one with other steps and prompts."""
CURRICULA = {
    (rate, alike): make_curriculum(FOUR, schedule={"rate": rate}, search=FREE, stages=own)
    for rate in RATES
    for alike, own in OWN.items()
}


def trained(schedules):
    """Completions of all that is trained for these."""
    return completions(grow(SETUP, schedules, [0]))


def scheduled(curriculum, tried):
    return [schedule_of(choice_of(params, curriculum), curriculum, "") for params in tried]


@pytest.mark.parametrize("rate", RATES)
def test_a_trial_costs_its_completions_however_many_stages_it_has(rate):
    """Joint training costs the same whether its rate decays over four stages or stays in one, but for readings."""
    search = {**PLAIN, "compositions": ["joint", "sequential"], "lr_decay": [0.5, 1]}
    curriculum = make_curriculum(FOUR, schedule={"rate": rate}, search=search)
    ways = [{"composition": way, "lr_decay": decay} for way in ("joint", "sequential") for decay in (0.5, 1.0)]
    tried = [{**places(FOUR), **way} for way in ways]
    ends = Layout(curriculum).ends(tried, Lineages())
    assert (ends.lineage >= 0).sum(axis=1).tolist() == [4, 1, 4, 4]
    readings = {"per_stage": 0, "whole": 96, "trunk": 240}[rate]
    assert ends.cost.sum(axis=(1, 2)).tolist() == [640 + readings, 640, 640 + readings, 640 + readings]
    assert ends.cost.sum(axis=(1, 2)).tolist() == [trained([one]) for one in scheduled(curriculum, tried)]


@examples(40)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from(RATES), st.booleans())
def test_what_is_new_costs_what_it_newly_trains(seed, probed, rate, alike):
    """After the probes and some trials that begin alike."""
    curriculum = CURRICULA[rate, alike]
    rng = np.random.default_rng(seed)
    layout, study, lineages = Layout(curriculum), optuna.create_study(direction="maximize"), Lineages()
    before = list(probe_schedules(curriculum)) if probed else []
    if probed:
        blocks = {path: tuple(np.full((1, 1), 0.5) for _ in FOUR) for path in [(), *((name,) for name in FOUR)]}
        tell_measured(study, Measurements(FOUR, np.full(4, 0.25), blocks))
    (first,) = [evened(one, FOUR) for one in draw(layout.space, rng, 1)]
    done = [first, *near([first], layout.space, rng, 2)]
    for params in done:
        study.enqueue_trial(params)
        study.tell(study.ask(space(curriculum)), 0.5)
    beliefs = believe(study, histories(study, study.trials, layout.space), layout, lineages)
    before += scheduled(curriculum, done)
    known = trained(before)
    new = near(done, layout.space, rng, 4)
    found = beliefs.unpaid(layout.ends(new, lineages)).tolist()
    assert found == [trained(chain(before, [one])) - known for one in scheduled(curriculum, new)]
