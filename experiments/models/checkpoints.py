"""Models: built from a config or loaded from the hub or a folder; saved as safetensors and JSON."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import torch
from peft import LoraConfig, PeftModel, get_peft_model, load_peft_weights
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
from transformers.utils import logging as transformers_logging

from curricula.schema import Lora, Model, PretrainedModel, ScratchModel
from domains.errors import ClusterError, ModelError
from experiments.models.seeding import seed_of
from experiments.models.sources.adapter import added
from experiments.models.sources.cached import commit_of, reach
from experiments.models.sources.contents import ADAPTER, check_folder, check_names, folder_hash, hub_names
from experiments.models.sources.hub import no_model, not_loaded
from experiments.models.sources.targets import check_targets
from experiments.models.tokens.lengths import Lengths, tokenizer_lengths
from experiments.models.tokens.tokenizer import character_tokenizer

# Saving and loading would draw progress bars.
transformers_logging.disable_progress_bar()

LanguageModel: TypeAlias = PreTrainedModel | PeftModel
Reference: TypeAlias = LanguageModel | Mapping[str, torch.Tensor]
"""What a KL penalty is held to: a model, or adapters on the one that is trained, by PEFT's names."""

NF4 = BitsAndBytesConfig(
    load_in_4bit=True,
    bnb_4bit_quant_type="nf4",
    bnb_4bit_use_double_quant=True,
    bnb_4bit_compute_dtype=torch.bfloat16,
)
"""As in the paper on QLoRA (Dettmers et al. 2023, arXiv 2305.14314)."""
SOURCE = "source.json"
"""Stands in for weights where a checkpoint is the untouched pretrained model."""


def check_model(model: Model, base: Path | None = None) -> str | None:
    """Which weights a pretrained model has: the hub's commit, or a hash of the folder's files.

    Raises ModelError unless `model` names a causal language model; `base` is where a folder of its name was looked for.
    Loads its config only, never weights. Where the hub does not answer, it is what the cache holds.
    """
    if isinstance(model, ScratchModel):
        return None
    folder = Path(_place(model))
    if folder.is_dir():
        check_folder(folder, model.id)
    elif model.id.startswith((".", "/", "~")) or folder.is_file():
        raise ModelError("must be a folder that holds a model", key="model.id", value=model.id, hint="Check the path.")
    reached = reach(_place(model), model.revision)
    if not folder.is_dir() and not reached.local and (names := hub_names(model.id, model.revision)):
        check_names(names, model.id)
    # Since transformers 5.23 a config no longer says it.
    commit = None if folder.is_dir() else commit_of(model.id, model.revision, local=reached.local)
    try:
        config = AutoConfig.from_pretrained(
            _place(model), revision=commit or model.revision, trust_remote_code=False, local_files_only=reached.local
        )
    except Exception as error:  # a config may be wrong in as many ways as there are configs
        raise no_model(model.id, base, error, reached.silent) from error
    if config.model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise ModelError(
            f"must be a causal language model, not one of type {config.model_type!r}",
            key="model.id",
            value=model.id,
        )
    if model.lora:
        check_targets(model.lora, config)
    return folder_hash(folder) if folder.is_dir() else commit


def _place(model: PretrainedModel) -> str:
    """A folder with ``~`` expanded, or the hub id as it is."""
    path = Path(model.id).expanduser()
    return str(path) if path.is_dir() else model.id


def lengths_of(model: PretrainedModel, weights: str | None) -> Lengths:
    """How its tokenizer counts and how much it may take, without loading weights. Raises ModelError."""
    place, revision = _place(model), _revision(model, weights)
    reached = reach(place, revision)
    found = {"revision": revision, "trust_remote_code": False, "local_files_only": reached.local}
    try:
        config = AutoConfig.from_pretrained(place, **found)
        tokenizer = AutoTokenizer.from_pretrained(place, **found)
    except Exception as error:  # a damaged tokenizer.json is a bare Exception
        raise not_loaded(model.id, error, reached.silent) from error
    libraries = " ".join(f"{name} {version(name)}" for name in ("tokenizers", "transformers"))
    identity = f"{weights} {libraries}" if weights else None
    bounds = [getattr(config, "max_position_embeddings", None), model.max_length]
    context = min((bound for bound in bounds if bound is not None), default=None)
    return tokenizer_lengths(with_ends(tokenizer), context, identity)


def check_gpus(gpus: float) -> None:
    """Raise ClusterError where more GPUs are asked for than are visible, rather than train on the CPU in silence."""
    there = torch.cuda.device_count()
    if gpus > there:
        seen = {0: "no GPU is", 1: "one GPU is"}.get(there, f"{there} GPUs are")
        raise ClusterError(f"{seen} visible here", key="resources.gpus", value=gpus, hint=f"Set it to {there}.")


def device_for(gpus: float) -> torch.device:
    """The GPU if a stage was granted one and there is one, else the CPU."""
    return torch.device("cuda" if gpus > 0 and torch.cuda.is_available() else "cpu")


def build_model(model: Model, weights: str | None = None) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    """The model before any training; what is random in it depends on its own seed only.

    `weights` are those that `check_model` found: what the hub serves under the id meanwhile is not loaded.
    """
    torch.manual_seed(seed_of("weights", model.seed))
    if isinstance(model, ScratchModel):
        return _scratch(model)
    network, tokenizer = _pretrained(model, weights)
    return (_add_adapters(network, model.lora) if model.lora else network), tokenizer


