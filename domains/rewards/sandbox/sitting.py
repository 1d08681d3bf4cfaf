"""Programs run behind walls, watched from outside: by the clock, and by how much they say."""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

from domains.errors import DataError
from domains.rewards.sandbox.limits import Limits
from domains.rewards.sandbox.syscalls import syscall_filter
from domains.rewards.sandbox.walls import walled

KILLED = (128 + 9, 128 + 24)
"""How bwrap ends where the program was ended by SIGKILL or SIGXCPU: it had used up its processor time."""
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a program."""

    output: bytes
    """What it wrote to standard output, at most `Limits.output`."""
    ended: bool
    """By itself and without an error."""
    stopped: bool
    """It was out of time."""


def run_program(code: str, stdin: bytes, limits: Limits) -> Ran:
    """`code` run as a Python program that reads `stdin`."""
    with ExitStack() as files:
        given = files.enter_context(_file(stdin))
        process = files.enter_context(_started("program", {"code": code}, limits, stdin=given))
        return _watched(process, limits)


def run_tests(code: str, tests: str, objects: bool, limits: Limits) -> Ran:
    """The tests of `code`: the output holds a 1 or 0 for each case that came to an end, in order (see
    `inside/examine.py`).

    Code and tests run in two sandboxes, between which only plain data pass.
    """
    with ExitStack() as files:
        ours, theirs = socket.socketpair()
        job = {"tests": tests, "objects": objects}
        with ours, theirs:
            served = files.enter_context(_started("serve", {"code": code}, limits, theirs.fileno()))
            examined = files.enter_context(_started("examine", job, limits, ours.fileno()))
        ran = _watched(examined, limits)
        try:
            late = served.wait(0 if ran.stopped else 2) in KILLED
        except subprocess.TimeoutExpired:
            late = False
        return Ran(ran.output, ran.ended, ran.stopped or late)


@contextmanager
def _started(
    script: str, job: Mapping[str, object], limits: Limits, *more: int, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A script of `inside/` that runs; at the end everything in its sandbox is dead."""
    with _file(json.dumps({**job, "limits": limits.content()}).encode()) as told, _file(_filter()) as calls:
        process = subprocess.Popen(
            walled(limits, script, told, calls, *more),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(told, calls, *more),
            env={},
        )
    with process:
        try:
            yield process
        finally:
            # The sandbox's first process dies with this one, and with that all others.
            process.kill()


@contextmanager
def _file(content: bytes) -> Iterator[int]:
    """A nameless file in memory, to be read from its beginning."""
    descriptor = os.memfd_create("stagewise")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _watched(process: subprocess.Popen[bytes], limits: Limits) -> Ran:
    """Read what the program says until it ends, says too much or is out of time."""
    output, end = bytearray(), time.monotonic() + limits.wall
    assert process.stdout is not None
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while len(output) <= limits.output:
            left = end - time.monotonic()
            if left <= 0 or not ready.select(left):
                return Ran(bytes(output), ended=False, stopped=True)
            piece = os.read(process.stdout.fileno(), CHUNK)
            if not piece:
                break
            output += piece
        else:
            return Ran(bytes(output[: limits.output]), ended=False, stopped=False)
    try:
        code = process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Ran(bytes(output), ended=False, stopped=True)
    return Ran(bytes(output), ended=code == 0, stopped=code in KILLED)


@cache
def _filter() -> bytes:
    found = syscall_filter()
    if found is None:
        raise DataError("runs code in a sandbox, and that is known on x86_64 and aarch64 only")
    return found


@cache
def require_sandbox() -> None:
    """Try it once. Raises DataError with a hint where a sandbox cannot be had: nothing ever runs without one."""
    limits = Limits()
    with _started("program", {"code": "print(6 * 7)"}, limits) as process:
        if _watched(process, limits).output == b"42\n":
            return
        process.kill()
        assert process.stderr is not None
        told = process.stderr.read(CHUNK).decode(errors="replace").strip().splitlines() or ["it said nothing"]
    raise DataError(
        f"runs code in a sandbox, and bubblewrap cannot make one here ({told[-1][:160]})",
        hint="Unprivileged user namespaces must be allowed: `sysctl kernel.unprivileged_userns_clone=1`, and in a "
        "container a seccomp profile that allows `unshare` and `mount`.",
    )
