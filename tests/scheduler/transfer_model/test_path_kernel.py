"""Likeness of orders, complete or begun."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from scheduler.transfer_model.path_kernel import distance, mallows, marks

NAMES = "abcd"


def kendall(one, other):
    return sum((one.index(i) < one.index(j)) != (other.index(i) < other.index(j)) for i, j in combinations(NAMES, 2))


def test_distance_of_complete_orders_is_twice_kendalls():
    orders = list(permutations(NAMES))
    found = distance(marks(orders, NAMES), marks(orders, NAMES))
    assert found.tolist() == [[2 * kendall(one, other) for other in orders] for one in orders]


def test_kernel_is_positive_definite_on_all_paths_and_one_on_itself():
    paths = [path for length in range(5) for path in permutations(NAMES, length)]
    gram = mallows(marks(paths, NAMES), marks(paths, NAMES), 3.0)
    assert np.diag(gram) == pytest.approx(1)
    assert np.linalg.eigvalsh(gram).min() > -1e-9


def test_no_two_paths_look_alike():
    paths = [path for length in range(5) for path in permutations(NAMES, length)]
    assert len({tuple(row) for row in marks(paths, NAMES)}) == len(paths)


def test_no_paths():
    assert marks([], NAMES).shape == (0, 16)
