"""A micro-batch's examples one after the other in one row, `training.trl: {padding_free: true}`: nothing is padded, and
a step stays the examples that it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from domains.errors import StageError
from experiments.models.checkpoints import LanguageModel
from experiments.models.tokens.chat import Tokens

NEAR = 0.03
"""Of the spread of logits, how far they may be off on average by rounding, in bfloat16 too; what another example adds
is more."""


def own_tokens(mask: torch.Tensor, asked: Mapping[str, Any]) -> torch.Tensor:
    """How many taught tokens the example of each token has, (rows, 1) or, in a packed row, (1, tokens).

    `mask` says which tokens are taught, by what comes before them; `asked` is what the model was asked.
    """
    if (examples := asked.get("seq_idx")) is None:
        return mask.sum(-1, keepdim=True)
    at = examples[0, 1:].long()
    counts = torch.zeros(int(at.max()) + 1, dtype=torch.long, device=mask.device)
    return counts.index_add_(0, at, mask[0].long())[at].unsqueeze(0)


def examples_in(inputs: Mapping[str, Any]) -> int:
    """How many examples a micro-batch holds."""
    ends = inputs.get("cu_seq_lens_q")
    return len(inputs["input_ids"]) if ends is None else len(ends) - 1


def check_apart(network: LanguageModel, rows: Sequence[Tokens]) -> None:
    """Raise StageError where the second of two examples in one row reads the first: not every architecture looks at
    where an example begins."""
    one, two = (list(tokens) for tokens in rows[:2])
    device = next(network.parameters()).device
    places = [*range(len(one)), *range(len(two))]
    training = network.training
    network.eval()
    with torch.inference_mode():
        both = _logits(network, [*one, *two], places, device)[len(one) :]
        alone = _logits(network, two, [*range(len(two))], device)
    network.train(training)
    if (both - alone).abs().mean() > NEAR * alone.std():
        raise StageError("training", "`trl.padding_free`: this model reads examples of one row together. Leave it out.")


def _logits(network: LanguageModel, tokens: Tokens, places: Sequence[int], device: torch.device) -> torch.Tensor:
    ids, at = (torch.tensor([each], device=device) for each in (list(tokens), list(places)))
    found: torch.Tensor = network(input_ids=ids, position_ids=at, use_cache=False).logits[0]
    return found.float()
