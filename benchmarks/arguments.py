"""The words of a benchmark's command; asked for help, it prints what its module says and ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

HELP = {"-h", "--help"}


def arguments(description: str | None, least: int = 0) -> Sequence[str]:
    """What stands after the module's name, `least` words or more. Ends the process where that asks for help or for an
    option: none has any."""
    words = sys.argv[1:]
    if HELP & set(words):
        print(description)
        raise SystemExit(0)
    if unknown := [word for word in words if word.startswith("-")]:
        raise SystemExit(f"{unknown[0]}: is no option of this benchmark. --help says what it takes.")
    if len(words) < least:
        raise SystemExit(f"takes {least} words at least, got {len(words)}. --help says which.")
    return words
