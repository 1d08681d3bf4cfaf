"""What a GRPO stage leaves of its rollouts, and that a stage which taught nothing shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from domains.example import Example
from domains.rewards import Mark
from experiments.nodes.health import RolloutGroups
from experiments.training.draw import Drawn
from experiments.training.grpo import PromptedTrainer, group_rewards
from experiments.training.stage import Trained
from experiments.training.tally import RolloutTally
from tests.experiments.training.test_training import GRPO, SFT, fresh, train

pytestmark = pytest.mark.slow
ITEM = Drawn("copy", Example(prompt="p", answer="a"))


def constant(score: float) -> Any:
    return lambda group, _: [Mark(score, None)] * len(group)


def taught(trained: Trained) -> tuple[bool, bool]:
    assert trained.health is not None
    return trained.health.flat, trained.moved


@pytest.mark.parametrize(("score", "kind"), [(0.0, "wrong"), (1.0, "right"), (0.5, "alike")])
def test_rewards_that_never_vary_leave_the_weights_and_are_told_apart(score: float, kind: str) -> None:
    trained = train(fresh(), GRPO.model_copy(update={"steps": 3}), rewards={"copy": constant(score)})
    assert trained.health is not None
    count = 3 * GRPO.prompts
    kinds = {"wrong": 0, "right": 0, "alike": 0, kind: count}
    assert trained.health.groups == {"copy": RolloutGroups(count=count, **kinds)}
    assert taught(trained) == (True, False)


def test_a_group_s_mean_that_float32_rounds_teaches_nothing() -> None:
    six = GRPO.model_copy(update={"steps": 2, "rollouts": 6})
    assert float(torch.tensor([0.01] * 6).mean()) != float(torch.tensor(0.01))
    assert taught(train(fresh(), six, rewards={"copy": constant(0.01)})) == (True, False)


def test_a_stage_that_learns_says_how_its_rollouts_were() -> None:
    trained = train(fresh(), GRPO.model_copy(update={"steps": 6}))
    health = trained.health
    assert health is not None
    assert taught(trained) == (False, True)
    assert 1 <= health.completion_tokens <= 4
    assert 0 <= health.truncated <= 1
    assert health.entropy is not None
    assert health.entropy > 0
    assert health.kl is None
    assert health.clipped == 0


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_the_leverage_is_of_the_advantages_that_trl_reckons(scale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned: list[torch.Tensor] = []
    made = PromptedTrainer._generate_and_score_completions

    def noting(trainer: PromptedTrainer, *given: Any) -> Any:
        found = made(trainer, *given)
        reckoned.append(found["advantages"].view(-1, 8))
        return found

    def seldom(group: Any, _: Any) -> list[Mark]:
        """Of every other group one completion is right, of the others half, and one group of them is graded."""
        turn = next(turns)
        return [
            Mark(float(at < (1, 4)[turn % 2]) * (0.75 if turn == 3 else 1.0), text) for at, text in enumerate(group)
        ]

    turns = iter(range(100))
    monkeypatch.setattr(PromptedTrainer, "_generate_and_score_completions", noting)
    training = GRPO.model_copy(update={"steps": 2, "rollouts": 8, "trl": {"scale_rewards": scale}})
    trained = train(fresh(), training, rewards={"copy": seldom})
    assert trained.health is not None
    found = trained.health.groups["copy"].leverage
    each = torch.cat(reckoned).abs().sum(dim=1)
    assert found is not None
    assert len(each) == 2 * training.prompts
    assert found.lone_groups == training.prompts
    assert found.lone == pytest.approx(float(each[::2].sum()), rel=1e-4)
    assert found.advantage == pytest.approx(float(each.sum()), rel=1e-4)


def test_imitation_has_no_groups_and_a_rate_too_small_moves_nothing() -> None:
    learnt = train(fresh(), SFT.model_copy(update={"steps": 1}))
    assert (learnt.health, learnt.moved) == (None, True)
    assert not train(fresh(), SFT.model_copy(update={"steps": 1, "learning_rate": 1e-60})).moved


def test_a_completion_is_truncated_unless_a_token_or_a_text_ends_it() -> None:
    tally = RolloutTally()
    reward = group_rewards([ITEM], {"copy": constant(0.0)}, 4, tally, {"copy": ("\n",)}, [7])
    said: Sequence[Sequence[int]] = [[1, 7], [1, 2, 3], [1, 2], [7]]
    reward(completions=["a", "abc", "a\n", ""], row=[0, 0, 0, 0], completion_ids=said)
    health = tally.health({})
    assert health is not None
    assert (health.truncated, health.completion_tokens) == (0.25, 2.0)
