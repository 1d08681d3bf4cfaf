"""A tiny model for sentence embeddings: an untrained encoder over characters."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from experiments.models.tokens.tokenizer import character_tokenizer


def saved(folder: Path, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    tokenizer = character_tokenizer(32)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=32, **sizes)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
