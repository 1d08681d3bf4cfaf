"""Packages that only some need. Each comes with an extra of stagewise, which is named where it is missing."""

from __future__ import annotations

from importlib.util import find_spec

EXTRAS = {
    "bitsandbytes": "nf4",
    "gcsfs": "gcs",
    "gguf": "gguf",
    "grpc": "grpc",
    "mlflow": "mlflow",
    "openai": "openai",
    "s3fs": "s3",
    "tensorboard": "tensorboard",
    "trackio": "trackio",
    "vllm": "vllm",
    "wandb": "wandb",
}
"""Module → the extra of pyproject.toml that installs it."""
EVERYWHERE = "here and on every worker"


def is_missing(module: str) -> bool:
    """Whether a module cannot be imported here. Nothing is imported."""
    return find_spec(module) is None


def lacking(module: str) -> str:
    """The rule that is broken where it is missing."""
    return f"needs the package {module}, which is not installed"


def install(module: str, where: str = "here") -> str:
    """How to install it, as a hint: by the extra that it comes with, else by its name."""
    what = f"'stagewise[{EXTRAS[module]}]'" if module in EXTRAS else module
    return f"Install it {where}: pip install {what}."
