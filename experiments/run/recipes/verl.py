"""Recipes for verl: GRPO by ``verl.trainer.main_ppo``, SFT by ``verl.trainer.sft_trainer``; chat models only."""

from __future__ import annotations

import io
from typing import Any

from domains.errors import UserError
from experiments.run.recipes.recipe import Recipe, StageRecipe
from experiments.run.recipes.rows import json_lines, taught, turns, whole
from experiments.run.recipes.tool import Tool, dumped

LOSSES = {"sequence": "seq-mean-token-mean", "token": "token-mean"}
"""The curriculum's words for a loss → verl's."""
SEARCH = {"searchpath": ["pkg://verl.trainer.config"]}
OUTPUTS = ["model", "optimizer", "extra", "hf_model"]
"""What a checkpoint holds: with the last, the weights as transformers loads them."""


def _files(recipe: Recipe) -> dict[str, str | bytes]:
    found: dict[str, str | bytes] = {}
    for one in recipe.stages:
        if not recipe.talks(one):
            rule = f"cannot train stage {one.number}: verl asks models by their chat template, and this is plain text"
            raise UserError(rule, key="--to", value="verl", hint="See --to trl and --to axolotl.")
        if recipe.lora and one.number > 1:
            rule = "cannot train several stages with adapters: verl's checkpoints of them are no folders to start from"
            raise UserError(rule, key="--to", value="verl", hint="See --to trl and --to axolotl.")
        grpo = one.stage.training.method == "grpo"
        found[f"{one.name}.yaml"] = dumped(_grpo(recipe, one) if grpo else _sft(recipe, one))
        if grpo:
            found[f"data/{one.name}.jsonl"] = json_lines(_row(one, at) for at in range(len(one.drawn)))
        else:
            found[f"data/{one.name}.parquet"] = _parquet(one)
    return found


