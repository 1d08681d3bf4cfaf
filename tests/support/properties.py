"""How many examples a property takes."""

from __future__ import annotations

from typing import Any

from hypothesis import settings


def examples(number: int, **more: Any) -> settings:
    """So many examples in the whole suite, and the profile's share of them (see conftest.py) in `make quick`.

    A bare `settings(max_examples=...)` overrides the profile, and so would take as many in both.
    """
    share = settings.default.max_examples / settings.get_profile("stagewise").max_examples
    return settings(max_examples=max(5, round(number * share)), **more)
