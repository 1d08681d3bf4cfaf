"""A filter of system calls: no new process or thread, no network, nothing that the kernel's past holes were in.

A list of what is refused (EPERM), not of what is allowed: Python needs hundreds, and which ones changes with libc.
"""

from __future__ import annotations

import platform
import struct
from dataclasses import dataclass

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
"""Instructions of classic BPF: load a word, compare and jump, return (linux/bpf_common.h)."""
NUMBER, ARCHITECTURE = 0, 4
"""Offsets in `struct seccomp_data`."""
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1
"""What a filter returns (linux/seccomp.h); refused calls fail with EPERM."""
X32 = 0x40000000
"""Numbers from here on are x86-64's second set of the same calls."""


@dataclass(frozen=True)
class Machine:
    """A processor's number in `linux/audit.h` and what it calls the refused system calls."""

    audit: int
    refused: tuple[int, ...]


COMMON = (*range(425, 436), 438, 442, 447)
"""Equal on both: io_uring, the new mount calls, pidfd_open, clone3, pidfd_getfd, mount_setattr, memfd_secret."""
MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        (
            *(56, 57, 58),  # clone, fork, vfork
            *(41, 29, 64, 68, 240, 319),  # socket; shmget, semget, msgget, mq_open, memfd_create: memory of no process
            *(101, 310, 311, 312),  # ptrace, process_vm_readv, process_vm_writev, kcmp
            *(165, 166, 155, 161, 272, 308),  # mount, umount2, pivot_root, chroot, unshare, setns
            *(321, 298, 323, 248, 249, 250, 303, 304),  # bpf, perf_event_open, userfaultfd, keys, file handles
            *(135, 154, 172, 173, 103, 163, 167, 169, 179),  # personality, modify_ldt, iopl, ioperm, syslog, …
            *(246, 320, 175, 313, 176, 300, 206, 278),  # kexec, modules, fanotify_init, io_setup, vmsplice
        ),
    ),
    "aarch64": Machine(
        0xC00000B7,
        (
            220,  # clone
            *(198, 194, 190, 186, 180, 279),
            *(117, 270, 271, 272),
            *(40, 39, 41, 51, 97, 268),
            *(280, 241, 282, 217, 218, 219, 264, 265),
            *(92, 116, 89, 224, 142, 60),
            *(104, 294, 105, 273, 106, 262, 0, 75),
        ),
    ),
}


def syscall_filter() -> bytes | None:
    """The filter as bwrap's ``--seccomp`` takes it; None on a processor that is not in `MACHINES`."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return None
    refused = (*machine.refused, *COMMON)
    checks = [_step(AT_LEAST, X32, yes=len(refused) + 1)]
    checks += [_step(EQUAL, call, yes=len(refused) - at) for at, call in enumerate(refused)]
    return b"".join(
        [
            _step(LOAD, ARCHITECTURE),
            _step(EQUAL, machine.audit, yes=1),
            _step(RETURN, KILL),
            _step(LOAD, NUMBER),
            *checks,
            _step(RETURN, ALLOW),
            _step(RETURN, REFUSE),
        ]
    )


def _step(code: int, value: int, *, yes: int = 0) -> bytes:
    """One instruction; `yes` are the instructions to leap over where a comparison holds."""
    return struct.pack("=HBBI", code, yes, 0, value)
