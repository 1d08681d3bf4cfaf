"""What the phases of a run hand on."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from curricula.schema import Resources
from domains.errors import StageError
from experiments.executors.inline import InlineExecutor
from experiments.run.findings import chains
from experiments.run.job import Prepared, job_at
from experiments.run.phases import probe, run
from experiments.run.reporting import report_of
from experiments.store import Store
from scheduler.composing.compose import compose
from scheduler.probing.probes import probe_schedules
from tests.support.displays import silent, titled
from tests.support.nodes import attempts
from tests.support.records import setup_of
from tests.support.scheduler import make_curriculum
from tests.support.search import curriculum, scored
from tests.support.search import job_at as searchable


def test_every_probe_has_its_chain_whatever_the_domains_are_called(tmp_path):
    domains = ("a", "b", "a-b", "b-a")
    curriculum = make_curriculum(domains, seeds=[0, 1])
    job = job_at(Prepared(curriculum, setup_of(curriculum), {}), Store.open(str(tmp_path)))
    paths = [path for size in (2, 3) for path in itertools.permutations(domains, size)]
    further = [compose(path, "sequential", curriculum, name=" > ".join(path), role="order") for path in paths]
    probes = (*probe_schedules(curriculum), *further)
    found = chains(job, probes)
    assert len(found) == len(probes) * 2
    assert len({chain[-1] for chain in found.values()}) == len(probes) * 2


def no_base(work):
    """A reward that raises, say: the base model cannot be scored."""
    if not work.node.path:
        raise StageError("reward", "rewards.py:3: KeyError")
    scored(work)


@pytest.mark.parametrize(("run_node", "phases_run"), [(scored, 2), (no_base, 1)])
@pytest.mark.usefixtures("no_completions")
@pytest.mark.slow
def test_no_arm_is_trained_where_the_base_model_cannot_be_measured(tmp_path, run_node, phases_run):
    job, titles = searchable(str(tmp_path), curriculum(order="bwt")), []
    report = run(job, InlineExecutor(job.view, Resources(), run_node), titled(titles), lambda findings: None)
    assert len(titles) == phases_run
    assert bool(report.missing) is (run_node is no_base)


def test_the_driver_lists_once_and_reads_a_record_once(tmp_path, monkeypatch):
    """Before there was one view of the store, every question listed the store and read all records anew."""
    counted = Counter()

    def counting(name, function):
        def call(*given, **named):
            counted[name] += 1
            return function(*given, **named)

        return call

    monkeypatch.setattr(Store, "record", counting("records", Store.record))
    for name in ("trained", "freed", "measured"):
        monkeypatch.setattr(Store, name, counting("listings", getattr(Store, name)))
    job = searchable(str(tmp_path), curriculum(order="bwt"))
    findings = probe(job, InlineExecutor(job.view, Resources(), scored), silent)
    report_of(job, findings)
    assert counted == {"records": len(attempts(job.store)), "listings": 3}
