"""What is asked about a node's answers: on request, of answers that are there, and never twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.schema import Resources
from curricula.stage import Stage, Training
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.tree import base_node, child_node
from experiments.worker import measure
from experiments.worker.node import run_node
from tests.support.models import stored
from tests.support.said import refuse

pytestmark = pytest.mark.slow

STAGE = Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=2, prompts=4))


def test_only_what_is_asked_about_answers_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, setup = stored(str(tmp_path))
    reasons = setup.domains["copy"].model_copy(update={"final": "so ", "decoding": "greedy", "calculator": "equals"})
    setup = setup.model_copy(update={"domains": {**setup.domains, "copy": reasons}})
    base = base_node(setup)
    nodes = [base, child_node(setup, base, STAGE, 0)]

    def run(what):
        for parent, node in zip([None, *nodes], nodes, strict=False):
            run_node(Work(node, parent, what, store.url, Resources()))
        return [store.record(node, suite_of(what).id).scores["test"] for node in nodes]

    before = run(setup)
    weights = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("model.safetensors")}
    monkeypatch.setattr(measure, "ask", refuse)
    settings = setup.evaluation.model_copy(
        update={"inquiries": ("reasoning", "confidence", "calculator"), "inquiry_items": 4}
    )
    wanted = setup.model_copy(update={"evaluation": settings})
    assert (wanted.base_id, [node.id for node in nodes]) == (setup.base_id, [node.id for node in nodes])
    after = run(wanted)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("model.safetensors")} == weights
    for old, new in zip(before, after, strict=True):
        assert old["copy"].details.reasoned is None
        found = new["copy"].details
        assert found.scores == old["copy"].details.scores
        assert len(found.reasoned.steps) == 4
        assert len(found.reasoned.nats_whole) == 4
        assert len(found.believed.p_true) == 4
        # It calls nothing, so that its answers are what they were.
        assert found.calculated.calls == (0,) * 4
        assert found.calculated.score == found.calculated.without == found.scores[:: found.samples][:4]
        # It does not say how its answers come to their end.
        assert new["free"].details.reasoned is new["free"].details.calculated is None
        assert len(new["free"].details.believed.p_true) == 4
    monkeypatch.setattr(measure, "inquire", refuse)
    again = settings.model_copy(update={"metrics": ("nll",)})
    assert run(setup.model_copy(update={"evaluation": again}))[1]["copy"].details == after[1]["copy"].details
