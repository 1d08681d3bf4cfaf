"""Compositions by name: how an order and a budget become stages. What each of them does is a file of its own in
scheduler/composing/compositions/; a test holds that the names here and the table there are the same."""

from __future__ import annotations

from typing import Literal

Ordered = Literal["sequential", "pairs", "cumulative"]
"""Those that make stages of an order, for a run's schedule, its baselines and a search alike."""
Composition = Literal[Ordered, "explicit", "adaptive"]
"""What `schedule.composition` may say; explicit stages are composed by who writes them."""
SearchComposition = Literal["joint", Ordered, "adaptive"]
"""What a search goes through: all that is composed. Optuna knows the values by their places, so they stay in order."""
Composed = Literal[SearchComposition, "explicit", "merge"]
"""What any arm may be; merged models train nothing."""
