"""A search killed at any moment, and started again."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from domains.errors import StoreError
from experiments.search.lock import ATTRIBUTE, locked, refuse_if_held
from experiments.search.storage import open_place
from experiments.search.study import open_study
from experiments.store.owner import Owner
from tests.support.nodes import attempts, wait_for
from tests.support.search import curriculum, explore, forked, job_at, kill_at, rows, start_search

pytestmark = pytest.mark.slow

TRIALS = 7


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The trials of the same search, left alone."""
    job = job_at(str(tmp_path_factory.mktemp("alone") / "store"))
    study, _ = explore(job, TRIALS)
    assert {"COMPLETE", "PRUNED"} == {trial.state.name for trial in study.trials}
    return rows(study)


@pytest.mark.parametrize("how", ["before", "within", "after"])
def test_killed_at_many_writes_of_the_journal(url, alone, how, monkeypatch):
    """Each process gets a few writes further than the one before it; nothing is lost, repeated or different."""
    # Each kill within a write leaves a lock that the next process waits for.
    monkeypatch.setattr("experiments.search.storage.STALE_SECONDS", 0.2)
    job, kills = job_at(url), 0
    for write in (1, 3, 4, 6, 9, 5, 11, 2, 14):
        code = forked(lambda write=write: (kill_at(write, how), explore(job, TRIALS)))
        kills += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL)
    assert kills >= 5
    study, _ = explore(job, TRIALS)
    assert rows(study) == alone
    assert set(attempts(job.store).values()) <= {1, 2}


def test_killed_between_stages_from_outside(url, tmp_path):
    """In separate processes, at whatever they are doing then."""
    search = {"compositions": ["sequential"]}
    for moment in (1, 6):
        process = start_search(url, 5, names="slow b c", **search)
        wait_for(lambda moment=moment, process=process: _started(url) >= moment or process.poll() is not None)
        process.kill()
        process.wait(20)
    assert start_search(url, 5, names="slow b c", **search).wait(90) == 0
    spec = curriculum("slow b c", **search)
    study, _ = explore(job_at(url, spec), 5)
    other, _ = explore(job_at(str(tmp_path / "other"), spec), 5)
    assert rows(study) == rows(other)


def test_several_workers_lose_and_repeat_no_trial(url):
    """Ray with two slots and more, killed in mid search: every trial ends once, no finished stage is trained again."""
    process = start_search(url, 6, "ray", names="slow b c", sampler="ordering")
    wait_for(lambda: _started(url) >= 4, driver=process)
    process.kill()
    process.wait(20)
    assert start_search(url, 6, "ray", names="slow b c", sampler="ordering").wait(120) == 0
    job = job_at(url, curriculum("slow b c", sampler="ordering"))
    study = open_study(open_place(None, job.store, job.run), job)
    trials = study.get_trials(deepcopy=False)
    assert [trial.number for trial in trials] == list(range(6))
    assert all(trial.state.is_finished() for trial in trials)
    nodes = attempts(job.store)
    assert sum(trial.user_attrs["stage_runs"] for trial in trials) == len(nodes) - 1
    # A stage that was under way when its driver died may start again.
    assert max(nodes.values()) <= 2


def test_a_live_process_keeps_its_study(url):
    process = start_search(url, 500, names="slow b c")
    try:
        wait_for(lambda: _started(url) >= 2)
        job = job_at(url, curriculum("slow b c"))
        with pytest.raises(StoreError, match=f"another process is at work on this study \\(process {process.pid} on "):
            open_study(open_place(None, job.store, job.run), job)
    finally:
        process.kill()
        process.wait(20)
    open_study(open_place(None, job.store, job.run), job)


def test_locks_of_dead_and_distant_processes():
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    here = Owner.this()
    assert here.here
    assert here.alive
    assert not Owner(here.place, gone.pid, here.started).alive
    assert not Owner(here.place, here.pid, "another start").alive
    elsewhere = {"place": "elsewhere", "pid": 1, "started": "1", "token": "x"}
    refuse_if_held({ATTRIBUTE: {**elsewhere, "beat": 0.0}}, "s")
    refuse_if_held({}, "s")
    with pytest.raises(StoreError, match="process 1 on elsewhere"):
        refuse_if_held({ATTRIBUTE: {**elsewhere, "beat": 1e12}}, "s")


def test_a_study_that_was_taken_over_is_let_go(url):
    job = job_at(url)
    study = open_study(open_place(None, job.store, job.run), job)
    with locked(study) as check:
        check()
        study.set_user_attr(ATTRIBUTE, {"place": "elsewhere", "pid": 1, "token": "other", "beat": 0.0})
        with pytest.raises(StoreError, match="taken over"):
            check()
    # What the other one has locked is left to it.
    assert study.user_attrs[ATTRIBUTE]["token"] == "other"


def _started(url):
    job = job_at(url)
    return sum(attempts(job.store).values())
