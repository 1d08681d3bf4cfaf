"""The tables of what is measured and of what is asked agree with one another, and with the words of the YAML."""

from __future__ import annotations

from typing import get_args

from curricula.schema import Inquiry, Metric
from curricula.stage import Stage, Training
from domains.options import OptionForm
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


def test_options_are_read_on_test_alone_and_nothing_that_was_asked_before_is_asked_again() -> None:
    form = OptionForm(columns=("choices",), answer="{answer}")
    plain = Setup(model=TINY, domains={"copy": DOMAIN}, evaluation=EVALUATION)
    choice = plain.model_copy(update={"domains": {"copy": DOMAIN.model_copy(update={"options": form})}})
    before, after = suite_of(plain), suite_of(choice)
    (added,) = set(after.tasks) - set(before.tasks)
    assert (added.kind, added.split, added.items, added.options) == ("options", "test", None, form)
    assert set(before.tasks) < set(after.tasks)
    assert after.marking == before.marking
    other = added.model_copy(update={"options": form.model_copy(update={"letters": True})})
    assert other.key != added.key
    stage = Stage(mixture={"copy": 1.0}, training=Training())
    assert choice.stage_id("base", stage, 0) == plain.stage_id("base", stage, 0), "nothing trains again"
    assert choice.base_id == plain.base_id


def test_an_endpoint_is_not_asked_for_options() -> None:
    form = OptionForm(columns=("choices",), answer="{answer}")
    domain = DOMAIN.model_copy(update={"options": form})
    setup = Setup(model=TINY, domains={"copy": domain}, evaluation=EVALUATION)
    kinds = {task.kind for task in examination.examination(setup, "copy", "prompt").tasks}
    assert kinds == {"answers"}
    assert "options" in {task.kind for task in examination.examination(setup, "copy", "logits").tasks}
