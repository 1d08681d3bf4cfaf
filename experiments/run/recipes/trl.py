"""Recipes for TRL's command line: ``trl sft`` and ``trl grpo``."""

from __future__ import annotations

from typing import Any

from curricula.stage import Training
from domains.example import Example
from experiments.run.recipes.recipe import Recipe, StageRecipe
from experiments.run.recipes.rows import Rows, asked, json_lines, taught, turns
from experiments.run.recipes.tool import Tool, dumped

LOSSES = {"sequence": "grpo", "token": "dapo"}
"""The curriculum's words for a loss → TRL's."""
MERGE = '''"""Adds a stage's LoRA adapter to the weights that it was trained on: python merge.py FROM TO"""

import sys

from peft import AutoPeftModelForCausalLM
from transformers import AutoTokenizer

AutoPeftModelForCausalLM.from_pretrained(sys.argv[1]).merge_and_unload().save_pretrained(sys.argv[2])
AutoTokenizer.from_pretrained(sys.argv[1]).save_pretrained(sys.argv[2])
'''


def _files(recipe: Recipe) -> dict[str, str]:
    found = {}
    for one in recipe.stages:
        found[f"{one.name}.yaml"] = dumped(_config(recipe, one))
        found[f"data/{one.name}/train.jsonl"] = json_lines(_rows(recipe, one))
    return found | ({"merge.py": MERGE} if recipe.lora else {})


def _config(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    training, first = one.stage.training, one.number == 1
    steps = training.warmup(training.steps)
    constant = training.lr_schedule == "constant" and steps
    config: dict[str, Any] = {
        "model_name_or_path": recipe.base if first else f"out/stage-{one.number - 1}{'-merged' if recipe.lora else ''}",
        **({"model_revision": recipe.revision} if first and recipe.revision else {}),
        "dtype": recipe.dtype,
        "dataset_name": f"data/{one.name}",
        "output_dir": f"out/{one.name}",
        "max_steps": training.steps,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": "constant_with_warmup" if constant else training.lr_schedule,
        "warmup_steps": steps,
        "optim": training.optim,
        "weight_decay": training.weight_decay,
        "max_grad_norm": training.max_grad_norm,
        "per_device_train_batch_size": training.at_once,
        "gradient_accumulation_steps": training.completions // training.at_once,
        "bf16": training.precision == "bf16",
        "tf32": True if training.precision == "tf32" else None,
        "activation_checkpointing": training.gradient_checkpointing is not False,
        "shuffle_dataset": False,
        "seed": recipe.seed,
        "save_strategy": "no",
        "report_to": "none",
    }
    if training.method == "grpo":
        config |= {
            "reward_funcs": ["rewards.reward"],
            "num_generations": training.rollouts,
            "max_completion_length": one.max_tokens,
            "temperature": training.temperature,
            "loss_type": LOSSES[training.loss],
            "beta": training.kl,
            "disable_dropout": True,
        }
    else:
        config |= {"max_length": None, "train_sampling_strategy": "sequential", "completion_only_loss": True}
    if recipe.lora:
        lora = recipe.lora
        config |= {
            "use_peft": True,
            "lora_r": lora.rank,
            "lora_alpha": round(lora.alpha),
            "lora_dropout": lora.dropout,
            "lora_target_modules": [lora.targets] if isinstance(lora.targets, str) else list(lora.targets),
            "lora_modules_to_save": list(lora.modules_to_save) or None,
            "use_rslora": lora.rslora,
            "use_dora": lora.dora,
        }
    written = {**config, **_passed(training)}
    return {key: value for key, value in written.items() if value is not None or key == "max_length"}


def _passed(training: Training) -> dict[str, Any]:
    """Of `training.trl` what belongs to the method; TRL is only loaded where there is any."""
    if not training.trl:
        return {}
    from experiments.training.settings import passed

    return passed(training)


def _rows(recipe: Recipe, one: StageRecipe) -> Rows:
    chat = recipe.talks(one)
    if one.stage.training.method == "grpo":
        return [asked(each, chat=chat) for each in one.drawn]
    items = [each.example for each in one.drawn]
    if not chat:
        return [{"prompt": item.prompt, "completion": item.answer} for item in items]
    return [{"prompt": turns(item), "completion": [{"role": "assistant", "content": item.answer}]} for item in items]


def _commands(recipe: Recipe, one: StageRecipe) -> list[str]:
    train = f"trl {one.stage.training.method} --config {one.name}.yaml"
    return [train, *([f"python merge.py out/{one.name} out/{one.name}-merged"] if recipe.lora else [])]


def _unequal(recipe: Recipe) -> list[str]:
    found = []
    if recipe.lora and len(recipe.stages) > 1:
        found.append("LoRA: every stage begins a new adapter on merged weights; stagewise goes on with the same one.")
    items = [each.example for one in recipe.stages for each in one.drawn if one.stage.training.method == "sft"]
    if any(turn["train"] for item in items if item.turns for turn in _earlier(recipe, item)):
        found.append("Conversations: only the last answer is imitated, not the assistant's earlier turns.")
    return found


def _earlier(recipe: Recipe, item: Example) -> list[dict[str, Any]]:
    return taught(item)[:-1] if recipe.chat and not item.plain else []


TRL = Tool(
    name="trl",
    title="TRL",
    checked="TRL 1.16.0's own parser and loader read such files in stagewise's tests, and trained a stage",
    install="pip install 'trl[peft]>=1.16,<2'",
    files=_files,
    commands=_commands,
    unequal=_unequal,
    rewards=True,
)
