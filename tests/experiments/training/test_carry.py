"""What a stage hands on to the next: the state of its optimizer, and its place on the path of the rate."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

import pytest
import torch

from curricula.stage import Stage
from domains.errors import StageError
from experiments.models.checkpoints import build_model
from experiments.models.tokens.tokenizer import character_tokenizer
from experiments.training.carry import FILE, restore_optimizer
from experiments.training.draw import draw
from experiments.training.optimizer import make_optimizer
from experiments.training.stage import train_stage
from tests.support.models import TINY
from tests.support.trained import CPU, POOLS, SFT, equal, fresh, state, train

pytestmark = pytest.mark.slow


def test_optimizer_state_is_carried_to_the_bit(tmp_path: Path) -> None:
    network = fresh()
    train(network, SFT.model_copy(update={"steps": 3, "optimizer": "carry"}), keep=tmp_path)
    optimizer = make_optimizer(network, SFT)
    assert restore_optimizer(optimizer, network, tmp_path)
    assert {float(held["step"]) for held in optimizer.state.values()} == {3.0}

    more = SFT.model_copy(update={"steps": 2, "optimizer": "carry"})
    carried, reset = copy.deepcopy(network), copy.deepcopy(network)
    train(carried, more, carried=tmp_path)
    train(reset, more)
    assert not equal(state(carried), state(reset))


def test_nothing_to_carry_is_a_fresh_start_and_a_misfit_is_refused(tmp_path: Path) -> None:
    network = fresh()
    assert not restore_optimizer(make_optimizer(network, SFT), network, tmp_path)
    train(network, SFT.model_copy(update={"steps": 1}), keep=tmp_path)
    assert (tmp_path / FILE).is_file()
    wider = build_model(TINY.model_copy(update={"hidden_size": 64}))[0]
    with pytest.raises(StageError, match="has another shape"):
        restore_optimizer(make_optimizer(wider, SFT), wider, tmp_path)
    deeper = build_model(TINY.model_copy(update={"layers": 3}))[0]
    with pytest.raises(StageError, match="holds nothing for"):
        restore_optimizer(make_optimizer(deeper, SFT), deeper, tmp_path)


def test_a_part_of_a_path_is_trained_at_its_part_of_the_rate() -> None:
    """Two halves of one path, the optimizer carried on, end where one stage over both ends."""
    whole, network = fresh(), fresh()
    train(whole, SFT.model_copy(update={"steps": 12}))
    first = SFT.model_copy(update={"steps": 6, "optimizer": "carry"})
    drawn = draw({"copy": 96}, POOLS, "1", {})
    tokenizer = character_tokenizer(TINY.context)
    more = {"rewards": {}, "max_tokens": 4, "seed": 5, "device": CPU, "beat": lambda *_: None}
    with tempfile.TemporaryDirectory() as name:
        half = Stage(mixture={"copy": 1.0}, training=first, part=(0.0, 0.5))
        train_stage(network, tokenizer, half, drawn[:48], keep=Path(name), **more)
        half = half.model_copy(update={"part": (0.5, 1.0)})
        train_stage(network, tokenizer, half, drawn[48:], carried=Path(name), **more)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(state(whole), state(network), strict=True))
