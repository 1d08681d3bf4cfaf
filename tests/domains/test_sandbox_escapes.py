"""What a program in the sandbox must not be able to do. Each tries it and prints what came of it."""

import os
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from domains.errors import DataError
from domains.rewards.sandbox import Limits, require_sandbox, run_program, sitting, walls
from tests.support.sandbox import needs_sandbox

pytestmark = pytest.mark.slow

QUICK, SECRET = Limits(seconds=1), "the-key-nobody-may-see"


def said(code, limits=QUICK):
    ran = run_program(code, b"", limits)
    return ran, ran.output.decode()


def attempts(*lines):
    """A program that tries each line and prints the name of what was raised, or `done`."""
    tried = "".join(
        f"try:\n    {line}\n    print('done')\nexcept BaseException as error:\n    print(type(error).__name__)\n"
        for line in lines
    )
    return said("import os, sys, socket, signal, ctypes, threading, subprocess\n" + tried)[1].split()


@needs_sandbox
def test_an_honest_program_runs():
    ran, text = said("import json, math, re, collections, itertools, datetime, random, asyncio\nprint(math.pi > 3)")
    assert (text, ran.ended, ran.stopped) == ("True\n", True, False)


@needs_sandbox
def test_no_network():
    asked = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        there = attempts(
            f"socket.create_connection(('127.0.0.1', {server.server_port}), timeout=1).send(b'GET / HTTP/1.0\\n\\n')",
            "socket.socket(socket.AF_UNIX)",
            "socket.getaddrinfo('example.org', 80)",
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "done" not in there
    assert asked == []


@needs_sandbox
@pytest.mark.parametrize(
    "start",
    ["os.fork()", "os.posix_spawn(sys.executable, ['python'], {})", "subprocess.run([sys.executable, '-c', ''])"],
)
def test_no_other_process(start):
    """So a fork bomb has not even its first fork."""
    assert attempts(start) == ["PermissionError"]


@needs_sandbox
def test_no_thread():
    assert attempts("threading.Thread(target=print).start()") == ["RuntimeError"]


@needs_sandbox
def test_a_memory_bomb_bursts_inside():
    assert attempts("bytearray(1 << 40)", "x = [0] * (1 << 30)") == ["MemoryError", "MemoryError"]
    grown = said("held = []\nwhile True:\n    held.append(bytearray(1 << 20))", Limits(seconds=2, memory=128))[0]
    assert not grown.ended


@pytest.mark.slow
@needs_sandbox
@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        "10 ** 10 ** 9",
        "import re; re.match('(a+)+b', 'a' * 60)",
    ],
)
def test_an_endless_loop_is_stopped_by_its_processor_time(loop):
    started = time.monotonic()
    ran, _ = said(loop)
    assert ran.stopped
    assert not ran.ended
    assert time.monotonic() - started < 9


@needs_sandbox
def test_who_sleeps_is_stopped_by_the_clock(monkeypatch):
    monkeypatch.setattr(Limits, "wall", property(lambda limits: 1.0))
    started = time.monotonic()
    assert said("import time; time.sleep(60)")[0].stopped
    assert said("import os; os.close(1)\nimport time; time.sleep(60)")[0].stopped
    assert time.monotonic() - started < 6


@needs_sandbox
def test_endless_output_is_cut():
    started = time.monotonic()
    ran, _ = said("while True: print('x' * 10000)", Limits(seconds=5, output=1 << 16))
    assert len(ran.output) == 1 << 16
    assert not ran.ended
    assert time.monotonic() - started < 5
    flood = said("import sys\nwhile True: sys.stderr.write('x' * 10000)")[0]
    assert (flood.output, flood.ended) == (b"", False)


