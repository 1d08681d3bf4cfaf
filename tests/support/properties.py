"""How many examples a property takes."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

USUAL = 100
"""Examples of a property that asks for no number, by Hypothesis's own settings."""


def examples(number: int, **more: Any) -> settings:
    """So many examples where a property usually takes 100, and as the profile (see conftest.py) has fewer or more.

    A bare `settings(max_examples=...)` overrides the profile, and so would take as many in all.
    """
    share = settings.default.max_examples / USUAL
    return settings(max_examples=max(5, round(number * share)), **more)
