"""Whole runs over cheap nodes in forked processes, which start in no time and may be killed."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from curricula.schema import Curriculum, Resources
from domains.example import SPLITS, Example
from experiments.executors.base import Work
from experiments.executors.inline import InlineExecutor
from experiments.run.job import Prepared, job_at
from experiments.run.phases import run
from experiments.run.reporting import write_report
from experiments.store import Store, patient
from tests.support.displays import silent
from tests.support.faulty_s3 import WAIT
from tests.support.nodes import ignore, keep, leave
from tests.support.records import setup_of
from tests.support.report import make_record
from tests.support.scheduler import make_curriculum

DOMAINS = ("sums", "sort", "stories")
SECONDS = 0.1
"""That a stage takes."""
FORK = multiprocessing.get_context("fork")


def curriculum() -> Curriculum:
    """Three domains, two seeds and a few arms of every kind."""
    fewer = {"joint_tuned": False, "joint_probes": False, "joint_budgets": [], "orders": ["reverse"]}
    return make_curriculum(
        DOMAINS,
        baselines={**fewer, "merges": ["linear"], "compositions": ["sequential"], "random_orders": 0},
        seeds=[0, 1],
    )


def prepared() -> Prepared:
    """It with data that nobody trains on."""
    found = curriculum()
    data = {name: {split: (Example(prompt=name, answer=split),) for split in SPLITS} for name in DOMAINS}
    return Prepared(found, setup_of(found), data)


@dataclass(frozen=True)
class Training:
    """A `run_node` whose weights are a hash of the parent's and whose scores are made up of the node; it says in `log`
    when it begins and when it has committed."""

    curriculum: Curriculum
    log: Path

    def __call__(self, work: Work) -> None:
        """As a worker does."""
        store, record = Store.open(work.store, create=False), make_record(work.node, self.curriculum)
        if store.has_weights(work.node):
            # Who was killed between the two has trained it and not measured it.
            keep(store, work.node, work.setup, record)
            return
        self._say("start", work)
        time.sleep(SECONDS)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "weights.txt").write_text(_weights(store, work), "ascii")
            leave(store, work.node, work.setup, record, Path(folder))
        self._say("kept", work)

    def _say(self, verb: str, work: Work) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{verb} {work.node.slug} {os.getpid()}\n")


def _weights(store: Store, work: Work) -> str:
    before = "nothing"
    if work.parent is not None:
        with store.checkpoint(work.parent) as place:
            before = Path(place, "weights.txt").read_text("ascii")
    return hashlib.sha256(f"{before} {work.node.id}".encode()).hexdigest()


def drive(url: str, log: Path, port: int | None) -> None:
    """A whole run: probes, plan, arms, report. Exit code 0 where nothing is missing; on S3 at `port` of loopback."""
    if port is not None:
        reach(port)
    work = prepared()
    job = job_at(work, Store.open(url))
    report = run(job, InlineExecutor(job.view, Resources(), Training(work.curriculum, log)), silent, ignore)
    write_report(job, report)
    if report.missing:
        raise SystemExit(1)


def reach(port: int) -> None:
    """``s3://`` is at a port of loopback from now on, in this process, and what fails comes to us at once."""
    from fsspec.config import conf
    from s3fs import S3FileSystem

    patient.WAITS = tuple(wait / 10 for wait in patient.WAITS)
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    S3FileSystem.retries = 1
    client = {"read_timeout": WAIT, "connect_timeout": WAIT, "retries": {"total_max_attempts": 1}}
    conf["s3"] = {"endpoint_url": f"http://127.0.0.1:{port}", "config_kwargs": client}


def start(url: str, log: Path, port: int | None = None) -> BaseProcess:
    """`drive` in a process of its own."""
    process = FORK.Process(target=drive, args=(url, log, port))
    process.start()
    return process


@dataclass(frozen=True)
class Trained:
    """What a log says."""

    whole: Counter[str]
    """Slug → trainings that were not cut short: by processes that lived, or that had said they had committed."""
    cut: Counter[str]
    """Slug → trainings of killed processes which had not said so."""


def trained(log: Path, killed: set[int | None]) -> Trained:
    """By node."""
    rows = [line.split() for line in log.read_text("utf-8").splitlines()]
    kept = {(slug, pid) for verb, slug, pid in rows if verb == "kept"}
    begun = [(slug, pid) for verb, slug, pid in rows if verb == "start"]
    cut = Counter(slug for slug, pid in begun if int(pid) in killed and (slug, pid) not in kept)
    return Trained(Counter(slug for slug, _ in begun) - cut, cut)
