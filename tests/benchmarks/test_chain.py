"""The chain's benchmark compares like with like."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.chain import FILE, Took, figures
from benchmarks.plain_trl import stage_examples
from curricula.loader import load_curriculum
from domains.example import Example
from experiments.executors.base import Work
from experiments.models.checkpoints import build_model
from experiments.nodes.record import Cost
from experiments.nodes.tree import chain
from experiments.run.job import open_job, prepare_data
from experiments.store import Store
from experiments.training.stage import Trained
from experiments.worker import train
from experiments.worker.bench import Bench
from scheduler.arms import fixed_arms

pytestmark = pytest.mark.slow


def test_the_peer_trains_on_the_same_examples_in_the_same_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    curriculum = load_curriculum(FILE)
    job = open_job(prepare_data(curriculum, FILE), Store.open(str(tmp_path)))
    (schedule,) = fixed_arms(curriculum)
    model = build_model(curriculum.model, None)
    seen: dict[str, list[Example]] = {}

    def note(network, tokenizer, stage, drawn, **_: object) -> Trained:  # type: ignore[no-untyped-def]
        seen[stage.label] = [each.example for each in drawn]
        return Trained((), Cost())

    monkeypatch.setattr(train, "train_stage", note)
    for node in chain(job.setup, schedule.stages, curriculum.seeds[0])[1:]:
        work = Work(node, None, job.setup, job.store.url, curriculum.resources)
        train._run_stage(Bench(work, job.store), node.stage, model, tmp_path, None)
    assert list(seen) == list(curriculum.schedule.given or ())
    for name, examples in seen.items():
        assert len(examples) == 1200
        assert stage_examples(curriculum, name, FILE.parent) == examples


def test_completions_are_what_is_left_of_the_tokens() -> None:
    ours, plain = (Took(6.0, 150), Took(4.0, 152)), (Took(5.0, 149), Took(3.0, 151))
    assert figures(ours, plain, prompts=100) == {
        "stagewise_seconds": [6.0, 4.0],
        "plain_trl_seconds": [5.0, 3.0],
        "ratio": 1.25,
        "stagewise_completion_tokens": [50, 52],
        "plain_trl_completion_tokens": [49, 51],
    }
