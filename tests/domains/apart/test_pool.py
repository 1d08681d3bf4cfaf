"""domains/apart: whatever a task does, it ends, and the next one is done."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from domains.apart import pool as module
from domains.apart import worker
from domains.apart.pool import Outcome, ServicePool, pool_of
from domains.apart.worker import Service
from tests.support.paths import ROOT
from tests.support.services import serve

pytestmark = pytest.mark.slow


@pytest.fixture
def pool():
    made = ServicePool(Service(serve), 1)
    yield made
    made.close()


def values(outcomes):
    return [one.value for one in outcomes]


def alive(pid):
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid, seconds=20):
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


def test_outcomes_stand_in_the_tasks_order(pool):
    said = [0, "é\ud800\n", None, [1.5, {"a": True}]] * 10
    assert values(pool.run([["echo", one] for one in said], 1)) == said
    assert pool.run([], 1) == []


@pytest.mark.parametrize("task", [["busy", 600], ["stubborn"], ["big"]])
def test_work_without_end_is_stopped_by_processor_time(pool, task):
    start = time.monotonic()
    outcomes = pool.run([["echo", 1], task, ["echo", 2]], 0.3)
    assert outcomes == [Outcome(1), Outcome(stopped=True), Outcome(2)]
    assert time.monotonic() - start < worker.wall(0.3)


def test_a_task_has_the_whole_limit_however_many_there_are_and_however_busy_the_machine_is(pool):
    done = threading.Event()
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        assert values(pool.run([["busy", 0.3]] * 4, 0.6)) == ["done"] * 4
    finally:
        other.kill()
        other.wait()
        done.set()


def test_what_waits_without_working_is_stopped_by_the_clock(pool, monkeypatch):
    monkeypatch.setattr(worker, "wall", lambda limit: 2 * limit)
    start = time.monotonic()
    assert pool.run([["sleep", 600], ["echo", 1]], 0.5) == [Outcome(stopped=True), Outcome(1)]
    assert time.monotonic() - start < 30


def test_a_task_that_takes_two_processes_with_it_is_named(pool):
    outcomes = pool.run([["echo", 1], ["die"], ["echo", 2]], 1)
    assert outcomes == [Outcome(1), Outcome(died="its process was ended by SIGSEGV"), Outcome(2)]


def test_a_process_that_something_else_killed_is_replaced(pool, tmp_path):
    assert values(pool.run([["last", str(tmp_path / "mark")]], 1)) == ["alive"]
    (before,) = values(pool.run([["pid"]], 1))
    os.kill(before, signal.SIGKILL)
    (after,) = values(pool.run([["pid"]], 1))
    assert before != after


def test_what_a_task_raises_is_told_in_one_line(pool):
    raised, left, good = pool.run([["raise"], ["leave"], ["echo", 1]], 1)
    assert raised.failure == "KeyError: 'no'"
    assert left.failure == "SystemExit: 3"
    assert good.value == 1


def test_memory_is_limited_where_that_is_asked():
    small = ServicePool(Service(serve, memory=4 << 30), 1)
    (outcome,) = small.run([["bytes"]], 5)
    small.close()
    assert outcome.failure == "MemoryError: "


def test_what_is_printed_disturbs_nobody_and_sets_have_one_order(pool):
    assert values(pool.run([["print"], ["echo", 1]], 1)) == ["printed", 1]
    (one,) = values(pool.run([["hash"]], 1))
    pool.close()
    (other,) = values(pool.run([["hash"]], 1))
    assert one[:2] == other[:2] == [other[0], ""]
    assert not Path(one[2]).exists(), "a process's folder goes with it"


def test_a_service_that_cannot_begin_says_why():
    refusing = ServicePool(Service(serve, '"refuse"'), 1)
    assert refusing.run([["echo", 1]] * 2, 1) == [Outcome(failure="ValueError: not with me")] * 2
    assert refusing.workers == []


def test_more_processes_are_started_only_where_one_is_kept_busy():
    several = ServicePool(Service(serve), 3)
    assert len(set(values(several.run([["pid"]] * 50, 1)))) == 1
    assert len(set(values(several.run([["slow"]] * 12, 1)))) == 3
    several.close()


def test_an_interrupted_round_leaves_nothing_for_the_next(pool, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module._Round, "_take", interrupted)
        pool.run([["echo", 1]], 1)
    assert values(pool.run([["echo", 2]], 1)) == [2]


def test_it_works_in_any_thread_and_in_several(pool):
    found = []
    threads = [
        threading.Thread(target=lambda i=i: found.append(values(pool.run([["echo", i]] * 20, 1)) == [i] * 20))
        for i in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [True] * 4


def test_a_fork_has_processes_of_its_own():
    service = Service(serve, '"a fork"')
    (ours,) = values(pool_of(service).run([["pid"]], 1))
    child = os.fork()
    if not child:
        (theirs,) = values(pool_of(service).run([["pid"]], 1))
        pool_of(service).close()
        os._exit(theirs != ours)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert values(pool_of(service).run([["pid"]], 1)) == [ours]
    pool_of(service).close()


PARENT = """
import sys
from domains.apart.pool import pool_of
from domains.apart.worker import Service
from tests.support.services import serve
pool_of(Service(serve)).run([["family", sys.argv[1]]], 60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_children_and_what_they_started_die_with_their_parent(tmp_path, how):
    file = tmp_path / "pids"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.05)
    child, grandchild = map(int, file.read_text().split())
    assert alive(child)
    assert alive(grandchild)
    parent.send_signal(how)
    parent.wait()
    assert gone(child)
    assert gone(grandchild)
    assert not list(tmp_path.glob("stagewise-*"))


def test_a_program_without_a_guard_for_its_main_module_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "print('begun')\n" + PARENT.partition("pool_of(Service")[0] + "print(pool_of(Service(serve)).run([['pid']], 1))"
    )
    done = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("begun") == 1
    assert not done.stderr


def test_one_that_waits_for_work_leaves_nothing_behind_either(tmp_path):
    """Its folder is its own, also where its parent's temporary folder is gone by then."""
    file, temporary, other = tmp_path / "pids", tmp_path / "temporary", tmp_path / "other"
    temporary.mkdir()
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    code = PARENT.replace('"family"', '"parent"') + "import time; time.sleep(600)"
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "TEMP": str(other), "TMP": str(other)},
        stderr=subprocess.DEVNULL,
        cwd=other,
    )
    end = time.monotonic() + 60
    while not (file.exists() and len(file.read_text().split()) == 2) and time.monotonic() < end:
        time.sleep(0.05)
    child, grandchild = map(int, file.read_text().split())
    for folder in temporary.iterdir():
        folder.rename(tmp_path / "moved")
    parent.kill()
    parent.wait()
    assert gone(child)
    assert gone(grandchild)
    assert (other / "thesis.txt").exists()
