"""A checkpoint of the store as a folder that transformers loads without this project."""

from __future__ import annotations

import shutil
from pathlib import Path

from peft import PeftModel

from curricula.schema import Model, PretrainedModel
from domains.errors import UserError
from experiments.models.checkpoints import SOURCE, load_checkpoint
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.sources.contents import ADAPTER

OURS = ("optimizer.safetensors", SOURCE)
"""Files of a checkpoint that only training reads."""


def export_checkpoint(model: Model, checkpoint: Path, folder: Path, weights: str | None, *, merge: bool) -> str:
    """Write a checkpoint's model and tokenizer to `folder`; says what it is, e.g. ``a LoRA adapter``.

    `weights` are those of the pretrained model, as `build_model` takes them; with `merge`, adapters are added to it.
    Raises UserError where there is nothing to merge.
    """
    adapter = (checkpoint / ADAPTER).is_file()
    if merge and not adapter:
        rule = "needs a LoRA adapter, and these are whole weights"
        raise UserError(rule, key="--merge", hint="Leave it out.")
    start = model.adapter if isinstance(model, PretrainedModel) else None
    if adapter and start and not merge:
        rule = f"is needed: the trained adapter belongs to {start.id} added to the model, which is no model elsewhere"
        raise UserError(rule, key="--merge")
    if isinstance(model, PretrainedModel) and model.dtype == "nf4":
        # An adapter is added to the weights that were rounded, not to the rounded ones, and in more than four bits.
        model = model.model_copy(update={"dtype": "bfloat16"})
    if merge or (checkpoint / SOURCE).is_file():
        network, tokenizer = load_checkpoint(model, checkpoint, weights, trainable=False)
        tokenizer.save_pretrained(folder)
        with upstream_warnings_ignored():
            whole = network.merge_and_unload() if isinstance(network, PeftModel) else network
        whole.save_pretrained(folder)
        return "the whole model, its LoRA adapter merged in" if adapter else "the whole model, untrained"
    shutil.copytree(checkpoint, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
    return "a LoRA adapter" if adapter else "the whole model"
