"""Our definitions against what Continuum and Avalanche themselves reckon from the same answers.

Both take predictions; here 1 is a right answer and every target is 1. The R of `experiments.measures.transfer` is the
share of right answers.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.transfer import OF_BACKWARD, Definition, weights
from scheduler.measurements import Array
from tests.support import peer_libraries

ANSWERS = st.builds(
    lambda seed, tasks, items: np.random.default_rng(seed).integers(0, 2, (tasks + 1, tasks, items)),
    st.integers(0, 2**32 - 1),
    st.integers(2, 6),
    st.integers(1, 12),
)
"""(T + 1 moments, T domains, items), each 0 or 1; the first moment is the base, the stage k introduces the domain k."""


VERSIONS = {"continuum": "1.2.7", "avalanche-lib": "0.6.0"}


@pytest.fixture(scope="module", autouse=True)
def libraries() -> dict[str, str]:
    """Their versions; all is skipped where they are not installed."""
    return {name: peer_libraries.version(name) for name in VERSIONS}


def ours(answers: Array, definition: Definition) -> float:
    matrix = answers.mean(axis=-1)
    tasks = matrix.shape[1]
    found = weights(definition, range(1, tasks + 1), tasks, matrix)
    assert found is not None
    return float((found * matrix).sum())


def continuum(answers: Array, name: str) -> float:
    """A metric of Continuum; it knows no base, and is shown all domains after every stage."""
    stages, tasks, items = answers[1:].shape
    labels = np.repeat(np.arange(tasks), items)
    said = [stage.reshape(-1) for stage in answers[1:]]
    metric = getattr(peer_libraries.continuum(), name)
    return float(metric(said, [np.ones_like(labels)] * stages, [labels] * stages))


def avalanche(answers: Array, metric: Any, *, base: bool) -> float:
    """A stream's metric of Avalanche, led through training and evaluation as its strategies do."""
    strategy = SimpleNamespace(clock=SimpleNamespace(train_iterations=0), is_eval=True, eval_every=0)
    tasks = answers.shape[1]
    for moment, said in enumerate(answers):
        if moment:
            strategy.experience = _experience(moment - 1)
            metric.before_training_exp(strategy)
        elif not base:
            continue
        metric.before_eval(strategy)
        for task in range(tasks):
            strategy.experience = _experience(task)
            strategy.mb_output, strategy.mb_y = torch.tensor(said[task]), torch.ones(len(said[task]), dtype=torch.int64)
            metric.before_eval_exp(strategy)
            metric.after_eval_iteration(strategy)
            metric.after_eval_exp(strategy)
        (told,) = metric.after_eval(strategy)
    return float(told.value)


def _experience(number: int) -> SimpleNamespace:
    return SimpleNamespace(current_experience=number, origin_stream=SimpleNamespace(name="test"), task_labels=[0])


def test_they_are_the_versions_that_the_documents_name(libraries: dict[str, str]) -> None:
    assert libraries == VERSIONS


@given(ANSWERS)
def test_avalanche_s_forgetting_is_ours_and_gem_s_backward_transfer_turned_round(answers: Array) -> None:
    forgetting, _ = peer_libraries.avalanche()
    theirs = avalanche(answers, forgetting.StreamForgetting(), base=False)
    assert theirs == pytest.approx(ours(answers, "forgetting_avalanche"))
    assert avalanche(answers, forgetting.StreamBWT(), base=False) == pytest.approx(ours(answers, "bwt"))
    assert theirs == pytest.approx(-ours(answers, "bwt"))


@given(ANSWERS)
def test_avalanche_s_forward_transfer_is_gem_s(answers: Array) -> None:
    _, forward = peer_libraries.avalanche()
    assert avalanche(answers, forward.StreamForwardTransfer(), base=True) == pytest.approx(ours(answers, "fwt"))


@given(ANSWERS)
def test_continuum_s_accuracy_is_ours(answers: Array) -> None:
    peer_libraries.version("continuum")
    assert continuum(answers, "accuracy_A") == pytest.approx(ours(answers, "acc_diaz"))


@given(ANSWERS)
def test_continuum_s_backward_transfer_leaves_out_the_step_after_a_domain_s_own_stage(answers: Array) -> None:
    """Its inner range ends one too early. What it makes of its sum is what we make of ours."""
    r, theirs = answers[1:].mean(axis=-1), continuum(answers, "backward_transfer")
    tasks = len(r)
    left_out = sum(r[k + 1, k] - r[k, k] for k in range(tasks - 1)) / (tasks * (tasks - 1) / 2)
    assert ours(answers, "bwt_diaz") == pytest.approx(theirs + left_out)
    assert continuum(answers, "remembering") == pytest.approx(OF_BACKWARD["remembering_diaz"](theirs))
    assert continuum(answers, "positive_backward_transfer") == pytest.approx(OF_BACKWARD["positive_bwt_diaz"](theirs))


@given(ANSWERS)
def test_continuum_s_forward_transfer_is_ours_with_stages_and_domains_exchanged(answers: Array) -> None:
    """It sums below the diagonal, where backward transfer is; the paper sums above it."""
    exchanged = np.concatenate([answers[:1], answers[1:].swapaxes(0, 1)])
    assert continuum(exchanged, "forward_transfer") == pytest.approx(ours(answers, "fwt_diaz"))


@given(ANSWERS)
def test_continuum_s_forgetting_leaves_out_the_last_two_domains_and_the_last_best_moment(answers: Array) -> None:
    """Chaudhry et al. take all domains but the last, and the best of all stages before the end."""
    r = answers[1:].mean(axis=-1)
    last = len(r) - 1
    theirs = [r[k : last - 1, k].max() - r[last, k] for k in range(last - 1)]
    assert continuum(answers, "forgetting") == pytest.approx(sum(theirs) / last)
    each = [r[:last, k].max() - r[last, k] for k in range(last)]
    assert ours(answers, "forgetting_chaudhry") == pytest.approx(sum(each) / last)
    assert all(mine >= one for mine, one in zip(each, theirs, strict=False)), "of a domain never less"
