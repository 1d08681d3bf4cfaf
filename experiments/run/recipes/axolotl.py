"""Recipes for axolotl: ``axolotl train``, which trains GRPO by TRL."""

from __future__ import annotations

from typing import Any

from experiments.run.recipes.recipe import Recipe, StageRecipe
from experiments.run.recipes.rows import Rows, asked, json_lines, taught
from experiments.run.recipes.tool import Tool, dumped
from experiments.run.recipes.trl import LOSSES

PLAIN = {
    "field_instruction": "prompt",
    "field_output": "completion",
    "format": "{instruction}",
    "no_input_format": "{instruction}",
    "system_prompt": "",
}
"""Prompts as they stand, with nothing around them."""
CHAT = {
    "type": "chat_template",
    "field_messages": "messages",
    "message_field_training": "train",
    "roles_to_train": [],
    "train_on_eos": "turn",
}
"""Which turns are imitated stands beside each of them."""


def _files(recipe: Recipe) -> dict[str, str]:
    found = {}
    for one in recipe.stages:
        found[f"{one.name}.yaml"] = dumped(_config(recipe, one))
        found[f"data/{one.name}.jsonl"] = json_lines(_rows(recipe, one))
    return found


def _config(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    training, before = one.stage.training, f"out/stage-{one.number - 1}"
    first, steps = one.number == 1, training.warmup(training.steps)
    constant = training.lr_schedule == "constant" and steps
    lora = recipe.lora
    dataset: dict[str, Any] = {"path": f"data/{one.name}.jsonl", "ds_type": "json"}
    if training.method == "grpo":
        dataset |= {"split": "train", "type": "rewards.rows"}
    else:
        dataset |= CHAT if recipe.talks(one) else {"type": PLAIN}
    config: dict[str, Any] = {
        "base_model": recipe.base if first or lora else before,
        **({"revision_of_model": recipe.revision} if recipe.revision and (first or lora) else {}),
        "datasets": [dataset],
        "shuffle_merged_datasets": False,
        "dataset_prepared_path": f"prepared/{one.name}",
        "output_dir": f"out/{one.name}",
        "max_steps": training.steps,
        "num_epochs": 1,
        "micro_batch_size": training.at_once,
        "gradient_accumulation_steps": training.completions // training.at_once,
        "sequence_len": _longest(one),
        "sample_packing": False,
        "train_on_inputs": False,
        "curriculum_sampling": True,
        "learning_rate": training.learning_rate,
        "lr_scheduler": "constant_with_warmup" if constant else training.lr_schedule,
        "warmup_steps": steps,
        "optimizer": training.optim,
        "weight_decay": training.weight_decay,
        "max_grad_norm": training.max_grad_norm,
        "bf16": training.precision == "bf16",
        "tf32": training.precision == "tf32",
        "gradient_checkpointing": training.gradient_checkpointing is not False,
        "save_strategy": "no",
        "val_set_size": 0,
        "seed": recipe.seed,
    }
    if training.method == "grpo":
        config |= {
            "rl": "grpo",
            "trl": {
                "beta": training.kl,
                "max_completion_length": one.max_tokens,
                "num_generations": training.rollouts,
                "temperature": training.temperature,
                "loss_type": LOSSES[training.loss],
                "reward_funcs": ["rewards.reward"],
            },
        }
    if lora:
        config |= {
            "adapter": "lora",
            "lora_r": lora.rank,
            "lora_alpha": round(lora.alpha),
            "lora_dropout": lora.dropout,
            **({"lora_model_dir": before} if not first else {}),
            **(
                {"lora_target_linear": True}
                if lora.targets == "all-linear"
                else {"lora_target_modules": list(lora.targets)}
            ),
            **({"lora_modules_to_save": list(lora.modules_to_save)} if lora.modules_to_save else {}),
            "peft_use_rslora": lora.rslora,
            "peft_use_dora": lora.dora,
        }
    return config


def _longest(one: StageRecipe) -> int:
    """Characters of the longest row: no text has more tokens than bytes, and none may be cut."""
    rows = (item.prompt + item.answer for item in (each.example for each in one.drawn))
    return max(len(row.encode()) for row in rows) + max(one.max_tokens, 1) + 256


def _rows(recipe: Recipe, one: StageRecipe) -> Rows:
    chat = recipe.talks(one)
    if one.stage.training.method == "grpo":
        return [asked(each, chat=chat) for each in one.drawn]
    items = [each.example for each in one.drawn]
    if chat:
        return [{"messages": taught(item)} for item in items]
    return [{"prompt": item.prompt, "completion": item.answer} for item in items]


def _commands(recipe: Recipe, one: StageRecipe) -> list[str]:
    return [f"axolotl train {one.name}.yaml"]


def _unequal(recipe: Recipe) -> list[str]:
    trainings = [one.stage.training for one in recipe.stages]
    found = []
    if any(training.method == "grpo" for training in trainings):
        found.append("Order: axolotl shuffles the rows of a GRPO stage; what is seen is the same, not when.")
    if any(training.trl for training in trainings):
        found.append("`training.trl`: its keys are not written; axolotl has its own.")
    return found


AXOLOTL = Tool(
    name="axolotl",
    title="axolotl",
    checked="axolotl 0.19.0's published schema reads such files, and has every key; axolotl itself was not installed",
    install="pip install 'axolotl>=0.19'",
    files=_files,
    commands=_commands,
    unequal=_unequal,
    rewards=True,
)
