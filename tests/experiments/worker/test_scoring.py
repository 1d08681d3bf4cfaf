"""A node of a run and the same weights as a model that was given are asked, marked and scored by one code."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.executors.base import Work
from experiments.measures.examination import examination, inquiries
from experiments.measures.inquiries import first_answers, inquired
from experiments.measures.suite import suite_of
from experiments.models.subjects.local import LocalModel
from experiments.nodes.record import DomainScore
from experiments.nodes.setup import Setup
from experiments.nodes.tree import base_node
from experiments.store import Store
from experiments.worker.bench import Bench
from experiments.worker.examine import examine
from experiments.worker.inquire import inquire_given
from experiments.worker.lending import lend
from experiments.worker.node import run_node
from experiments.worker.node_models import NodeModels
from experiments.worker.scoring import Marker
from tests.support.models import stored

pytestmark = pytest.mark.slow

SPLITS = ("train", "test")


def given(bench: Bench, model: LocalModel, setup: Setup, store: Store, domain: str) -> DomainScore:
    """What `stagewise measure` finds of the model, what it asks about its answers included."""
    data = {split: bench.examples(domain, split) for split in SPLITS}
    suite = examination(setup, domain, "full")
    found = examine(model, "folder", suite, setup, data, store=store, gpus=0, told=lambda _: None)
    details = found.score.details
    assert details is not None
    marker, told = Marker.of(domain, setup.domains[domain], data["train"], lend(store, 0)), []
    for task in inquiries(setup, domain):
        first = first_answers(details, found.answers, task.items)
        asked = inquire_given(
            model, model, "folder", "key", task, setup.domains[domain], data, first, store=store, gpus=0
        )
        told.append(marker.told(task, data["test"][: len(first)], asked.outputs))
        assert told[-1].marks == asked.marks
    return found.score.model_copy(update={"details": inquired(details, first, told)})


def test_a_node_and_a_folder_with_its_weights_have_the_same_score(tmp_path: Path) -> None:
    store, setup = stored(str(tmp_path))
    reasons = setup.domains["copy"].model_copy(update={"final": "so ", "calculator": "equals"})
    settings = setup.evaluation.model_copy(
        update={"inquiries": ("reasoning", "confidence", "calculator"), "inquiry_items": 4, "formats": 20}
    )
    setup = setup.model_copy(update={"domains": {**setup.domains, "copy": reasons}, "evaluation": settings})
    work = Work(base_node(setup), None, setup, store.url, Resources())
    run_node(work)
    bench = Bench(work, store)
    model = NodeModels(bench, None).own
    for domain, score in store.record(work.node, suite_of(setup).id).scores["test"].items():
        assert score.kl == 0
        found = given(bench, model, setup, store, domain)
        # A model that was given has no base to diverge from.
        assert found == score.model_copy(update={"kl": None})
        assert found.details is not None
        assert found.details.formats and found.details.believed
