"""Recipes for LLaMA-Factory: ``llamafactory-cli train``, supervised stages only."""

from __future__ import annotations

import json
from typing import Any

from domains.errors import UserError
from experiments.run.recipes.recipe import Recipe, StageRecipe
from experiments.run.recipes.rows import json_lines, taught, whole
from experiments.run.recipes.tool import Tool, dumped

TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "system_tag": "system",
}


def _files(recipe: Recipe) -> dict[str, str]:
    found, known = {}, {}
    for one in recipe.stages:
        if not recipe.talks(one):
            raise UserError(
                f"cannot train stage {one.number}: LLaMA-Factory has no template that leaves plain text as it is and "
                "teaches its end",
                key="--to",
                value="llama-factory",
                hint="See --to trl and --to axolotl.",
            )
        found[f"{one.name}.yaml"] = dumped(_config(recipe, one))
        found[f"data/{one.name}.jsonl"] = json_lines({"messages": whole(each.example)} for each in one.drawn)
        known[one.name] = {
            "file_name": f"{one.name}.jsonl",
            "formatting": "sharegpt",
            "columns": {"messages": "messages"},
            "tags": TAGS,
        }
    return found | {"data/dataset_info.json": json.dumps(known, indent=1) + "\n"}


def _config(recipe: Recipe, one: StageRecipe) -> dict[str, Any]:
    training, before, lora = one.stage.training, f"out/stage-{one.number - 1}", recipe.lora
    first, steps = one.number == 1, training.warmup(training.steps)
    constant = training.lr_schedule == "constant" and steps
    config: dict[str, Any] = {
        "model_name_or_path": recipe.base if first or lora else before,
        **({"model_revision": recipe.revision} if recipe.revision and (first or lora) else {}),
        "stage": "sft",
        "do_train": True,
        "finetuning_type": "lora" if lora else "full",
        "dataset": one.name,
        "dataset_dir": "data",
        "cutoff_len": 131072,
        "mask_history": not _several(one),
        "disable_shuffling": True,
        "output_dir": f"out/{one.name}",
        "max_steps": training.steps,
        "per_device_train_batch_size": training.at_once,
        "gradient_accumulation_steps": training.completions // training.at_once,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": "constant_with_warmup" if constant else training.lr_schedule,
        "warmup_steps": steps,
        "optim": training.optim,
        "weight_decay": training.weight_decay,
        "max_grad_norm": training.max_grad_norm,
        "bf16": training.precision == "bf16",
        "tf32": training.precision == "tf32",
        "disable_gradient_checkpointing": training.gradient_checkpointing is False,
        "save_strategy": "no",
        "report_to": "none",
        "seed": recipe.seed,
    }
    if lora:
        config |= {
            "lora_rank": lora.rank,
            "lora_alpha": round(lora.alpha),
            "lora_dropout": lora.dropout,
            "lora_target": "all" if lora.targets == "all-linear" else ",".join(lora.targets),
            **({"additional_target": ",".join(lora.modules_to_save)} if lora.modules_to_save else {}),
            **({"adapter_name_or_path": before} if not first else {}),
            "use_rslora": lora.rslora,
            "use_dora": lora.dora,
        }
    return config


def _several(one: StageRecipe) -> bool:
    """Whether any item teaches more than its last turn."""
    return any(turn["train"] for each in one.drawn for turn in taught(each.example)[:-1])


def _commands(recipe: Recipe, one: StageRecipe) -> list[str]:
    return [f"llamafactory-cli train {one.name}.yaml"]


def _unequal(recipe: Recipe) -> list[str]:
    found = [
        "Chat template: LLaMA-Factory reads one out of the tokenizer's; compare a row of its log with the model's own, "
        "and name a `template:` where they differ."
    ]
    if any(_several(one) for one in recipe.stages):
        found.append("Conversations: all of the assistant's turns are imitated, also those that are given.")
    if any(one.stage.training.trl for one in recipe.stages):
        found.append("`training.trl`: its keys are not written; LLaMA-Factory has its own.")
    return found


LLAMA_FACTORY = Tool(
    name="llama-factory",
    title="LLaMA-Factory",
    checked="the keys are fields of LLaMA-Factory 0.9.5's argument classes; LLaMA-Factory itself was not installed",
    install="pip install 'llamafactory>=0.9.5'",
    files=_files,
    commands=_commands,
    unequal=_unequal,
    rewards=False,
)
