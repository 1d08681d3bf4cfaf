"""Linear ordering of many objects: local search, a dual bound, and branch and cut with 3-dicycle cuts."""

from scheduler.linear_ordering.solver import LinearOrdering, Ranked, best_order

__all__ = ["LinearOrdering", "Ranked", "best_order"]
