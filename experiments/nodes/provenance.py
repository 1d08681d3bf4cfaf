"""Where and with what a node is made."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from experiments.nodes.record import Provenance

PACKAGES = (
    "datasets", "numpy", "optuna", "peft", "ray", "reasoning-gym", "safetensors", "scipy", "tokenizers",
    "torch", "transformers", "trl",
)  # fmt: skip


@cache
def provenance() -> Provenance:
    """Collected once per process."""
    status = _git("status", "--porcelain", "--untracked-files=no")
    return Provenance(
        stagewise=_version("stagewise") or "unknown",
        commit=_git("rev-parse", "HEAD") or None,
        dirty=None if status is None else bool(status),
        python=sys.version.split()[0],
        packages={name: found for name in PACKAGES if (found := _version(name))},
        hardware=_hardware(),
        host=platform.node(),
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git(*words: str) -> str | None:
    """Output of a git command in this file's checkout; None where there is none (an installed package)."""
    here = Path(__file__).resolve().parents[2]
    if not (here / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _hardware() -> str:
    """``<processor>, <n> CPUs``, and the GPUs that torch sees where torch is loaded already."""
    torch = sys.modules.get("torch")
    gpus = []
    if torch is not None and torch.cuda.is_available():
        gpus = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return ", ".join([_processor(), f"{os.cpu_count()} CPUs", *gpus])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()
