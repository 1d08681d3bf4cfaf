"""Every definition against the papers' sums, written out, and against what Continuum and Avalanche compute.

The libraries are not installed with the tests. Their arithmetic stands here as they have it (Continuum 1.2.7,
`continuum/metrics/metrics.py`; Avalanche 0.6.0, `evaluation/metrics/forgetting_bwt.py`), and was compared with them.
"""

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


def avalanche_forgetting(matrix):
    """`Forgetting`: the first value of a key less its last; the stream's is the mean over keys that have both."""
    initial, last = {}, {}
    for trained in range(T):
        last.clear()
        for key in range(T):
            (initial if key == trained else last)[key] = matrix[trained + 1, key]
    return np.mean([initial[key] - last[key] for key in initial if key in last])


def test_avalanche_s_forgetting_is_gem_s_backward_transfer_turned_round():
    assert value("forgetting_avalanche") == pytest.approx(avalanche_forgetting(MATRIX))
    assert value("forgetting_avalanche") == pytest.approx(-value("bwt"))


def test_avalanche_s_forward_transfer_is_gem_s():
    """`ForwardTransfer`: after the experience before less at initialisation; its stream is the mean over those."""
    each = [MATRIX[key, key] - MATRIX[0, key] for key in range(1, T)]
    assert value("fwt") == pytest.approx(np.mean(each))


def continuum(matrix):
    """As Continuum sums, its ranges included."""
    r, pairs = matrix[1:], T * (T - 1) / 2
    return {
        "accuracy_A": sum(r[i, j] for i in range(T) for j in range(i + 1)) / (T * (T + 1) / 2),
        "backward_transfer": sum(r[i, j] - r[j, j] for i in range(1, T) for j in range(i - 1)) / pairs,
        "forward_transfer": sum(r[i, j] for i in range(T) for j in range(i)) / pairs,
        "forgetting": sum(max(r[q, j] for q in range(T - 2) if q >= j) - r[T - 1, j] for j in range(T - 2)) / (T - 1),
    }


def test_continuum_s_accuracy_is_ours():
    assert value("acc_diaz") == pytest.approx(continuum(MATRIX)["accuracy_A"])


def test_where_continuum_differs_it_leaves_cells_out():
    """Its ranges end one too early, so that the step right after a domain's own stage is never counted."""
    r, theirs = MATRIX[1:], continuum(MATRIX)
    missing = sum(r[i, i - 1] - r[i - 1, i - 1] for i in range(1, T)) / (T * (T - 1) / 2)
    assert value("bwt_diaz") == pytest.approx(theirs["backward_transfer"] + missing)
    # Its forward transfer sums the cells below the diagonal, which are those of backward transfer.
    assert theirs["forward_transfer"] == pytest.approx(
        sum(r[i, j] for i in range(T) for j in range(i)) / (T * (T - 1) / 2)
    )
    assert value("fwt_diaz") != pytest.approx(theirs["forward_transfer"])
    # Its forgetting leaves out the last domain before the end, and the moment before the last as a best one.
    assert value("forgetting_chaudhry") != pytest.approx(theirs["forgetting"])


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
