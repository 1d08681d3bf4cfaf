"""A checkpoint's generation_config.json has no influence on what is said, in training or in evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from tests.experiments.training.test_training import digits, equal, state, train
from tests.support.models import TINY, words

pytestmark = pytest.mark.slow

OWN = {
    "min_new_tokens": 4,
    "min_length": 60,
    "max_length": 9,
    "no_repeat_ngram_size": 1,
    "suppress_tokens": list(range(40, 120)),
    "begin_suppress_tokens": list(range(120, 160)),
    "bad_words_ids": [[3], [7]],
    "repetition_penalty": 3.0,
    "temperature": 0.01,
    "top_k": 2,
    "top_p": 0.1,
    "min_p": 0.5,
    "do_sample": True,
    "num_beams": 2,
    "num_return_sequences": 2,
    "length_penalty": 5.0,
    "forced_eos_token_id": 1,
    "exponential_decay_length_penalty": [1, 2.0],
    "renormalize_logits": True,
}
GRPO = Training(method="grpo", steps=3, prompts=4, rollouts=4, learning_rate=3e-3)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same model without settings of its own, and with all of them."""
    plain, odd = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("odd")
    for folder in (plain, odd):
        save_checkpoint(*build_model(TINY), folder)
    file = odd / "generation_config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | OWN), encoding="utf-8")
    return plain, odd


def model(folder: Path, lora: Lora | None) -> PretrainedModel:
    return PretrainedModel(type="pretrained", id=str(folder), lora=lora)


@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["whole", "lora"])
def test_rollouts_are_the_same(folders: tuple[Path, Path], lora: Lora | None) -> None:
    said: list[list[str]] = []
    left = []
    for folder in folders:
        heard: list[str] = []

        def reward(group: Any, item: Any, heard: list[str] = heard) -> Any:
            heard += group
            return digits(group, item)

        network, _ = build_model(model(folder, lora))
        train(network, GRPO, rewards={"copy": reward})
        said.append(heard)
        left.append(state(network))
    assert said[0] == said[1]
    assert equal(*left)


@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["whole", "lora"])
@pytest.mark.parametrize("noise", [None, 7])
def test_evaluation_is_the_same(folders: tuple[Path, Path], lora: Lora | None, noise: int | None) -> None:
    asked = [Request(item, 8, noise and noise + at) for at, item in enumerate(words(10))]
    found = []
    for folder in folders:
        network, tokenizer = build_model(model(folder, lora))
        found.append(LocalModel(network.eval(), tokenizer, 4).complete(asked))
    assert found[0] == found[1]


def test_they_are_saved_with_the_model_as_they_were(folders: tuple[Path, Path], tmp_path: Path) -> None:
    network, tokenizer = build_model(model(folders[1], None))
    train(network, GRPO.model_copy(update={"steps": 1}))
    LocalModel(network.eval(), tokenizer, 4).complete([Request(words(1)[0], 3)])
    save_checkpoint(network, tokenizer, tmp_path)
    kept = load_checkpoint(model(folders[1], None), tmp_path)[0].generation_config
    assert {key: getattr(kept, key) for key in OWN} == OWN
