"""Sentence embeddings: which model makes them, and what it makes of texts."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip  # noqa: F401

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from curricula.schema import PretrainedModel
from curricula.schema.embedder import Embedder
from domains.errors import ModelError, StageError
from domains.sources.paths import beside
from experiments.measures.vendi import Embed
from experiments.models.sources.cached import commit_of, reach
from experiments.models.sources.contents import check_folder, check_names, folder_hash, hub_names
from experiments.models.sources.hub import first_line
from experiments.models.sources.place import locate
from scheduler.measurements import Array

UNUSED = "pooler"
"""Where a model's weights begin that the mean over tokens passes by; many checkpoints leave them out."""


def known(spec: Embedder, base: Path) -> Embedder:
    """`spec` with its folder as an absolute path (relative ones start at `base`) and with its weights.

    Raises ModelError unless it is a model of one stack of layers with its weights and tokenizer, and where it has other
    weights than `spec` names. Loads the config only.
    """
    place = locate(PretrainedModel(type="pretrained", id=spec.id, revision=spec.revision), base).id
    reached, folder = reach(place, spec.revision), Path(place)
    if folder.is_dir():
        check_folder(folder, spec.id, auto="AutoModel")
    elif not reached.local and (names := hub_names(place, spec.revision)):
        check_names(names, spec.id, auto="AutoModel")
    commit = None if folder.is_dir() else commit_of(place, spec.revision, local=reached.local)
    revision = commit or spec.revision
    try:
        config = AutoConfig.from_pretrained(
            place, revision=revision, trust_remote_code=False, local_files_only=reached.local
        )
    except Exception as error:  # a config may be wrong in as many ways as there are configs
        near = None if folder.is_dir() else beside(base / spec.id)
        hint = " ".join(part for part in (near, first_line(error)) if part)
        raise ModelError("must be a folder or hub id of a model", value=spec.id, hint=hint) from error
    if config.is_encoder_decoder:
        raise ModelError("must be an encoder or a decoder alone", value=spec.id, hint="It has both.")
    weights = folder_hash(folder) if folder.is_dir() else commit
    if spec.weights not in (None, weights):
        raise ModelError("the embedder has other weights", value=spec.weights, hint=f"They are {weights}.")
    return spec.model_copy(update={"id": place, "weights": weights})


def embedding(spec: Embedder, device: torch.device) -> Embed:
    """Texts, none of them empty, to vectors (texts, size), by a function that raises StageError("evaluation", …).

    One text a pass, so that no other one changes it; what is longer than the model was made for is cut at the end. The
    model is loaded when it is first asked.
    """

    def embed(texts: Sequence[str]) -> Array:
        network, tokenizer = _loaded(spec, str(device))
        longest = min(getattr(network.config, "max_position_embeddings", 1 << 20), tokenizer.model_max_length)

        def vector(text: str) -> Array:
            ids = tokenizer(text, truncation=True, max_length=longest, return_tensors="pt")["input_ids"].to(device)
            with torch.inference_mode():
                found = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].mean(dim=0)
            return np.asarray(found.double().cpu().numpy())

        once = {text: vector(text) for text in dict.fromkeys(texts)}
        return np.stack([once[text] for text in texts])

    return embed


@lru_cache(maxsize=1)
def _loaded(spec: Embedder, device: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """In float32, evaluation mode, on its device."""
    place = spec.id
    if Path(place).is_absolute() and not Path(place).is_dir():
        raise StageError("evaluation", f"there is no folder {place} on this machine; every worker must see it")
    revision = spec.revision if Path(place).is_dir() else spec.weights or spec.revision
    local = reach(place, revision).local
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            place, revision=revision, trust_remote_code=False, local_files_only=local
        )
        network, report = AutoModel.from_pretrained(
            place,
            revision=revision,
            trust_remote_code=False,
            local_files_only=local,
            dtype=torch.float32,
            use_safetensors=True,
            output_loading_info=True,
        )
    except (OSError, ValueError) as error:
        raise StageError("evaluation", f"the embedder {place} cannot be loaded: {first_line(error)}") from error
    if missing := [name for name in report["missing_keys"] if not name.startswith(UNUSED)]:
        raise StageError("evaluation", f"the embedder {place} has no weights for {min(missing)}")
    return network.to(device).eval(), tokenizer
