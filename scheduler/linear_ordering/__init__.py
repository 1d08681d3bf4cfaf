"""Linear ordering of many objects: local search, a dual bound, and branch and cut with 3-dicycle cuts."""

from scheduler.linear_ordering.solver import LinearOrdering, RankedOrder, best_order

__all__ = ["LinearOrdering", "RankedOrder", "best_order"]
