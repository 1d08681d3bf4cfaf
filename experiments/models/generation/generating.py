"""A model's own generation_config.json says how its makers would sample from it: here it decides nothing but ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from peft import PeftModel
from transformers import GenerationConfig

from experiments.models.checkpoints import LanguageModel


@contextmanager
def own_settings_away(network: LanguageModel, settings: GenerationConfig | None = None) -> Iterator[None]:
    """`generate` fills what it is not told from the model's own settings (a least length, penalties, forbidden tokens,
    a temperature): within this they are `settings`, by default none. They are back afterwards, and are saved with the
    model. Tokens that end a completion must be told to it."""
    # PEFT hands its own on to the model within before it generates.
    holders = [network, network.get_base_model()] if isinstance(network, PeftModel) else [network]
    before = [holder.generation_config for holder in holders]
    for holder in holders:
        holder.generation_config = settings or GenerationConfig()
    try:
        yield
    finally:
        for holder, own in zip(holders, before, strict=True):
            holder.generation_config = own
