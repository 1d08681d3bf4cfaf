"""What a model takes in memory, counted on torch's meta device: no weights are loaded, no room taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from curricula.schema import Model
from domains.frozen import Frozen
from experiments.models.checkpoints import LanguageModel, without_weights

TOKENS = 16
"""Of the sequence that is counted: so few that attention's square of them is nothing, as in kernels that never hold
it."""
FLOAT = 4


class ModelSize(Frozen):
    """Numbers and bytes of one model."""

    trained: int
    """Numbers that are trained."""
    frozen: int
    """Numbers that are not."""
    layers: int
    hidden: int
    vocabulary: int
    cached: int
    """Numbers that generation keeps of a token in its cache, all layers together."""
    kept: int
    """Bytes that one forward pass in float32 keeps of a token for the gradient, without checkpointing."""


def size_of(model: Model, weights: str | None) -> ModelSize:
    """Raises whatever a model without weights raises: there are as many ways as models."""
    network = without_weights(model, weights)
    config = network.config.get_text_config()
    heads = config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    trained = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
    return ModelSize(
        trained=trained,
        frozen=sum(weight.numel() for weight in network.parameters()) - trained,
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        vocabulary=config.vocab_size,
        cached=2 * config.num_hidden_layers * width * (getattr(config, "num_key_value_heads", None) or heads),
        kept=kept_a_token(network),
    )


def kept_a_token(network: LanguageModel) -> int:
    """Bytes that the layers of a network keep of each token for the gradient; its head is not asked, since trainers
    take logits in tiles."""
    place = next(network.parameters()).device
    own = {weight.untyped_storage()._cdata for weight in network.parameters()}
    ids = torch.zeros((1, TOKENS), dtype=torch.long, device=place)
    # A whole mask is taken as it is: to make one, what ids say is looked at, and here they say nothing.
    seen = torch.ones((1, 1, TOKENS, TOKENS), dtype=torch.bool, device=place)
    with _counted(own) as storages:
        network.train()(input_ids=ids, attention_mask=seen, use_cache=False, logits_to_keep=1)
    return sum(storages.values()) // TOKENS


@contextmanager
def _counted(but: set[int]) -> Iterator[dict[int, int]]:
    """Storages that are saved for the gradient inside → bytes; not those of `but`, which are weights."""
    found: dict[int, int] = {}
    alive = []

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in but:
            found[storage._cdata] = storage.nbytes()
            # Else another one could have its place.
            alive.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        yield found
