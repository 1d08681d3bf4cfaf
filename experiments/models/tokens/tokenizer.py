"""A character tokenizer whose vocabulary is fixed: it never depends on the data."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip  # noqa: F401

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

PAD, EOS = "<|pad|>", "<|end|>"


def character_tokenizer(context: int) -> PreTrainedTokenizerFast:
    """One token a character for ASCII, one a byte for the rest; so ``decode(encode(x)) == x`` for any text.

    258 tokens: padding, end and the 256 bytes. Special tokens written in the text are text.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([PAD, EOS, *alphabet])}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[], cache_capacity=0))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token=PAD,
        eos_token=EOS,
        padding_side="left",
        model_max_length=context,
        split_special_tokens=True,
        clean_up_tokenization_spaces=False,
    )
