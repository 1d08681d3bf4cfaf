"""A model out of a GGUF file (llama.cpp's format) as a folder that trains: ``python -m experiments.models.gguf``.

Quantised weights become float32: the folder is about six times as large as a file of four bits.
"""

from __future__ import annotations

from experiments.models import quiet  # isort: skip  # noqa: F401

import sys
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from domains.errors import ModelError, UserError

USAGE = "usage: python -m experiments.models.gguf FILE.gguf FOLDER"


def convert(file: Path, folder: Path) -> None:
    """Write the model and tokenizer in `file`, chat template included, as config, safetensors and JSON in `folder`.

    Raises ModelError where transformers cannot read the file.
    """
    transformers_logging.disable_progress_bar()
    if not file.is_file():
        raise ModelError("must be a GGUF file", value=str(file))
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
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def main(arguments: list[str]) -> int:
    """The command; the exit code."""
    if len(arguments) != 2:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    try:
        convert(Path(arguments[0]), Path(arguments[1]))
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
