"""Rollouts by vLLM: what cannot come to anything is refused, noise is the stage's own, and what is held is let go of.

vLLM itself is in benchmarks/vllm_stage.py; here a stand-in draws for TRL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curricula.loader import load_curriculum
from curricula.stage import Stage, Training
from domains.errors import CurriculumError
from experiments.executors.served import check_served
from experiments.models.checkpoints import build_model
from experiments.training.check import check_training
from experiments.training.draw import draw
from experiments.training.stage import train_stage
from tests.experiments.training.test_check import trl
from tests.experiments.training.test_training import CPU, POOLS, digits, fresh
from tests.support.curriculum_text import write
from tests.support.models import TINY
from tests.support.vllm_fake import VLLM

pytestmark = pytest.mark.slow
GRPO = Training(method="grpo", steps=2, prompts=2, rollouts=4, trl={"use_vllm": True})
SERVER = "use_vllm: true, vllm_mode: server"
GPU = "\nresources: {gpus: 1}"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand-ins that trainers made."""
    monkeypatch.setattr("trl.trainer.grpo_trainer.VLLMGeneration", VLLM)
    monkeypatch.setattr(VLLM, "made", [])
    return VLLM.made


def train(seed: int, **trl: Any) -> None:
    training = GRPO.model_copy(update={"trl": GRPO.trl | trl})
    drawn = draw({"copy": training.steps * training.prompts}, POOLS, "1", {})
    train_stage(
        fresh(),
        build_model(TINY)[1],
        Stage(mixture={"copy": 1.0}, training=training),
        drawn,
        rewards={"copy": digits},
        max_tokens=4,
        seed=seed,
        device=CPU,
        beat=lambda *_: None,
    )


def test_noise_is_that_of_the_stage_and_not_of_vllm(made: list[Any]) -> None:
    for seed in (5, 5, 6):
        train(seed)
    first, again, other = (each.said for each in made)
    assert first == again
    assert first[0] != other[0]
    assert [each.synced for each in made] == [2, 2, 2], "once before each generation"


def test_what_is_held_is_let_go_of(made: list[Any]) -> None:
    train(5)
    train(5, vllm_mode="server")
    assert [each.llm for each in made] == [None, None]
    assert made[1].vllm_client.closed == 1


REFUSED = [
    (
        trl(SERVER),
        "17: training.trl.use_vllm: needs a GPU: on a CPU vLLM takes no weights but those that it started with, got "
        "True. Set `resources.gpus`, or leave it out: then transformers draws the rollouts.",
    ),
    (
        trl("use_vllm: true, generation_kwargs: {seed: 3}", GPU),
        "17: training.trl.generation_kwargs.seed: would draw all completions with the same noise, got 3. Leave it out: "
        "noise follows from the stage's seed.",
    ),
]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.training.check.is_missing", lambda module: False)


@pytest.mark.parametrize(("text", "line"), REFUSED, ids=["cpu", "seed"])
def test_what_cannot_come_to_anything_is_refused(installed: None, tmp_path: Path, text: str, line: str) -> None:
    from curricula.loader import at_line

    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as caught:
        check_training(load_curriculum(file))
    assert str(at_line(caught.value, file, "training")) == f"{file}:{line}"


def test_what_can_is_taken(installed: None, tmp_path: Path) -> None:
    for text in (
        trl("use_vllm: true", GPU),
        trl(SERVER, GPU),
        trl("vllm_mode: server, generation_kwargs: {seed: 3}"),
    ):
        check_training(load_curriculum(write(tmp_path, text)))


def test_a_server_takes_one_stage_at_a_time(tmp_path: Path) -> None:
    file = write(tmp_path, trl(SERVER))
    check_served(load_curriculum(file), "inline", file)
    with pytest.raises(CurriculumError) as caught:
        check_served(load_curriculum(file), "ray", file)
    assert str(caught.value) == (
        f"{file}:17: training.trl.vllm_mode: takes one stage at a time, and several run at once with --executor ray, "
        "got 'server'. Add --executor inline, or leave `vllm_mode` out: colocated, each stage has a vLLM of its own."
    )
    check_served(load_curriculum(write(tmp_path, trl("use_vllm: true"))), "ray", file)
