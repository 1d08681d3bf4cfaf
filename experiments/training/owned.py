"""Keys of TRL's configs that `training.trl` does not hand on, and what says the same here.

A key that is in neither table is handed on. Where TRL adds one, whether it belongs here is for a person to decide.
"""

from __future__ import annotations

PACKED = (
    "It would move examples between steps: a step is `prompts` examples, by which budgets are counted, in the order "
    "that the seed drew. `padding_free: true` packs the examples of a micro-batch, and moves none."
)
ALIKE = (
    "Processes that share a stage are `resources.processes`, and `resources.sharding: full` shares out the model "
    "among them (FSDP)."
)
HERE = {
    "max_steps": "training.steps",
    "num_train_epochs": "training.epochs",
    "learning_rate": "training.learning_rate",
    "lr_scheduler_type": "training.lr_schedule",
    "lr_scheduler_kwargs": "training.lr_schedule",
    "warmup_steps": "training.warmup_steps",
    "warmup_ratio": "training.warmup_ratio",
    "optim": "training.optim",
    "weight_decay": "training.weight_decay",
    "max_grad_norm": "training.max_grad_norm",
    "per_device_train_batch_size": "training.prompts",
    "gradient_accumulation_steps": "training.micro_batch",
    "generation_batch_size": "training.prompts",
    "steps_per_generation": "training.micro_batch",
    "auto_find_batch_size": "training.micro_batch",
    "num_generations": "training.rollouts",
    "max_completion_length": "training.max_tokens",
    "temperature": "training.temperature",
    "beta": "training.kl",
    "sync_ref_model": "training.kl_to",
    "ref_model_mixup_alpha": "training.kl_to",
    "ref_model_sync_steps": "training.kl_to",
    "bf16": "training.precision",
    "fp16": "training.precision",
    "tf32": "training.precision",
    "bf16_full_eval": "training.precision",
    "fp16_full_eval": "training.precision",
    "activation_checkpointing": "training.gradient_checkpointing",
    "gradient_checkpointing": "training.gradient_checkpointing",
    "save_steps": "training.checkpoint_every",
    "save_strategy": "training.checkpoint_every",
    "seed": "seeds",
    "data_seed": "seeds",
    "use_cpu": "resources.gpus",
    "reward_weights": "domains.NAME.rewards[0].weight",
    "multi_objective_aggregation": "domains.NAME.rewards[0].weight",
    "per_device_eval_batch_size": "evaluation.batch",
    "model_init_kwargs": "model",
    "trust_remote_code": "model",
    "dataset_text_field": "domains.NAME.prompt",
    "chat_template_kwargs": "domains.NAME.chat",
    "completion_only_loss": "domains.NAME.messages",
    "assistant_only_loss": "domains.NAME.messages",
    "max_length": "model.max_length",
    "truncation_mode": "domains.NAME.on_long",
}
"""TRL's key → the key here."""

ELSEWHERE = {
    "output_dir": "Results go to --store.",
    "packing": PACKED,
    "packing_strategy": PACKED,
    "eos_token": "The tokenizer is the model's own.",
    "pad_token": "The tokenizer is the model's own.",
    "chat_template_path": "The chat template is the model's own.",
    "disable_dropout": "It is off wherever a model rolls out.",
    "label_smoothing_factor": "TRL gives it up, and it would run every step's forward pass twice.",
    "use_liger_kernel": "TRL gives it up.",
    "liger_kernel_config": "TRL gives it up.",
    "use_transformers_continuous_batching": "It would change the weights' type under bf16.",
    "transformers_continuous_batching_config": "Rollouts are made by transformers' generate, or by vLLM.",
    "use_transformers_paged": "TRL gives it up.",
    "cache_implementation": "It was not tried here.",
    "max_tool_calling_iterations": "Rollouts use no tools here.",
    "router_aux_loss_coef": "Mixtures of experts were not tried here.",
    "full_determinism": "It would hold for every other stage of the worker.",
    "debug": "It would hold for every other stage of the worker.",
    "torch_compile": "The model that is measured would stay compiled.",
    "torch_compile_backend": "The model that is measured would stay compiled.",
    "torch_compile_mode": "The model that is measured would stay compiled.",
    "optim_args": "The optimizers here take none.",
    "optim_target_modules": "It belongs to optimizers that are not here.",
    "num_generations_eval": "Every stage is measured at its end, see `evaluation`.",
    "prediction_loss_only": "Every stage is measured at its end, see `evaluation`.",
    "batch_eval_metrics": "Every stage is measured at its end, see `evaluation`.",
    "include_for_metrics": "Every stage is measured at its end, see `evaluation`.",
    "load_best_model_at_end": "Every stage is measured at its end, see `evaluation`.",
    "metric_for_best_model": "Every stage is measured at its end, see `evaluation`.",
    "greater_is_better": "Every stage is measured at its end, see `evaluation`.",
    "do_train": "Leave it out.",
    "do_eval": "Leave it out.",
    "do_predict": "Leave it out.",
    "use_cache": "Leave it out.",
    "skip_memory_metrics": "Leave it out.",
    "length_column_name": "Items are drawn at random, by seed.",
    "train_sampling_strategy": "Items are drawn at random, by seed.",
    "shuffle_dataset": "Items are drawn at random, by seed.",
    "ignore_data_skip": "Items are drawn at random, by seed.",
    "remove_unused_columns": "Items are drawn at random, by seed.",
    "label_names": "What is taught is decided by each domain's prompt and answer.",
    "eval_packing": "Every stage is measured at its end, see `evaluation`.",
    "resume_from_checkpoint": "The same command goes on.",
    "restore_callback_states_from_checkpoint": "The same command goes on.",
    "enable_jit_checkpoint": "Work in progress is kept by `training.checkpoint_every`.",
    "push_to_hub": "Nothing is uploaded; `stagewise export` writes a folder.",
    "report_to": "The report holds what was measured.",
    "run_name": "The report holds what was measured.",
    "project": "The report holds what was measured.",
    "disable_tqdm": "The report holds what was measured.",
    "num_completions_to_print": "What a model said in evaluation is in the store.",
    "include_num_input_tokens_seen": "The report holds what was measured.",
    "parallelism_config": ALIKE,
    "accelerator_config": ALIKE,
    "deepspeed": ALIKE,
    "local_rank": ALIKE,
    "average_tokens_across_devices": ALIKE,
    "ds3_gather_for_generation": ALIKE,
}
"""TRL's key → why it is not handed on, and what to do."""

FAMILIES = {
    "eval_": "Every stage is measured at its end, see `evaluation`.",
    "save_": "Every finished stage is kept, and work in progress by `training.checkpoint_every`.",
    "hub_": "Nothing is uploaded; `stagewise export` writes a folder.",
    "log": "The report holds what was measured.",
    "trackio_": "The report holds what was measured.",
    "dataset_": "Data are the domains'.",
    "dataloader_": "Items are drawn at random, by seed.",
    "ddp_": ALIKE,
    "fsdp": ALIKE,
}
"""Beginning of TRL's keys → the same."""


def owned(key: str) -> str | None:
    """A hint where a key of TRL's is not handed on: the key here, or the reason. None where it is handed on."""
    if key in HERE:
        return f"It is `{HERE[key]}` here."
    begun = next((reason for start, reason in FAMILIES.items() if key.startswith(start)), None)
    return ELSEWHERE.get(key, begun)
