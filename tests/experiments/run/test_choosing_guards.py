"""Guards that a base model's record chooses before anything else is trained, by whichever command comes first."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from curricula.guards import NONE, RECOMMENDED, Guards, PassRate
from curricula.recommended import waiting
from curricula.schema import Curriculum, Resources
from domains.errors import StageError, StagewiseError
from experiments.executors.base import Work
from experiments.executors.inline import InlineExecutor
from experiments.nodes.record import DomainScore
from experiments.run import findings
from experiments.run.job import Job, with_guards
from experiments.run.phases import choose_guards, run
from experiments.run.reporting import report_of
from experiments.store import Store
from tests.support.nodes import attempts, ignore, leave
from tests.support.scored import record_of, scored
from tests.support.search import curriculum, job_at

MIXED, FINE, HOPELESS = (0.0, 1.0), (0.5, 0.5), (0.0, 0.0)
BAND = Guards(pass_rate=PassRate(domains=("a",), least=32))


def planted(work: Work) -> None:
    """A base model by which prompts of a are hopeless or mastered, those of b neither, those of c hopeless."""
    if work.node.path:
        scored(work)
        return
    record = record_of(work, "00" * 32)
    planted = zip("abc", (MIXED, FINE, HOPELESS), strict=True)
    scores = record.scores["test"] | {name: DomainScore(items=items) for name, items in planted}
    record = record.model_copy(update={"scores": {"validation": scores, "test": scores}})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weights.txt").write_text("base", "ascii")
        leave(Store.open(work.store), work.node, work.setup, record, Path(folder))


def asked() -> Curriculum:
    spec = curriculum(order="bwt")
    return spec.model_copy(update={"training": spec.training.model_copy(update={"guards": RECOMMENDED})})


@contextmanager
def shown(titles, title, tree):
    titles.append(title)
    yield ignore


def chosen(job: Job, titles: list[str], run_node=planted) -> Job:
    return choose_guards(job, InlineExecutor(job.view, Resources(), run_node), partial(shown, titles))


@pytest.mark.slow
def test_the_base_is_measured_first_and_a_run_goes_on_with_what_it_chose(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.run.reporting.completions", lambda *_: {})
    titles, reports = [], []
    for _ in range(2):
        job = chosen(job_at(str(tmp_path), asked()), titles)
        assert [one.domain for one in job.guards if one.guards != NONE] == ["a"]
        executor = InlineExecutor(job.view, Resources(), planted)
        reports.append(run(job, executor, partial(shown, titles), lambda findings: None))
    assert titles[0] == "Base models"
    assert titles.count("Base models") == 1
    assert reports[0].stable() == reports[1].stable()
    assert reports[0].recommended == job.guards
    assert set(attempts(job.store).values()) == {1}
    assert job.run == job_at(str(tmp_path), asked()).run
    stages = {
        stage.label: stage.training.guards
        for arm in findings.arms(job.curriculum, findings.find(job))
        for stage in arm.stages
    }
    assert (stages["a"], stages["b"], stages["c"]) == (BAND, NONE, NONE)
    assert stages["b+a+c"] == BAND


def test_a_command_that_reads_has_them_once_the_base_was_measured(tmp_path):
    before = job_at(str(tmp_path), asked())
    assert waiting(before.curriculum)
    assert before.guards == ()
    with pytest.raises(AssertionError, match="before its guards are chosen"):
        report_of(before)
    measured = chosen(before, [])
    assert job_at(str(tmp_path), asked()).curriculum == measured.curriculum == with_guards(before).curriculum
    assert with_guards(measured) is measured


def test_a_curriculum_that_asks_for_none_measures_nothing_before(tmp_path):
    job, titles = job_at(str(tmp_path), curriculum(order="bwt")), []
    assert chosen(job, titles) is job
    assert titles == []


def test_a_base_that_cannot_be_measured_chooses_nothing(tmp_path):
    def fails(work: Work) -> None:
        raise StageError("evaluation", "no answer")

    with pytest.raises(StagewiseError, match=r"the base model, which could not be measured: evaluation: no answer$"):
        chosen(job_at(str(tmp_path), asked()), [], fails)
