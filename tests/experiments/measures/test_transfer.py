"""Every definition against the papers' sums, written out. `test_transfer_libraries.py` asks Continuum and Avalanche."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.transfer import MEANINGS, OF_BACKWARD, weights

T = 5
RNG = np.random.default_rng(0)
MATRIX = RNG.random((T + 1, T))
"""R[i, k] after i stages; stage k + 1 introduces the domain k."""
FIRST = list(range(1, T + 1))


def value(definition, matrix=MATRIX, first=FIRST, past=None):
    found = weights(definition, first, len(matrix) - 1, matrix if past is None else past)
    return None if found is None else float((found * matrix).sum())


def papers():
    """As the papers write them; their R starts at the first task, their b is R[0]."""
    r, b = MATRIX[1:], MATRIX[0]
    lower = [(i, j) for i in range(T) for j in range(i)]
    backward = sum(r[i, j] - r[j, j] for i, j in lower) / (T * (T - 1) / 2)
    return {
        "acc": sum(r[T - 1, i] for i in range(T)) / T,
        "bwt": sum(r[T - 1, i] - r[i, i] for i in range(T - 1)) / (T - 1),
        "fwt": sum(r[i - 1, i] - b[i] for i in range(1, T)) / (T - 1),
        "acc_diaz": sum(r[i, j] for i in range(T) for j in range(i + 1)) / (T * (T + 1) / 2),
        "bwt_diaz": backward,
        "fwt_diaz": sum(r[i, j] for i in range(T) for j in range(i + 1, T)) / (T * (T - 1) / 2),
        "forgetting_chaudhry": sum(max(r[q, j] for q in range(T - 1)) - r[T - 1, j] for j in range(T - 1)) / (T - 1),
        "forgetting_avalanche": sum(r[i, i] - r[T - 1, i] for i in range(T - 1)) / (T - 1),
        "remembering_diaz": 1 - abs(min(backward, 0)),
        "positive_bwt_diaz": max(backward, 0),
    }


@pytest.mark.parametrize("definition", papers())
def test_it_is_the_paper_s(definition):
    found = OF_BACKWARD[definition](value("bwt_diaz")) if definition in OF_BACKWARD else value(definition)
    assert found == pytest.approx(papers()[definition])


def test_all_definitions_are_tested():
    assert set(papers()) | {"intransigence_chaudhry"} == set(MEANINGS)


def test_the_best_earlier_moment_is_chosen_on_other_items():
    past = np.zeros_like(MATRIX)
    past[2] = 1.0
    expected = np.mean([MATRIX[2, k] - MATRIX[T, k] for k in range(T - 1)])
    assert value("forgetting_chaudhry", past=past) == pytest.approx(expected)


def test_stages_may_introduce_several_domains_or_none():
    matrix, first = MATRIX[:4, :3], [1, 1, 3]
    assert value("bwt", matrix, first) == pytest.approx(np.mean(matrix[3, :2] - matrix[1, :2]))
    assert value("fwt", matrix, first) == pytest.approx(matrix[2, 2] - matrix[0, 2])


def test_one_stage_has_no_transfer():
    assert value("bwt", MATRIX[:2, :1], [1]) is None
    assert value("fwt", MATRIX[:2, :1], [1]) is None
    assert value("acc", MATRIX[:2, :1], [1]) == pytest.approx(MATRIX[1, 0])
