"""What the phases of a run hand on."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from functools import partial

import pytest

from curricula.schema import Resources
from domains.errors import StageError
from domains.example import SPLITS
from experiments.executors.inline import InlineExecutor
from experiments.nodes.setup import make_setup
from experiments.run import phases
from experiments.run.job import Prepared, job_at
from experiments.run.phases import chains, run
from experiments.store import Store
from scheduler.probing.probes import path_schedules, probe_schedules
from tests.support.nodes import ignore
from tests.support.scheduler import make_curriculum
from tests.support.search import curriculum, scored
from tests.support.search import job_at as searchable


def test_every_probe_has_its_chain_whatever_the_domains_are_called(tmp_path):
    domains = ("a", "b", "a-b", "b-a")
    curriculum = make_curriculum(domains, seeds=[0, 1])
    setup = make_setup(curriculum, dict.fromkeys(domains, dict.fromkeys(SPLITS, "0" * 64)))
    job = job_at(Prepared(curriculum, setup, {}), Store.open(str(tmp_path)))
    paths = [path for size in (2, 3) for path in itertools.permutations(domains, size)]
    probes = (*probe_schedules(curriculum), *path_schedules(curriculum, paths))
    found = chains(job, probes)
    assert len(found) == len(probes) * 2
    assert len({chain[-1] for chain in found.values()}) == len(probes) * 2


@contextmanager
def shown(titles, title, tree):
    titles.append(title)
    yield ignore


def no_base(work):
    """A reward that raises, say: the base model cannot be scored."""
    if not work.node.path:
        raise StageError("reward", "rewards.py:3: KeyError")
    scored(work)


@pytest.mark.parametrize(("run_node", "phases_run"), [(scored, 2), (no_base, 1)])
def test_no_arm_is_trained_where_the_base_model_cannot_be_measured(tmp_path, monkeypatch, run_node, phases_run):
    monkeypatch.setattr(phases, "completions", lambda *_: {})
    job, titles = searchable(str(tmp_path), curriculum(order="bwt")), []
    report = run(job, InlineExecutor(job.view, Resources(), run_node), partial(shown, titles), lambda findings: None)
    assert len(titles) == phases_run
    assert bool(report.missing) is (run_node is no_base)
