"""The terminal that commands write to."""

from __future__ import annotations

from rich.console import Console


def console_of(*, stderr: bool = False) -> Console:
    """Standard output or standard error, and no emoji: of ``mine.yaml:100: …`` rich would make one of the line's
    number, and of any text that stands between two colons."""
    return Console(stderr=stderr, emoji=False)
