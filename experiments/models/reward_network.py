"""The network of a reward model: loaded once a process, and asked about one text at a time.

An exported folder may carry a copy of this file, so of ours it imports `domains` alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from domains.errors import StageError
from domains.example import Example
from domains.rewards.lent import Scores
from domains.rewards.reward_model import RewardModelReward

LOADED = 2
"""Networks that a process keeps."""


def scores_of(spec: RewardModelReward, device: torch.device | None = None, *, local: bool = False) -> Scores:
    """What the network that `spec` names gives each completion of a prompt. Raises StageError("reward", …).

    `device`: a GPU where there is one, unless said; `local`: only what the hub's cache holds is taken.
    """
    device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network, tokenizer = _loaded(spec.id, spec.revision, spec.weights, str(device), local)
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
    place: str, revision: str | None, weights: str | None, device: str, local: bool
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The network in float32, evaluation mode, on its device."""
    if Path(place).is_absolute() and not Path(place).is_dir():
        raise StageError("reward", f"there is no folder {place} on this machine; every worker must see it")
    found = {
        "revision": revision if Path(place).is_dir() else weights or revision,
        "trust_remote_code": False,
        "local_files_only": local,
    }
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, **found)
        with warnings.catch_warnings():
            # transformers' own models use names that it has changed; training by them is none of a reward's business.
            warnings.filterwarnings("ignore", ".*gradient_checkpointing", FutureWarning)
            network, report = AutoModelForSequenceClassification.from_pretrained(
                place,
                dtype=torch.float32,
                use_safetensors=True,
                output_loading_info=True,
                adapter_kwargs={"local_files_only": local},
                **found,
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
