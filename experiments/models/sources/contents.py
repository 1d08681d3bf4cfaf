"""What a folder or a hub repository holds in place of a model that can be trained, told by its files' names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from domains.errors import ModelError

ADAPTER = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
WEIGHT_FILES = {".safetensors", ".json", ".txt", ".model", ".jinja"}
TOKENIZERS = {"tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json"}
PICKLES = (".bin", ".pt", ".pth", ".ckpt")
POINTER = b"version https://git-lfs"
GGUF_HINT = (
    "This is GGUF. Convert it once: stagewise convert FILE.gguf FOLDER, and name FOLDER here; its "
    "weights become float32 and stay as rough as they were."
)
CAUSAL = "AutoModelForCausalLM"


def check_names(names: Collection[str], given: str, base: str | None = None, auto: str = CAUSAL) -> None:
    """Raise ModelError unless files of these names are a model with safetensors and its tokenizer.

    `given` is how the user named the place, `base` what the adapter in it belongs to, `auto` transformers' class that
    loads such a model.
    """
    weights = [name for name in names if name.endswith(".safetensors") and not name.startswith("adapter_")]
    pickles = [name for name in names if name.endswith(PICKLES) and name != "training_args.bin"]
    if ADAPTER in names:
        hint = (
            f"It belongs to {base or 'another model'}. Merge the two once: peft.AutoPeftModelForCausalLM."
            "from_pretrained(FOLDER).merge_and_unload().save_pretrained(NEW), and name NEW here."
        )
        raise _refused("must be a whole model, and this is a LoRA adapter", given, hint)
    if not weights and any(name.endswith(".gguf") for name in names):
        raise _refused("must hold a model's config.json and safetensors", given, GGUF_HINT)
    if not weights and pickles:
        load = f"transformers.{auto}.from_pretrained"
        hint = f"Pickled weights are never loaded. Convert them once: {load}(FOLDER).save_pretrained(NEW)."
        raise _refused(f"must hold safetensors, and there is only {pickles[0]}", given, hint)
    if "config.json" not in names:
        raise _refused(
            "a folder must hold a model's config.json and safetensors", given, "Save one by save_pretrained."
        )
    if not weights:
        raise _refused("must hold a model's weights, and there is no *.safetensors", given, "Is the copy complete?")
    if not TOKENIZERS & set(names):
        hint = "Save it there: transformers.AutoTokenizer.from_pretrained(ORIGINAL).save_pretrained(FOLDER)."
        raise _refused("must hold the model's tokenizer, and there is none", given, hint)


def check_folder(folder: Path, given: str, auto: str = CAUSAL) -> None:
    """The same for a folder, and whether all of its weights are there. Raises ModelError."""
    try:
        names = {file.name for file in folder.iterdir()}
        base = read_json(folder / ADAPTER).get("base_model_name_or_path") if ADAPTER in names else None
        check_names(names, given, base, auto)
        whole = read_json(folder / "model.safetensors.index.json").get("weight_map", {})
        if lacking := sorted(set(whole.values()) - names):
            raise _refused(
                f"lacks {len(lacking)} of its weights' files, the first {lacking[0]}", given, "Copy them too."
            )
        for name in sorted(names):
            if name.endswith(".safetensors"):
                check_weights(folder / name, given)
    except OSError as error:
        raise _refused(f"cannot be read: {error.strerror}", given, None) from None


def hub_names(repository: str, revision: str | None) -> set[str] | None:
    """Names of the files at the top of a hub repository; None where the hub does not say."""
    from huggingface_hub import HfApi

    try:
        return {name for name in HfApi().list_repo_files(repository, revision=revision) if "/" not in name}
    except Exception:  # offline, gated, no such repository: loading will say which
        return None


def check_weights(file: Path, given: str) -> None:
    """The header and the length of a file of weights."""
    from safetensors import SafetensorError, safe_open

    with file.open("rb") as stream:
        if stream.read(len(POINTER)) == POINTER:
            raise _refused(f"holds in {file.name} only Git LFS's note of where it is", given, "Run: git lfs pull.")
    try:
        with safe_open(file, framework="np"):
            pass
    except SafetensorError as error:
        raise _refused(f"has a damaged file {file.name} ({error})", given, "Copy it again.") from None


def folder_hash(folder: Path) -> str:
    """SHA-256 of the names and contents of the files that decide what a model and its tokenizer do."""
    whole = hashlib.sha256()
    for file in sorted(file for file in folder.iterdir() if file.suffix in WEIGHT_FILES):
        whole.update(file.name.encode())
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()


def read_json(file: Path) -> dict[str, Any]:
    """A JSON mapping; {} where there is none."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refused(rule: str, given: str, hint: str | None) -> ModelError:
    return ModelError(rule, key="model.id", value=given, hint=hint)
