"""How much a program in the sandbox may use."""

from __future__ import annotations

from domains.apart.worker import wall
from domains.frozen import Frozen

MEGABYTE = 1 << 20


class Limits(Frozen):
    """Of one program. There are no limits on processes and threads: it may start none."""

    seconds: float = 5.0
    """Of processor time."""
    memory: int = 256
    """MiB of address space."""
    scratch: int = 16
    """MiB of all files in the scratch folder together."""
    output: int = 1 << 20
    """Bytes written to standard output; what writes more is stopped."""
    files: int = 32
    """Open at once."""

    @property
    def wall(self) -> float:
        """Seconds by the clock after which it is killed: machines are shared, so far more than processor time."""
        return wall(self.seconds)

    def content(self) -> dict[str, int]:
        """What is set inside (`inside/confine.py`), in bytes and whole seconds."""
        return {
            "seconds": max(1, -(-self.seconds // 1).__int__()),
            "memory": self.memory * MEGABYTE,
            "file": self.scratch * MEGABYTE,
            "files": self.files,
        }
