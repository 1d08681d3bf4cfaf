"""What `training.trl` hands on reaches the trainer and the identity, and nothing else moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from curricula.stage import Stage, Training
from curricula.training_override import TrainingOverride
from domains.frozen import fingerprint
from experiments.training.settings import grpo_settings, sft_settings, updates
from experiments.training.stage import Trained
from tests.experiments.training.test_training import CPU, equal, fresh, state, train

pytestmark = pytest.mark.slow

GRPO = Training(method="grpo", steps=4, prompts=4, rollouts=4, learning_rate=1e-3)
SFT = Training(method="sft", steps=3, prompts=8, learning_rate=1e-3)


def settings(training: Training) -> Any:
    if training.method == "sft":
        return sft_settings(training, seed=1, device=CPU, folder="x")
    return grpo_settings(training, seed=1, device=CPU, folder="x", max_tokens=4, ends=[7])


def after(training: Training, **more: Any) -> tuple[list[torch.Tensor], Trained]:
    network = fresh()
    trained = train(network, training.model_copy(update=more), **({"beat": more.pop("beat")} if "beat" in more else {}))
    return state(network), trained


def test_a_curriculum_that_names_none_of_it_keeps_its_weights_identity() -> None:
    """Pinned: stores made before these keys were there go on."""
    stage = Stage(mixture={"a": 1.0}, training=Training())
    assert fingerprint(stage.content) == "bd09974b67502f6fe7cf71687dd416f2a5031b7082f6ee036dd598bd6362ce9e"
    assert fingerprint(Stage(mixture={"a": 1.0}, training=Training(max_grad_norm=1, trl={})).content) == fingerprint(
        stage.content
    )


@pytest.mark.parametrize(
    "more",
    [
        {"trl": {"epsilon": 0.1}},
        {"optim": "adafactor"},
        {"weight_decay": 0.1},
        {"max_grad_norm": 0.5},
        {"warmup_ratio": 0.1},
        {"precision": "bf16"},
    ],
    ids=str,
)
def test_what_is_written_is_part_of_it(more: dict[str, Any]) -> None:
    plain = Stage(mixture={"a": 1.0}, training=Training())
    other = Stage(mixture={"a": 1.0}, training=Training(**more))
    assert fingerprint(plain.content) != fingerprint(other.content)


def test_checkpointing_is_no_part_of_it() -> None:
    plain = Stage(mixture={"a": 1.0}, training=Training())
    other = Stage(mixture={"a": 1.0}, training=Training(gradient_checkpointing=True))
    assert plain.content == other.content


def test_an_override_adds_its_keys_to_those_of_all_stages() -> None:
    whole = Training(trl={"epsilon": 0.1, "delta": None}, warmup_ratio=0.5)
    found = TrainingOverride(trl={"epsilon": 0.3, "min_p": None}, warmup_steps=3).over(whole)
    assert found.trl == {"epsilon": 0.3, "delta": None, "min_p": None}
    assert (found.warmup_ratio, found.warmup_steps) == (None, 3)
    assert TrainingOverride(warmup_ratio=0.1).over(found).warmup_steps == 0


def test_each_method_gets_its_own_keys() -> None:
    trl = {"epsilon": 0.1, "neftune_noise_alpha": 5, "activation_offloading": False, "loss_type": "grpo"}
    made = settings(GRPO.model_copy(update={"trl": trl}))
    assert (made.epsilon, made.neftune_noise_alpha, made.loss_type) == (0.1, 5, "grpo")
    made = settings(SFT.model_copy(update={"trl": trl | {"loss_type": "dft"}}))
    assert (made.activation_offloading, made.neftune_noise_alpha, made.loss_type) == (False, 5, "dft")
    assert not hasattr(made, "epsilon")


def test_completions_end_where_ours_do_whatever_else_generation_is_told() -> None:
    trl = {"generation_kwargs": {"no_repeat_ngram_size": 2, "eos_token_id": 3}}
    assert settings(GRPO.model_copy(update={"trl": trl})).generation_kwargs == {
        "no_repeat_ngram_size": 2,
        "eos_token_id": [7],
    }


@pytest.mark.parametrize(
    "trl",
    [
        {"scale_rewards": "none"},
        {"importance_sampling_level": "sequence", "num_iterations": 2},
        {"top_k": 3},
        {"generation_kwargs": {"suppress_tokens": list(range(100))}},
    ],
    ids=str,
)
def test_grpo_trains_otherwise(trl: dict[str, Any]) -> None:
    assert not equal(after(GRPO)[0], after(GRPO, trl=trl)[0])


def test_what_trl_does_anyway_changes_no_bit() -> None:
    assert equal(after(GRPO)[0], after(GRPO, trl={"loss_type": "grpo", "epsilon": 0.2, "top_p": 1.0})[0])
    assert equal(after(SFT, loss="token")[0], after(SFT, trl={"loss_type": "nll"})[0])
    assert not equal(after(SFT)[0], after(SFT, trl={"loss_type": "dft"})[0])


def test_a_generation_may_be_used_twice() -> None:
    """Steps count generations: the budget of completions is as it was, and each is followed by two optimizer steps."""
    beats: list[tuple[Any, ...]] = []
    network = fresh()
    twice = GRPO.model_copy(update={"trl": {"num_iterations": 2, "epsilon": 0.0001}, "learning_rate": 1e-2})
    trained = train(network, twice, beat=lambda *beat: beats.append(beat))
    once = after(GRPO)[1]
    assert updates(twice) == 2
    assert beats[-1][:2] == (GRPO.steps, GRPO.steps)
    assert len(trained.curve) == len(once.curve) == GRPO.steps
    assert (trained.cost.steps, trained.cost.rollouts) == (once.cost.steps, once.cost.rollouts)
    assert trained.health and once.health
    assert sum(g.count for g in trained.health.groups.values()) == sum(g.count for g in once.health.groups.values())
    # Within a generation's first step nothing can be clipped.
    assert trained.health.clipped and not once.health.clipped


def test_a_generation_used_twice_falls_to_zero_only_at_its_end(tmp_path: Path) -> None:
    from experiments.training.rate import rate_schedule

    stage = Stage(mixture={"a": 1.0}, training=GRPO)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    path = rate_schedule(optimizer, stage, 2)
    found = []
    for _ in range(2 * GRPO.steps):
        found.append(path.get_last_lr()[0])
        optimizer.step()
        path.step()
    assert found == pytest.approx([1 - at / 8 for at in range(8)])
