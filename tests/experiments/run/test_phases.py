"""What the phases of a run hand on."""

from __future__ import annotations

import itertools

from domains.example import SPLITS
from experiments.nodes.setup import make_setup
from experiments.run.job import Prepared, job_at
from experiments.run.phases import chains
from experiments.store import Store
from scheduler.probes import path_schedules, probe_schedules
from tests.support.scheduler import make_curriculum


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
