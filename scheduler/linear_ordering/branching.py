"""Best-first branch and cut: cutting planes at each node, then the two orders of an undecided pair.

Cuts hold everywhere, so a node hands those that are tight to its children.
"""

from __future__ import annotations

import heapq
import itertools
import time
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scheduler.linear_ordering.cuts import violated
from scheduler.linear_ordering.fixing import closed, settle
from scheduler.linear_ordering.local_search import by_row_sums, improve
from scheduler.linear_ordering.problem import Ints, OrderingProblem
from scheduler.linear_ordering.relaxation import Relaxation, relax
from scheduler.measurements import Array

FRACTIONAL = 1e-6
# A round that closes less of the gap than this is worth less than branching.
LEAST_PROGRESS = 0.02


@dataclass(frozen=True, order=True)
class Node:
    """What is settled so far. Compared by bound, the highest first."""

    key: tuple[float, int]
    """−bound, and a number to break ties."""
    low: Array = field(compare=False)
    high: Array = field(compare=False)
    cuts: Ints = field(compare=False)

    @property
    def bound(self) -> float:
        """Upper bound on Σ d·s of all orders below."""
        return -self.key[0]


@dataclass(frozen=True)
class SearchResult:
    """The best order found and an upper bound on all orders."""

    order: Ints
    bound: float


class BranchAndCut:
    """One search. `order` and `value` only ever get better."""

    def __init__(self, problem: OrderingProblem, order: Ints, deadline: float) -> None:
        self.problem, self.order, self.deadline = problem, order, deadline
        self.value = problem.value(order)
        self._numbers = itertools.count()

    def run(self, bound: float, low: Array, high: Array, cuts: Ints) -> SearchResult:
        """Search below one node, until nothing better is possible or time is up."""
        open_nodes = [self._node(bound, low, high, cuts)]
        left = self.value
        while open_nodes and self.problem.room(open_nodes[0].bound, self.value) > 0:
            if time.perf_counter() > self.deadline:
                break
            node = heapq.heappop(open_nodes)
            children = self._expand(node)
            if children is None:
                left = max(left, node.bound)
            for child in children or ():
                heapq.heappush(open_nodes, child)
        return SearchResult(self.order, max(left, self.value, open_nodes[0].bound if open_nodes else self.value))

    def _node(self, bound: float, low: Array, high: Array, cuts: Ints) -> Node:
        return Node((-bound, next(self._numbers)), low, high, cuts)

    def _expand(self, node: Node) -> list[Node] | None:
        """Its children; none where no better order is below it; None where that could not be told."""
        solved = self._tighten(node)
        if solved is None:
            return None
        found, bound = solved
        if self.problem.room(bound, self.value) == 0:
            return []
        # The reduced costs are those of this bound, even where an earlier round's was a little lower.
        gap = found.bound - self.value - self.problem.slack
        low, high = settle(node.low, node.high, found.reduced, gap) if gap > 0 else (node.low, node.high)
        pair = _undecided(self.problem, found.signs, low, high)
        if pair is None:
            return None
        children = []
        for sign in (1.0, -1.0):
            ends = low.copy(), high.copy()
            ends[0][pair] = ends[1][pair] = sign
            if (ranges := closed(self.problem, *ends)) is not None:
                children.append(self._node(bound, *ranges, found.tight))
        return children

    def _tighten(self, node: Node) -> tuple[Relaxation, float] | None:
        """Rounds of cuts until none is broken, the node is closed or the bound hardly moves."""
        cuts, bound, last = node.cuts, node.bound, None
        while True:
            found = relax(self.problem, cuts, node.low, node.high, self.deadline - time.perf_counter())
            if found is None:
                return None if last is None else (last, bound)
            self._round(found.signs)
            gain, bound, first = bound - found.bound, min(bound, found.bound), last is None
            last = found
            room = self.problem.room(bound, self.value)
            branch = not first and gain < LEAST_PROGRESS * room and fractional(found.signs).any()
            if room == 0 or branch:
                return found, bound
            new = violated(self.problem, found.signs)
            if not len(new):
                return found, bound
            cuts = np.union1d(cuts, new)

    def _round(self, signs: Array) -> None:
        """A fractional s often orders well: those that stand before most others first."""
        found = improve(self.problem.dense, by_row_sums(self.problem.spread(signs)))
        if (value := self.problem.value(found)) > self.value:
            self.order, self.value = found, value


def _undecided(problem: OrderingProblem, signs: Array, low: Array, high: Array) -> int | None:
    """The pair to branch on: near the middle of its range, and with much at stake."""
    free = (low < high) & fractional(signs)
    if not free.any():
        return None
    stake = np.abs(problem.signed)
    return int(np.where(free, (1 - np.abs(signs)) * (stake + stake.mean()), -1.0).argmax())


def fractional(signs: Array) -> npt.NDArray[np.bool_]:
    """Which pairs a solution leaves undecided."""
    return np.abs(signs) < 1 - FRACTIONAL
