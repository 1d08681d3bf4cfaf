"""A model out of a GGUF file (llama.cpp's format) as a folder that trains.

Quantised weights become float32: the folder is about six times as large as a file of four bits.
"""

from __future__ import annotations

from experiments.models import quiet  # isort: skip  # noqa: F401

from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from domains.errors import ModelError, UserError
from domains.packages import install, is_missing, lacking


def convert(file: Path, folder: Path) -> None:
    """Write the model and tokenizer in `file`, chat template included, as config, safetensors and JSON in `folder`.

    Raises ModelError where transformers cannot read the file, UserError where `folder` holds something or cannot be
    written, and where the package is missing that reads such files.
    """
    transformers_logging.disable_progress_bar()
    if not file.is_file():
        raise ModelError("must be a GGUF file", value=str(file))
    if is_missing("gguf"):
        raise UserError(lacking("gguf"), value=str(file), hint=install("gguf"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        # Else two models' files would mix.
        raise UserError("must be new or empty", value=str(folder), hint="Name another folder or remove it.")
    try:
        tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
        quantised = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name)
    except (OSError, ValueError, KeyError, NotImplementedError) as error:
        raise ModelError(
            "the GGUF file cannot be read", value=str(file), hint=str(error).splitlines()[0][:160]
        ) from error
    config = quantised.config
    # Else the folder would claim to be quantised, which it is no more, and would neither load nor train.
    del config.quantization_config
    network = AutoModelForCausalLM.from_config(config)
    network.load_state_dict(quantised.state_dict())
    network.generation_config = quantised.generation_config
    # Else the folder, and with it the model's identity, would depend on whether the hub was allowed here.
    tokenizer.init_kwargs.pop("local_files_only", None)
    try:
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror or error}", value=str(folder)) from error
