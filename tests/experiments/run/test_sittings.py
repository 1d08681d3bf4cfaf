"""The wall time of a run says what it holds: stages that other commands trained are named beside it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.analysis.rows.costs import wall_words
from experiments.executors.inline import InlineExecutor
from experiments.nodes.record import Cost
from experiments.run.phases import run
from experiments.run.reporting import report_of
from experiments.run.sittings import FILE, Sittings, sittings
from experiments.store import Store
from tests.support.displays import silent
from tests.support.nodes import digest, leave, train
from tests.support.scored import record_of
from tests.support.search import curriculum, job_at

pytestmark = pytest.mark.usefixtures("no_completions")
SECONDS = 100.0


def slow(work):
    """A node that says it took long."""
    store = Store.open(work.store)
    weights = digest(f"{train(store, work)} {work.node.stage}")
    cost = Cost(steps=1, train_seconds=SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weights.txt").write_text(weights, "ascii")
        leave(store, work.node, work.setup, record_of(work, weights).model_copy(update={"cost": cost}), Path(folder))


def done(url, seeds):
    job = job_at(str(url), curriculum().model_copy(update={"seeds": seeds}))
    return job, run(job, InlineExecutor(job.view, Resources(), slow), silent, lambda findings: None)


@pytest.mark.slow
def test_a_run_with_more_seeds_names_the_training_of_the_run_before_it(tmp_path):
    first, before = done(tmp_path, (0, 1))
    assert before.cost.elsewhere_seconds == 0
    assert "own commands" not in wall_words(before.cost)
    second, after = done(tmp_path, (0, 1, 2))
    assert first.run != second.run
    assert after.cost.elsewhere_seconds == pytest.approx(before.cost.train_seconds)
    assert after.cost.train_seconds > after.cost.elsewhere_seconds
    assert "of this run's own commands, without" in wall_words(after.cost)
    # A second sitting of the same run makes nothing new, and forgets nothing.
    _, again = done(tmp_path, (0, 1))
    assert again.cost.elsewhere_seconds == 0
    assert again.cost.wall_seconds >= before.cost.wall_seconds


def test_an_interrupted_command_counts_as_far_as_it_came(tmp_path):
    def breaks(work):
        if work.node.seed == 1:
            raise KeyboardInterrupt
        slow(work)

    job = job_at(str(tmp_path), curriculum().model_copy(update={"seeds": (0, 1)}))
    with pytest.raises(KeyboardInterrupt):
        run(job, InlineExecutor(job.view, Resources(), breaks), silent, lambda findings: None)
    assert sittings(job).made
    _, report = done(tmp_path, (0, 1))
    assert report.cost.elsewhere_seconds == 0


def test_what_was_not_noted_is_not_known(tmp_path):
    """Stores of an earlier version hold seconds alone."""
    job, _ = done(tmp_path, (0,))
    job.store.write_run(job.run, FILE, json.dumps(12.5))
    assert sittings(job) == Sittings(seconds=12.5, made=None)
    assert report_of(job).cost.elsewhere_seconds is None


@pytest.mark.parametrize("left", ["\0" * 20, '{"seconds": "long"}'])
def test_what_a_power_cut_left_of_it_is_not_known(tmp_path, left):
    """It is written without waiting for the disk; every later command once ended with a traceback."""
    job, _ = done(tmp_path, (0,))
    job.store.write_run(job.run, FILE, left)
    assert sittings(job).seconds == 0
    done(tmp_path, (0,))
    assert sittings(job).seconds > 0
