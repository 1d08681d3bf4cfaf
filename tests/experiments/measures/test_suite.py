"""The tables of what is measured and of what is asked agree with one another, and with the words of the YAML."""

from __future__ import annotations

from typing import get_args

from curricula.schema import Inquiry, Metric
from experiments.evaluation import tasks
from experiments.evaluation.inquiry import asking
from experiments.measures import examination
from experiments.measures.inquiries import INQUIRIES
from experiments.measures.scores import METRICS
from experiments.measures.suite import ASKED, suite_of
from experiments.nodes.details import Details
from experiments.nodes.setup import Setup
from experiments.nodes.suite import ModelTask
from tests.support.models import DOMAIN, EVALUATION, TINY


def test_every_word_of_the_yaml_is_measured() -> None:
    assert set(METRICS) == set(get_args(Metric))
    assert set(INQUIRIES) == set(get_args(Inquiry))
    assert {one.field for one in INQUIRIES.values()} <= set(Details.model_fields)


def test_whatever_is_needed_can_be_asked() -> None:
    assert {"answers", "formats", "options", *ASKED} == set(tasks.ASKERS) == set(get_args(ModelTask))
    assert {one.needs for one in METRICS.values()} <= set(tasks.ASKERS)
    assert set(asking.ASKERS) == set(INQUIRIES)


def test_who_can_be_asked_is_said_once_more_and_alike() -> None:
    assert set(examination.SPOKEN) == set(tasks.SPOKEN)
    assert {kind for kind, one in INQUIRIES.items() if one.access == "prompt"} == set(asking.SPOKEN)


def test_nothing_is_asked_that_no_metric_needs() -> None:
    for metrics, kinds in (((), set()), (("nll",), {"references"}), (("entropy", "kl"), {"samples", "divergence"})):
        settings = EVALUATION.model_copy(update={"metrics": metrics})
        suite = suite_of(Setup(model=TINY, domains={"copy": DOMAIN}, evaluation=settings))
        assert {task.kind for task in suite.tasks} == {"answers", *kinds}