def trained_parameters(model: Model, weights: str | None = None) -> int:
    """How many numbers are trained, by the model's config alone."""
    network = without_weights(model, weights)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def without_weights(model: Model, weights: str | None = None) -> LanguageModel:
    """The model by its config alone, on torch's meta device: nothing is loaded, and no room taken."""
    with torch.device("meta"):
        if isinstance(model, ScratchModel):
            return _scratch(model)[0]
        place, revision = _place(model), _revision(model, weights)
        local = reach(place, revision).local
        config = AutoConfig.from_pretrained(place, revision=revision, trust_remote_code=False, local_files_only=local)
        network: PreTrainedModel = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
        return _add_adapters(network, model.lora) if model.lora else network


def save_checkpoint(
    network: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    folder: Path,
    source: Model | None = None,
    weights: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Write weights (adapters alone for LoRA) and tokenizer; with `source`, only where the weights are. `weights`: the
    model's state where it is in parts."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    if source is not None:
        (folder / SOURCE).write_text(json.dumps(source.model_dump(mode="json")), encoding="utf-8")
    elif isinstance(network, PeftModel):
        # Not the "ref" adapter that TRL adds for the KL penalty.
        with quiet.upstream_warnings_ignored():
            network.save_pretrained(folder, selected_adapters=["default"], state_dict=weights)
    else:
        network.save_pretrained(folder, state_dict=weights)
    # PEFT writes a model card, which would name the machine's paths.
    (folder / "README.md").unlink(missing_ok=True)


def load_checkpoint(
    model: Model, folder: Path, weights: str | None = None, *, trainable: bool = True
) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    """What `save_checkpoint` wrote; `weights` as for `build_model`, `trainable` matters for adapters only."""
    tokenizer = with_ends(AutoTokenizer.from_pretrained(folder, trust_remote_code=False))
    if isinstance(model, PretrainedModel) and (folder / ADAPTER).is_file():
        network, _ = _pretrained(model, weights)
        with quiet.upstream_warnings_ignored():
            return PeftModel.from_pretrained(network, folder, is_trainable=trainable, torch_device="cpu"), tokenizer
    if isinstance(model, PretrainedModel) and (folder / SOURCE).is_file():
        return _pretrained(model, weights)[0], tokenizer
    dtype = _dtype(model)
    network = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, trust_remote_code=False, use_safetensors=True)
    return network, tokenizer


def load_reference(model: Model, folder: Path, weights: str | None = None) -> Reference:
    """Of what `save_checkpoint` wrote, what training holds to: of adapters nothing else, for what they lie on is there.

    See `load_checkpoint`.
    """
    if (folder / ADAPTER).is_file():
        adapters: dict[str, torch.Tensor] = load_peft_weights(str(folder), device="cpu")
        return adapters
    return load_checkpoint(model, folder, weights)[0]


def context_length(network: LanguageModel) -> int | None:
    """Longest prompt plus completion that the model was made for, in tokens."""
    return getattr(network.config, "max_position_embeddings", None)


def _scratch(model: ScratchModel) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    tokenizer = character_tokenizer(model.context)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=model.hidden_size,
        intermediate_size=3 * model.hidden_size,
        num_hidden_layers=model.layers,
        num_attention_heads=model.heads,
        max_position_embeddings=model.context,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config), tokenizer


def _pretrained(model: PretrainedModel, weights: str | None) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    place, revision = _place(model), _revision(model, weights)
    if Path(model.id).is_absolute() and not Path(model.id).is_dir():
        hint = "Every worker must see the model at this path."
        raise ModelError("there is no such folder on this machine", key="model.id", value=model.id, hint=hint)
    reached = reach(place, revision)
    found = {"revision": revision, "trust_remote_code": False, "local_files_only": reached.local}
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, **found)
        network = AutoModelForCausalLM.from_pretrained(
            place,
            dtype=_dtype(model),
            quantization_config=NF4 if model.dtype == "nf4" else None,
            use_safetensors=True,
            adapter_kwargs={"local_files_only": reached.local},
            **found,
        )
    except (OSError, ValueError) as error:
        raise not_loaded(model.id, error, reached.silent) from error
    return added(network, model), with_ends(tokenizer)


def _revision(model: PretrainedModel, weights: str | None) -> str | None:
    """The commit that was found first, else what is written; of a folder `weights` is a hash, which names none."""
    return model.revision if Path(_place(model)).is_dir() else weights or model.revision


def with_ends(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """Left padding for generation, and the end token as padding where there is none."""
    if tokenizer.eos_token is None:
        raise ModelError("needs a tokenizer with an end-of-sequence token", key="model.id")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    return tokenizer


def _add_adapters(network: PreTrainedModel, lora: Lora) -> PeftModel:
    targets = lora.targets if lora.targets == "all-linear" else list(lora.targets)
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets,
        use_rslora=lora.rslora,
        use_dora=lora.dora,
        modules_to_save=list(lora.modules_to_save) or None,
        task_type="CAUSAL_LM",
    )
    try:
        with quiet.upstream_warnings_ignored():
            return get_peft_model(network, config)
    except ValueError as error:
        raise ModelError(
            "must name modules of the model",
            key="model.lora.targets",
            value=lora.targets,
            hint=str(error).splitlines()[0][:160],
        ) from error


def _dtype(model: Model) -> torch.dtype:
    """bfloat16 for frozen weights only: in trained ones it rounds small updates away. Beside `nf4` the rest is."""
    half = isinstance(model, PretrainedModel) and model.dtype != "float32" and model.lora is not None
    return torch.bfloat16 if half else torch.float32
