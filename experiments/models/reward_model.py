"""Reward models: sequence classifiers with one output, loaded once a worker and asked about one text at a time."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES

from curricula.schema import PretrainedModel
from domains.errors import ModelError, StageError
from domains.example import Example
from domains.rewards.lent import Scores
from domains.rewards.reward_model import RewardModelReward
from experiments.models.sources.contents import folder_hash
from experiments.models.sources.place import locate

LOADED = 2
"""Networks that a worker keeps."""


def known(spec: RewardModelReward, base: Path) -> RewardModelReward:
    """`spec` with its folder as an absolute path (relative ones start at `base`) and with its weights.

    Raises ModelError unless it is a sequence classifier with one output, and where its weights are others than those
    that the spec names. Loads the config only.
    """
    try:
        place = locate(PretrainedModel(type="pretrained", id=spec.id, revision=spec.revision), base).id
        config = _config(place, spec)
    except ModelError as error:
        raise ModelError(error.rule, key="id", value=error.value, hint=error.hint) from None
    folder = Path(place)
    weights = folder_hash(folder) if folder.is_dir() else getattr(config, "_commit_hash", None)
    if spec.weights not in (None, weights):
        raise ModelError(
            "the reward model has other weights", key="weights", value=spec.weights, hint=f"They are {weights}."
        )
    return spec.model_copy(update={"id": place, "weights": weights})


def _config(place: str, spec: RewardModelReward) -> PretrainedConfig:
    try:
        config = AutoConfig.from_pretrained(place, revision=spec.revision, trust_remote_code=False)
    except Exception as error:  # a config may be wrong in as many ways as there are configs
        raise ModelError("must be a reward model", value=spec.id, hint=str(error).splitlines()[0][:160]) from error
    if config.model_type not in MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES or config.num_labels != 1:
        raise ModelError(
            "must be a sequence classifier with one output",
            value=spec.id,
            hint=f"This one is of type {config.model_type!r} with {config.num_labels} outputs.",
        )
    return config


def scores_of(spec: RewardModelReward, device: torch.device) -> Scores:
    """What the network that `spec` names gives each completion of a prompt. Raises StageError("reward", …)."""
    network, tokenizer = _loaded(spec.id, spec.revision, spec.weights, str(device))
    longest = min(
        length
        for length in (
            spec.max_tokens,
            getattr(network.config, "max_position_embeddings", None),
            tokenizer.model_max_length,
        )
        if length
    )

    def score(completion: str, item: Example) -> float:
        """One text a pass, so that no other completion changes it; the end is what counts, so the front is cut."""
        ids = torch.tensor([_tokens(tokenizer, spec, item, completion)[-longest:]], device=network.device)
        with torch.inference_mode():
            return float(network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, 0])

    def scores(completions: Sequence[str], item: Example) -> list[float]:
        once = {text: score(text, item) for text in dict.fromkeys(completions)}
        return [once[text] for text in completions]

    return scores


def _tokens(tokenizer: PreTrainedTokenizerBase, spec: RewardModelReward, item: Example, completion: str) -> list[int]:
    if spec.chat == "off" or (spec.chat == "auto" and not tokenizer.chat_template):
        return list(tokenizer(item.prompt + completion)["input_ids"])
    turns = [*map(dict, item.conversation), {"role": "assistant", "content": completion}]
    return list(tokenizer.apply_chat_template(turns, tokenize=True, return_dict=False))


@lru_cache(maxsize=LOADED)
def _loaded(
    place: str, revision: str | None, weights: str | None, device: str
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The network in float32, evaluation mode, on its device."""
    if Path(place).is_absolute() and not Path(place).is_dir():
        raise StageError("reward", f"there is no folder {place} on this machine; every worker must see it")
    revision = revision if Path(place).is_dir() else weights or revision
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, revision=revision, trust_remote_code=False)
        with quiet.upstream_warnings_ignored():
            network, report = AutoModelForSequenceClassification.from_pretrained(
                place,
                revision=revision,
                dtype=torch.float32,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
            )
    except (OSError, ValueError) as error:
        raise StageError(
            "reward", f"the reward model {place} cannot be loaded: {str(error).splitlines()[0]}"
        ) from error
    if report["missing_keys"]:
        raise StageError("reward", f"the reward model {place} has no weights for {min(report['missing_keys'])}")
    # Nothing is padded, so the last token is the last; with a pad token it would be sought.
    network.config.pad_token_id = None
    return network.to(device).eval(), tokenizer
