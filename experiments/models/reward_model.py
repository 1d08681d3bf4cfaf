"""Reward models: sequence classifiers with one output. Which one it is, and what it gives."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip  # noqa: F401

from pathlib import Path

import torch
from transformers import AutoConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES

from curricula.schema import PretrainedModel
from domains.errors import ModelError, StageError
from domains.rewards.lent import Scores
from domains.rewards.reward_model import RewardModelReward
from experiments.models.reward_network import scores_of as network_scores
from experiments.models.sources.cached import Reach, commit_of, reach
from experiments.models.sources.contents import check_folder, check_names, folder_hash, hub_names
from experiments.models.sources.place import locate


def known(spec: RewardModelReward, base: Path) -> RewardModelReward:
    """`spec` with its folder as an absolute path (relative ones start at `base`) and with its weights.

    Raises ModelError unless it is a sequence classifier with one output, with weights and tokenizer, and where its
    weights are others than those that the spec names. Loads the config only.
    """
    try:
        place = locate(PretrainedModel(type="pretrained", id=spec.id, revision=spec.revision), base).id
        reached = reach(place, spec.revision)
        if Path(place).is_dir():
            check_folder(Path(place), spec.id, auto="AutoModelForSequenceClassification")
        elif not reached.local and (names := hub_names(place, spec.revision)):
            check_names(names, spec.id, auto="AutoModelForSequenceClassification")
        commit = None if Path(place).is_dir() else commit_of(place, spec.revision, local=reached.local)
        _check(place, spec, commit or spec.revision, reached)
    except ModelError as error:
        raise ModelError(error.rule, key="id", value=error.value, hint=error.hint) from None
    folder = Path(place)
    weights = folder_hash(folder) if folder.is_dir() else commit
    if spec.weights not in (None, weights):
        raise ModelError(
            "the reward model has other weights", key="weights", value=spec.weights, hint=f"They are {weights}."
        )
    return spec.model_copy(update={"id": place, "weights": weights})


def _check(place: str, spec: RewardModelReward, revision: str | None, reached: Reach) -> None:
    try:
        config = AutoConfig.from_pretrained(
            place, revision=revision, trust_remote_code=False, local_files_only=reached.local
        )
    except Exception as error:  # a config may be wrong in as many ways as there are configs
        silent = f", and the hub cannot be reached ({reached.silent})" if reached.silent else ""
        raise ModelError(
            f"must be a reward model{silent}", value=spec.id, hint=str(error).splitlines()[0][:160]
        ) from error
    if config.model_type not in MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES or config.num_labels != 1:
        raise ModelError(
            "must be a sequence classifier with one output",
            value=spec.id,
            hint=f"This one is of type {config.model_type!r} with {config.num_labels} outputs.",
        )


def scores_of(spec: RewardModelReward, device: torch.device) -> Scores:
    """What the network that `spec` names gives each completion of a prompt. Raises StageError("reward", …)."""
    reached = reach(spec.id, spec.weights or spec.revision)
    try:
        return network_scores(spec, device, local=reached.local)
    except StageError as error:
        if reached.silent is None:
            raise
        raise StageError("reward", f"the hub cannot be reached ({reached.silent}): {error.cause}") from error
