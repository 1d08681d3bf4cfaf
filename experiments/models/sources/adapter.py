"""An adapter that a run starts from: found, checked against its model by configs alone, and added to the weights."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from huggingface_hub import snapshot_download
from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors import safe_open
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from curricula.schema import Adapter, PretrainedModel
from domains.errors import ModelError
from domains.frozen import fingerprint
from experiments.models.sources.cached import reach
from experiments.models.sources.contents import ADAPTER, ADAPTER_WEIGHTS, check_weights, folder_hash
from experiments.models.sources.hub import first_line
from experiments.models.sources.place import locate

KEY = "model.adapter"
FILES = ["adapter_*"]
PLACES = ("base_model_name_or_path", "revision")
"""Keys of its configuration that say where its base was."""
Shapes = Mapping[str, tuple[int, ...]]
"""Name of a tensor → its shape."""


def known_adapter(model: PretrainedModel, written: str, base: Path, weights: str | None) -> PretrainedModel:
    """`model` with its adapter's folder as an absolute path, or its hub commit, and the hash of its files.

    `written` is `model.id` as the user wrote it, `weights` what `check_model` found; relative folders start at `base`.
    Raises ModelError where the adapter is none, belongs to another model, or has other weights than it names.
    """
    adapter = model.adapter
    if adapter is None:
        return model
    with _about(adapter):
        place = locate(PretrainedModel(type="pretrained", id=adapter.id), base).id
        adapter = adapter.model_copy(update={"id": place})
        folder = folder_of(adapter)
        if not Path(place).is_dir():
            # Of a snapshot the folder is called by its commit.
            adapter = adapter.model_copy(update={"revision": folder.name})
        config = _config(folder)
        _check_base(config, model, written, folder, weights)
        _check_shapes(config, model, folder, weights)
        return model.model_copy(update={"adapter": _with_weights(adapter, folder)})


def folder_of(adapter: Adapter) -> Path:
    """Where its files are on this machine; those of the hub are fetched, adapters are small. Raises ModelError."""
    folder = Path(adapter.id)
    if folder.is_dir():
        return folder
    if folder.is_absolute():
        raise ModelError("there is no such folder on this machine", hint="Every worker must see the adapter there.")
    try:
        return Path(snapshot_download(adapter.id, revision=adapter.revision, allow_patterns=FILES))
    except Exception as error:  # the hub's client lets through its transport's errors
        raise ModelError("must be a folder or a hub id of a LoRA adapter", hint=first_line(error)) from error


def added(network: PreTrainedModel, model: PretrainedModel) -> PreTrainedModel:
    """`network` with the adapter of `model` in its weights; as it is where there is none. Raises ModelError.

    The sum is rounded to the weights' own type.
    """
    if model.adapter is None:
        return network
    with _about(model.adapter):
        folder = folder_of(model.adapter)
        _with_weights(model.adapter, folder)
        with quiet.upstream_warnings_ignored():
            whole: PreTrainedModel = PeftModel.from_pretrained(network, folder, torch_device="cpu").merge_and_unload()
    # PEFT froze them.
    whole.requires_grad_(True)
    # By this PEFT names what adapters trained on top belong to: not the model alone.
    whole.name_or_path = f"{model.id} with the adapter {model.adapter.id}"
    return whole


def _with_weights(adapter: Adapter, folder: Path) -> Adapter:
    """With the hash of its files, in which its base's name does not count. Raises ModelError where it names another."""
    config = json.loads((folder / ADAPTER).read_text("utf-8"))
    with (folder / ADAPTER_WEIGHTS).open("rb") as stream:
        tensors = hashlib.file_digest(stream, "sha256").hexdigest()
    found = fingerprint([tensors, {key: value for key, value in config.items() if key not in PLACES}])
    if adapter.weights not in (None, found):
        raise ModelError(f"the adapter has other weights than {adapter.weights}", hint=f"They are {found}.")
    return adapter.model_copy(update={"weights": found})


def _config(folder: Path) -> LoraConfig:
    if not (folder / ADAPTER).is_file():
        raise ModelError(f"must be a LoRA adapter, and there is no {ADAPTER}", hint="PEFT's save_pretrained writes it.")
    if not (folder / ADAPTER_WEIGHTS).is_file():
        raise ModelError(f"must hold {ADAPTER_WEIGHTS}", hint="Is the copy complete? Pickled weights are never loaded.")
    check_weights(folder / ADAPTER_WEIGHTS, str(folder))
    try:
        config = PeftConfig.from_pretrained(folder)
    except Exception as error:  # configs are wrong in as many ways as they are written
        raise ModelError(f"has an {ADAPTER} that PEFT cannot read", hint=first_line(error)) from error
    if not isinstance(config, LoraConfig):
        raise ModelError(f"must be a LoRA adapter, and this is one of PEFT's type {config.peft_type.value}")
    return config


def _check_base(config: LoraConfig, model: PretrainedModel, written: str, folder: Path, weights: str | None) -> None:
    """By name, or by content where the adapter names a folder that is here. One that names nothing may be anyone's."""
    named = config.base_model_name_or_path
    if not named or named in (written, model.id):
        return
    # Training wrote the path as it was typed there: beside the adapter, or where this command runs.
    for place in (folder / named, Path.cwd() / named):
        if place.is_dir() and weights is not None and folder_hash(place) == weights:
            return
    raise ModelError(
        f"must be an adapter of {written}, and it belongs to {named}",
        hint=f"Where that is the same model, write {written} into {ADAPTER} as base_model_name_or_path.",
    )


def _check_shapes(config: LoraConfig, model: PretrainedModel, folder: Path, weights: str | None) -> None:
    """Whether every tensor has its place: PEFT passes over what has none. No weights of the model are loaded."""
    revision = model.revision if Path(model.id).is_dir() else weights or model.revision
    local = reach(model.id, revision).local
    whole = AutoConfig.from_pretrained(model.id, revision=revision, trust_remote_code=False, local_files_only=local)
    try:
        with torch.device("meta"), quiet.upstream_warnings_ignored():
            network = AutoModelForCausalLM.from_config(whole, trust_remote_code=False)
            # PEFT warns where the name is not the network's; that was looked at.
            fitted = get_peft_model(network, replace(config, base_model_name_or_path=None))
        wanted = get_peft_model_state_dict(fitted, save_embedding_layers=False)
    except ValueError as error:
        raise ModelError("does not fit the model", hint=first_line(error)) from error
    shapes: Shapes = {name: tuple(tensor.shape) for name, tensor in wanted.items()}
    with safe_open(folder / ADAPTER_WEIGHTS, framework="np") as file:
        found: Shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    for name in sorted(shapes.keys() | found.keys()):
        if shapes.get(name) != found.get(name):
            has, takes = _shape(found.get(name)), _shape(shapes.get(name))
            raise ModelError(f"does not fit the model: of {name} the adapter has {has}, the model takes {takes}")


def _shape(shape: tuple[int, ...] | None) -> str:
    return " × ".join(map(str, shape)) if shape is not None else "nothing"


@contextmanager
def _about(adapter: Adapter) -> Iterator[None]:
    """Errors inside are about it."""
    try:
        yield
    except ModelError as error:
        raise ModelError(error.rule, key=KEY, value=adapter.id, hint=error.hint) from error