@needs_sandbox
def test_the_environment_is_empty(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    _, text = said("import os; print(dict(os.environ))")
    assert SECRET not in text
    assert "OPENAI" not in text
    assert set(eval(text)) == {*walls.ENVIRONMENT, "PWD"}


@needs_sandbox
def test_no_file_of_ours_is_there(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    home, here = Path.home(), Path(__file__)
    tried = attempts(
        *(f"open({str(place)!r}).read()" for place in (tmp_path / "secret", here, home / ".bashrc", "/etc/passwd")),
        f"os.listdir({str(tmp_path)!r})",
        "os.listdir('/proc')",
        "os.listdir('/sys')",
        "os.listdir('/dev/shm')",
        "import numpy",
        "import domains",
    )
    assert tried == ["FileNotFoundError"] * 8 + ["ModuleNotFoundError"] * 2
    _, text = said("import os; print(sorted(os.listdir('/')))")
    assert set(eval(text)) <= {"dev", "inside", "lib", "lib64", "root", "scratch", "tmp", "usr", "home", "opt"}


@needs_sandbox
def test_nothing_but_the_scratch_folder_can_be_written():
    tried = attempts(
        "open('/scratch/mine', 'w').write('x')",
        "open('/tmp/mine', 'w').write('x')",
        "open('/mine', 'w')",
        "os.mkdir('/usr/mine')",
        "open('/inside/wire.py', 'w')",
        "open(os.__file__, 'a')",
        "open(sys.executable, 'r+')",
        "os.mkdir(os.path.dirname(os.__file__) + '/site-packages/mine')",
        "open('/dev/mine', 'w')",
        "os.chmod('/inside', 0o777)",
    )
    assert tried[:2] == ["done", "done"]
    assert set(tried[2:]) <= {"OSError", "PermissionError", "FileNotFoundError"}


@needs_sandbox
def test_what_is_written_is_gone_afterwards():
    said("open('/scratch/left', 'w').write('x')")
    assert said("import os; print(os.listdir('/scratch'))")[1] == "[]\n"


@needs_sandbox
def test_the_scratch_disk_is_small():
    fill = "import os\nfor n in range(100):\n    open(f'f{n}', 'wb').write(bytes(1 << 20))"
    catch = f"try:\n    exec({fill!r})\nexcept OSError as error:\n    print(error.errno, len(os.listdir()))"
    _, text = said("import os\n" + catch, Limits(seconds=5, scratch=8))
    number, files = map(int, text.split())
    assert number == 28  # ENOSPC
    assert files <= 9
    one = attempts("open('one', 'wb').write(bytes(64 << 20))")
    assert one == ["OSError"]


@needs_sandbox
def test_links_lead_nowhere(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    tried = attempts(
        f"os.symlink({str(tmp_path / 'secret')!r}, 'link'); open('link').read()",
        "os.symlink('/../../../../etc/passwd', 'other'); open('other').read()",
        f"os.link({str(tmp_path / 'secret')!r}, 'hard')",
    )
    assert tried == ["FileNotFoundError"] * 3


@needs_sandbox
def test_no_signal_reaches_anybody():
    """Not even with the number of the process that started it."""
    bystander = subprocess.Popen(["sleep", "30"])
    try:
        tried = attempts(
            f"os.kill({os.getpid()}, signal.SIGTERM)",
            f"os.kill({bystander.pid}, signal.SIGKILL)",
            f"os.killpg({os.getpgrp()}, signal.SIGKILL)",
        )
        assert tried == ["ProcessLookupError"] * 3
        said("import os, signal; os.kill(-1, signal.SIGKILL)")
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@needs_sandbox
def test_system_calls_that_lead_out_are_refused():
    calls = {"ptrace": 101, "unshare": 272, "mount": 165, "bpf": 321, "memfd_create": 319, "io_uring_setup": 425}
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are those of x86-64")
    lines = "".join(f"print(libc.syscall({number}, 0, 0, 0, 0, 0), ctypes.get_errno())\n" for number in calls.values())
    _, text = said("import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n" + lines)
    assert text.splitlines() == ["-1 1"] * len(calls)
    _, text = said(
        "import ctypes\nprint(ctypes.CDLL(None, use_errno=True).syscall(0x40000000 + 39), ctypes.get_errno())"
    )
    assert text == "-1 1\n"


@needs_sandbox
def test_no_limit_can_be_raised():
    tried = attempts(
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (999, 999))",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "os.setuid(0)",
        "os.chroot('/scratch')",
    )
    assert "done" not in tried


@needs_sandbox
def test_few_files_are_open_at_once():
    _, text = said(
        "held = []\ntry:\n    while True: held.append(open('/dev/null'))\nexcept OSError as error: print(error.errno)"
    )
    assert text == "24\n"


@needs_sandbox
def test_nothing_is_left_running():
    before = set(_children())
    said("import time; time.sleep(0.1)")
    said("while True: pass")
    assert set(_children()) <= before


def _children():
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()


def test_no_bubblewrap_is_one_line(monkeypatch):
    monkeypatch.setattr(walls.shutil, "which", lambda name: None)
    walls._walls.cache_clear()
    require_sandbox.cache_clear()
    try:
        with pytest.raises(DataError, match=r"no bubblewrap.*apt install bubblewrap"):
            require_sandbox()
    finally:
        walls._walls.cache_clear()
        require_sandbox.cache_clear()


@needs_sandbox
def test_a_bubblewrap_that_may_do_nothing_is_one_line(monkeypatch, tmp_path):
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr(walls.shutil, "which", lambda name: str(refusing))
    walls._walls.cache_clear()
    require_sandbox.cache_clear()
    try:
        with pytest.raises(DataError, match=r"No permissions to create new namespace.*user namespaces") as told:
            require_sandbox()
        assert "\n" not in str(told.value)
    finally:
        walls._walls.cache_clear()
        require_sandbox.cache_clear()


def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr("domains.rewards.sandbox.syscalls.platform.machine", lambda: "riscv64")
    sitting._filter.cache_clear()
    try:
        with pytest.raises(DataError, match="x86_64 and aarch64"):
            sitting._filter()
    finally:
        sitting._filter.cache_clear()
