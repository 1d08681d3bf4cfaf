"""What a reward is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domains.example import Example

Reward = Callable[[Sequence[str], Example], list[float]]
"""Scores all rollouts of one prompt (the group) at once: completions, example → one number in [0, 1] each."""
