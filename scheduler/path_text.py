"""A path of domains as one text, for people, keys and the search's parameter ``order``; and back.

No domain's name holds a space, ``>`` or ``+``, so different paths have different texts. A step of a path that trains
several domains together is written as one name, ``a + b``.
"""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.measurements import Path

ARROW, PLUS = " > ", " + "


def order_text(order: Sequence[str]) -> str:
    """``a > b > c``; empty for no domain."""
    return ARROW.join(order)


def path_of(text: str) -> Path:
    """The path that `order_text` made this of."""
    return tuple(text.split(ARROW)) if text else ()


def together_text(names: Sequence[str]) -> str:
    """``a + b``: one step of a path, on all of these."""
    return PLUS.join(names)


def together_in(step: str) -> tuple[str, ...]:
    """The domains that a step of a path trains."""
    return tuple(step.split(PLUS))
