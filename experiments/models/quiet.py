"""Libraries that talk: silenced before they are imported, so that the terminal is the product's."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_SETTINGS = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "DATASETS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "WANDB_DISABLED": "true",
}


def hush() -> None:
    """Set the variables that transformers, datasets and the hub client read when they are imported."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    for name in ("transformers", "trl", "datasets", "accelerate", "peft"):
        logging.getLogger(name).setLevel(logging.ERROR)


@contextmanager
def upstream_warnings_ignored() -> Iterator[None]:
    """TRL 1.16 and PEFT 0.21 use names of checkpointing that transformers 5.23 changed, and PEFT looks for the base's
    vocabulary, which is never changed here, where its name is no place; nothing else is ignored."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*gradient_checkpointing", FutureWarning)
        warnings.filterwarnings("ignore", "Could not find a config file in", UserWarning)
        yield


hush()
