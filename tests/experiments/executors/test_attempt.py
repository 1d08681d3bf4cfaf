"""Every way in which a node can end has a name."""

from __future__ import annotations

import pytest

from curricula.schema import Resources
from domains.errors import DataError, ModelError, StageError, StoreError
from experiments.executors.attempt import attempt, attempt_all
from experiments.executors.base import Work
from experiments.store import Store
from tests.support.nodes import SETUP, arithmetic, attempts, leave, record_of, silent, tree_of, view_of

BASE = tree_of("a").nodes[0]


@pytest.fixture
def work(tmp_path):
    return Work(BASE, None, SETUP, Store.open(str(tmp_path / "store")).url, Resources())


def raising(error: Exception):
    def run_node(_: Work) -> None:
        raise error

    return run_node


def test_a_node_that_commits_has_not_failed(work):
    assert attempt(arithmetic, work) is None
    assert view_of(Store.open(work.store)).has(BASE)


def test_a_finished_node_is_not_run(work):
    attempt(arithmetic, work)
    assert attempt(arithmetic, work) is None
    assert attempts(Store.open(work.store))[BASE.slug] == 1


def test_a_worker_that_does_not_see_the_store_makes_none(tmp_path):
    """A folder on the driver's machine alone: no worker elsewhere may go on in an empty one of its own."""
    place = tmp_path / "elsewhere"
    failure = attempt(arithmetic, Work(BASE, None, SETUP, str(place), Resources()))
    assert failure.boundary == "store"
    assert "there is no store here" in failure.cause
    assert not place.exists()


def test_a_node_that_commits_nothing_has_failed(work):
    failure = attempt(silent, work)
    assert (failure.boundary, failure.cause) == ("worker", "the stage ended without a measurement")


@pytest.mark.parametrize(
    ("error", "boundary", "cause"),
    [
        (StageError("reward", "it returned NaN"), "reward", "it returned NaN"),
        (DataError("no such column", value="x"), "data", "no such column, got 'x'."),
        (ModelError("not a model"), "model", "not a model."),
        (StoreError("not a record"), "store", "not a record."),
        (ZeroDivisionError("division by zero"), "worker", "ZeroDivisionError: division by zero"),
    ],
)
def test_an_exception_is_a_failure_at_its_boundary(work, error, boundary, cause):
    failure = attempt(raising(error), work)
    assert (failure.node, failure.boundary, failure.cause) == (BASE.id, boundary, cause)
    assert "run_node" in failure.traceback


def test_a_failure_after_another_worker_finished_is_none(work, tmp_path):
    def late(_: Work) -> None:
        (tmp_path / "weights").mkdir()
        leave(Store.open(work.store), BASE, SETUP, record_of(BASE), tmp_path / "weights")
        raise StageError("store", "the other one was first")

    assert attempt(late, work) is None


def test_a_store_that_went_away_is_a_failure(work):
    gone = Work(work.node, None, SETUP, "/proc/gone", Resources())
    assert attempt(arithmetic, gone).boundary == "store"


def test_an_interrupt_is_not_a_failure(work):
    with pytest.raises(KeyboardInterrupt):
        attempt(raising(KeyboardInterrupt()), work)


def test_attempts_in_a_row_fail_one_by_one(work):
    other = Work(tree_of("a", seeds=(1,)).nodes[0], None, SETUP, work.store, Resources())
    failures, seconds = attempt_all(silent, [work, other])
    assert [failure.node for failure in failures] == [BASE.id, other.node.id]
    assert seconds > 0
