"""Paraphrases asked for of a finished store: nothing trains and nothing that was said is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.schema import Resources
from curricula.stage import Stage, Training
from domains.endpoints import EndpointSpec
from domains.errors import StageError
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.tree import base_node, child_node
from experiments.worker import measure
from experiments.worker.node import run_node
from tests.support.chat_server import chat_server
from tests.support.models import PAIRS, stored
from tests.support.paraphraser import text_of
from tests.support.said import refuse

pytestmark = pytest.mark.slow

STAGE = Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=2, prompts=4))


def test_it_can_be_added_to_a_finished_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, setup = stored(str(tmp_path))
    reasons = setup.domains["copy"].model_copy(update={"final": "so ", "decoding": PAIRS})
    setup = setup.model_copy(update={"domains": {**setup.domains, "copy": reasons}})
    base = base_node(setup)
    nodes = [base, child_node(setup, base, STAGE, 0)]

    def run(what):
        for parent, node in zip([None, *nodes], nodes, strict=False):
            run_node(Work(node, parent, what, store.url, Resources()))
        return [store.record(node, suite_of(what).id) for node in nodes]

    def asking(url, *kinds):
        who = EndpointSpec(url=url, model="m", weights="the same", patience=0.0)
        changes = {"inquiries": kinds, "inquiry_items": 4, "paraphraser": who}
        return setup.model_copy(update={"evaluation": setup.evaluation.model_copy(update=changes)})

    before = run(setup)
    weights = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("model.safetensors")}
    monkeypatch.setattr(measure, "ask", refuse)
    with pytest.raises(StageError, match=r"no paraphrase could be had: the endpoint .* did not answer") as down:
        run(asking("http://127.0.0.1:1/v1", "paraphrase"))
    assert "\n" not in str(down.value)
    assert [store.record(node, suite_of(setup).id) for node in nodes] == before
    with chat_server(lambda body: f"{text_of(body)} ok") as (server, url):
        after = run(asking(url, "paraphrase"))
        asked = server.asked
        assert asked
        again = run(asking(url, "reasoning", "paraphrase"))
        assert server.asked == asked
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("model.safetensors")} == weights
    for old, new, last in zip(before, after, again, strict=True):
        found = new.scores["test"]["copy"].details
        assert old.scores["test"]["copy"].details == found.model_copy(update={"paraphrased": None})
        assert len(found.paraphrased.steps) == len(found.paraphrased.reworded) == 4
        assert [each is None for each in found.paraphrased.whole] == [
            each is None for each in found.paraphrased.reworded
        ]
        # It does not say how its answers come to their end.
        assert new.scores["test"]["free"].details.paraphrased is None
        assert last.scores["test"]["copy"].details.paraphrased == found.paraphrased
        assert len(last.scores["test"]["copy"].details.reasoned.steps) == 4
    used = [one for record in after for one in record.scores["test"]["copy"].details.paraphrased.reworded]
    assert any(one is not None for one in used)
