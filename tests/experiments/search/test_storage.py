"""Where a study is kept, and what a storage that cannot be used says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import optuna
import pytest

from domains.errors import StoreError
from experiments.search.storage import mend, open_place, opener
from experiments.search.study import FORMAT, open_study
from experiments.store import Store
from tests.support import warm
from tests.support.commands import TINY, within
from tests.support.nodes import attempts, wait_for, worker_environment
from tests.support.search import curriculum, explore, job_at, rows

pytestmark = pytest.mark.slow


def test_the_default_is_a_journal_beside_the_run(url, tmp_path):
    job = job_at(url)
    explore(job, 3)
    assert (tmp_path / "store" / job.run / "search.journal").is_file()


@pytest.mark.parametrize("kind", ["journal://{}/my.journal", "{}/my.journal", "sqlite:///{}/study.db"])
def test_any_storage_keeps_the_same_study(url, tmp_path, kind):
    job = job_at(url)
    first = rows(explore(job, 4, storage=kind.format(tmp_path))[0])
    more = rows(explore(job, 6, storage=kind.format(tmp_path))[0])
    assert more[:4] == first
    assert (len(first), len(more)) == (4, 6)
    assert more == rows(explore(job_at(url + "2"), 6)[0])


PROXY = """
import sys, optuna
from optuna.storages import run_grpc_proxy_server
optuna.logging.set_verbosity(optuna.logging.ERROR)
run_grpc_proxy_server(optuna.storages.RDBStorage(sys.argv[1]), host="localhost", port=int(sys.argv[2]))
"""


def _answers(port):
    with socket.socket() as client:
        return client.connect_ex(("localhost", port)) == 0


def test_a_grpc_proxy(url, tmp_path):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROXY, f"sqlite:///{tmp_path}/study.db", str(port)]
    )
    try:
        wait_for(lambda: _answers(port))
        study, _ = explore(job_at(url), 3, storage=f"grpc://localhost:{port}")
        found = rows(study)
        study._storage.close()
    finally:
        server.kill()
        server.wait(20)
    assert found == rows(explore(job_at(url + "2"), 3)[0])
    assert len(found) == 3


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ("nowhere/study.journal", "the journal's folder does not exist"),
        ("redis://localhost/0", "this kind of storage is not known"),
        ("sqlite:////no/such/folder/x.db", "the storage cannot be used: OperationalError: unable to open database"),
        ("grpc://localhost:1", "the storage cannot be used"),
        ("grpc://localhost", "host and port are needed"),
        ("nodriver+x://y", "this kind of storage is not known"),
    ],
)
def test_what_cannot_be_opened_is_one_line(url, monkeypatch, storage, words):
    monkeypatch.setattr("experiments.search.storage.ANSWER_SECONDS", 0.5)
    job = job_at(url)
    with pytest.raises(StoreError) as caught:
        explore(job, 3, storage=storage)
    assert str(caught.value).startswith("--storage: ") or "--storage" in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert attempts(job.store) == {}


def test_a_password_is_not_shown(url):
    with pytest.raises(StoreError) as caught:
        open_place("postgresql://me:secret@localhost:1/x", Store.open(url), "run")
    assert "secret" not in str(caught.value)
    assert "me@localhost" in str(caught.value)


def test_a_file_that_is_no_journal(url, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text('{"a": 1}\n')
    with pytest.raises(StoreError, match="not a journal of Optuna"):
        explore(job_at(url), 3, storage=str(file))
    assert file.read_text() == '{"a": 1}\n'


def test_a_store_that_is_no_folder_needs_a_storage():
    with pytest.raises(StoreError, match="cannot keep a journal"):
        open_place(None, Store.open("memory://search-storage"), "run")


def test_a_study_of_another_curriculum_is_refused(url):
    """Under the same name: what is searched is no part of a run's name."""
    explore(job_at(url), 3)
    other = job_at(url, curriculum(lr_scale=[0.25, 1.0]))
    assert other.run == job_at(url).run
    with pytest.raises(StoreError, match="a study of another curriculum"):
        explore(other, 3)
    # Who proposes, and what it is compared on later, may change.
    study, _ = explore(job_at(url, curriculum(sampler="tpe", fresh_seeds=[7])), 5)
    assert len(study.trials) == 5


def test_a_study_of_an_older_format_is_refused_in_one_line(url):
    """Its parameters mean something else: an order was one of them."""
    job = job_at(url)
    explore(job, 2)
    study = open_study(open_place(None, job.store, job.run), job)
    study.set_user_attr(FORMAT, 1)
    with pytest.raises(StoreError) as refused:
        open_study(open_place(None, job.store, job.run), job)
    assert str(refused.value).startswith(
        "--storage: the study is of format 1, and this version of stagewise reads format 3, got 'cheap-"
    )
    assert len(str(refused.value).splitlines()) == 1


def test_a_foreign_study_of_that_name_is_refused(url, tmp_path):
    job = job_at(url)
    storage = f"sqlite:///{tmp_path}/study.db"
    study = optuna.create_study(storage=storage, study_name=job.run)
    study.ask()
    with pytest.raises(StoreError, match="another curriculum"):
        open_study(open_place(storage, job.store, job.run), job)


def test_a_journal_with_half_a_line_and_a_stale_lock_is_mended(url, tmp_path):
    job = job_at(url)
    study, _ = explore(job, 3)
    journal = tmp_path / "store" / job.run / "search.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"op_code":5,"wor')
    Path(f"{journal}.lock").symlink_to(journal)
    mend(journal)
    assert journal.read_bytes() == whole
    assert not os.path.lexists(f"{journal}.lock")
    assert rows(explore(job, 3)[0]) == rows(study)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--trials", "0"], "--trials: a search needs at least one trial, got 0"),
        (["--trials", "3", "--timeout", "-1"], "--timeout: must be more than 0 seconds"),
        (["--trials", "3", "--storage", "redis://x"], "--storage: this kind of storage is not known"),
    ],
)
def test_the_command_refuses_before_anything_is_written(tmp_path, options, words):
    done = within("search", TINY, "--store", tmp_path / "store", *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "store").exists()


def open_together(folder, me):
    """Six fresh databases, each when the other process is at it too; what that takes is loaded before."""
    import alembic
    import sqlalchemy
    from optuna.storages._rdb import storage

    assert alembic and sqlalchemy and storage
    for number in range(6):
        (folder / f"{number}.{me}").touch()
        while len(list(folder.glob(f"{number}.?"))) < 2:
            pass
        url = f"sqlite:///{folder}/{number}.db"
        opener(url)(url).storage.get_all_studies()


def test_two_processes_may_make_a_database_at_one_moment(tmp_path):
    """Without more tries, most of these six end with "table studies already exists"."""
    both = [warm.start(worker_environment(), open_together, tmp_path, name) for name in "ab"]
    try:
        for process in both:
            assert process.wait(120) == 0, process.said
    finally:
        for process in both:
            process.kill()
            process.wait()


def test_a_database_that_cannot_be_opened_is_not_waited_for(url, monkeypatch):
    monkeypatch.setattr("experiments.search.storage.time", None)
    with pytest.raises(StoreError, match="unable to open database"):
        open_place("sqlite:////no/such/folder/x.db", Store.open(url), "run")


def test_a_proxy_without_its_package_is_refused(monkeypatch, url):
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"--storage: needs the package grpc, .* pip install 'stagewise\[grpc\]'"):
        open_place("grpc://localhost:1", Store.open(url), "run")