def _model(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    lora, adapters = recipe.lora, {}
    if lora:
        targets = lora.targets if isinstance(lora.targets, str) else list(lora.targets)
        adapters = {"lora_rank": lora.rank, "lora_alpha": round(lora.alpha), "target_modules": targets}
    return {"path": recipe.base if one.number == 1 else _left(recipe, one.number - 1), **adapters}


def _left(recipe: Recipe, number: int) -> str:
    """Where a stage's weights are, as transformers loads them."""
    training = recipe.stages[number - 1].stage.training
    inner = "actor/huggingface" if training.method == "grpo" else "huggingface"
    return f"out/stage-{number}/global_step_{training.steps}/{inner}"


def _trainer(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    return {
        "total_epochs": 1,
        "total_training_steps": one.stage.training.steps,
        "project_name": recipe.run,
        "experiment_name": f"{recipe.arm}-{one.name}",
        "default_local_dir": f"out/{one.name}",
        "save_freq": one.stage.training.steps,
        "test_freq": -1,
        "logger": ["console"],
        "nnodes": 1,
        "n_gpus_per_node": 1,
    }


def _optim(one: StageRecipe) -> dict[str, Any]:
    training = one.stage.training
    return {
        "lr": training.learning_rate,
        "lr_warmup_steps": training.warmup(training.steps),
        "lr_scheduler_type": "constant" if training.lr_schedule == "constant" else "cosine",
        "weight_decay": training.weight_decay,
        "clip_grad": training.max_grad_norm,
    }


def _grpo(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    training = one.stage.training
    return {
        "hydra": SEARCH,
        "defaults": ["ppo_trainer", "_self_"],
        "algorithm": {"adv_estimator": "grpo", "use_kl_in_reward": False},
        "data": {
            "train_files": [f"data/{one.name}.jsonl"],
            "val_files": [f"data/{one.name}.jsonl"],
            "train_batch_size": training.prompts,
            "max_prompt_length": _longest(one),
            "max_response_length": one.max_tokens,
            "shuffle": False,
            "seed": recipe.seed,
        },
        "actor_rollout_ref": {
            "model": _model(recipe, one),
            "actor": {
                "optim": _optim(one),
                "ppo_mini_batch_size": training.prompts,
                "ppo_micro_batch_size_per_gpu": training.at_once,
                "loss_agg_mode": LOSSES[training.loss],
                "use_kl_loss": training.kl > 0,
                "kl_loss_coef": training.kl,
                "checkpoint": {"save_contents": OUTPUTS},
            },
            "rollout": {
                "name": "vllm",
                "n": training.rollouts,
                "temperature": training.temperature,
                "tensor_model_parallel_size": 1,
                "log_prob_micro_batch_size_per_gpu": training.at_once,
            },
            "ref": {"log_prob_micro_batch_size_per_gpu": training.at_once},
        },
        "reward": {"custom_reward_function": {"path": "rewards.py", "name": "compute_score"}},
        "trainer": {**_trainer(recipe, one), "val_before_train": False},
    }


def _sft(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    training = one.stage.training
    return {
        "hydra": SEARCH,
        "defaults": ["sft_trainer_engine", "_self_"],
        "data": {
            "train_files": f"data/{one.name}.parquet",
            "train_batch_size": training.prompts,
            "micro_batch_size_per_gpu": training.at_once,
            "use_dynamic_bsz": False,
            "max_length": _longest(one),
            "messages_key": "messages",
        },
        "model": _model(recipe, one),
        "optim": _optim(one),
        "checkpoint": {"save_contents": OUTPUTS},
        "trainer": {**_trainer(recipe, one), "seed": recipe.seed},
    }


def _longest(one: StageRecipe) -> int:
    """Bytes of the longest item with room for a template: no text has more tokens."""
    items = [each.example for each in one.drawn]
    return max(len((item.prompt + item.answer).encode()) + 64 * len(item.conversation) for item in items) + 256


def _row(one: StageRecipe, at: int) -> dict[str, Any]:
    each = one.drawn[at]
    return {
        "data_source": each.domain,
        "prompt": turns(each.example),
        "reward_model": {"style": "rule", "ground_truth": each.example.reference},
        "extra_info": {"index": at, "item": each.example.id},
    }


def _parquet(one: StageRecipe) -> bytes:
    from datasets import Dataset

    into = io.BytesIO()
    Dataset.from_list([{"messages": whole(each.example)} for each in one.drawn]).to_parquet(into)
    return into.getvalue()


def _commands(recipe: Recipe, one: StageRecipe) -> list[str]:
    place = f'--config-path="$PWD" --config-name={one.name}'
    if one.stage.training.method == "grpo":
        return [f"python -m verl.trainer.main_ppo {place}"]
    return [f"torchrun --standalone --nproc_per_node=1 -m verl.trainer.sft_trainer {place}"]


def _unequal(recipe: Recipe) -> list[str]:
    trainings = [one.stage.training for one in recipe.stages]
    methods = {training.method for training in trainings}
    found = ["verl computes in bfloat16, and rolls out by vLLM; it needs a GPU. For more than one, write how many."]
    if recipe.revision:
        found.append(f"verl takes no revision: download {recipe.base} at {recipe.revision} and write the folder.")
    if any(training.lr_schedule == "linear" for training in trainings):
        found.append("`lr_schedule: linear`: verl has no linear decay; a cosine falls to zero as well.")
    if "sft" in methods:
        found.append("Order: verl shuffles the rows of an SFT stage; what is seen is the same, not when.")
    if "grpo" in methods:
        found.append(
            "Rewards: verl asks for one completion at a time. Rewards that compare a prompt's completions (novelty, a "
            "user's function by group) see groups of one."
        )
    if any(turn["train"] for one in recipe.stages for each in one.drawn for turn in taught(each.example)[:-1]):
        found.append("Conversations: all of the assistant's turns are imitated, also those that are given.")
    if any(training.optim != "adamw_torch_fused" for training in trainings):
        found.append("`optim`: verl trains by AdamW.")
    if any(training.trl for training in trainings):
        found.append("`training.trl`: its keys are not written; verl has its own.")
    return found


VERL = Tool(
    name="verl",
    title="verl",
    checked="verl 0.9.1's published configuration takes such files, and has every key; verl itself was not installed",
    install="pip install 'verl[vllm]>=0.9.1'",
    files=_files,
    commands=_commands,
    unequal=_unequal,
    rewards=True,
)
