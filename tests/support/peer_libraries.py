"""Packages that stand beside the virtual environment's own, put there by `make install` without what they ask for.

Continuum and Avalanche need some thirty others to be imported whole, linters among them: their metrics alone are
loaded. Bitsandbytes is imported by PEFT wherever it is found, which would take a second of every process.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from importlib.metadata import distributions
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

PLACE = Path(sys.prefix) / "peers"
FILES = ("forgetting_bwt", "forward_transfer")


def version(name: str) -> str:
    """Of a library there. Skips the test where it is missing."""
    found = {one.metadata["Name"]: one.version for one in distributions(path=[str(PLACE)])}
    if name not in found:
        pytest.skip(f"{name} is not in {PLACE}: `make install` puts it there")
    return found[name]


@cache
def continuum() -> ModuleType:
    """`continuum.metrics.metrics`, which needs numpy alone."""
    spec = spec_from_file_location("peer_continuum_metrics", PLACE / "continuum/metrics/metrics.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@cache
def avalanche() -> tuple[ModuleType, ModuleType]:
    """`FILES` of `avalanche.evaluation.metrics`. What a package's own __init__ would load is left out but for the names
    that the two take from it."""
    for name in ("avalanche", "avalanche.evaluation", "avalanche.evaluation.metrics"):
        package = ModuleType(name)
        package.__path__ = [str(PLACE.joinpath(*name.split(".")))]
        sys.modules[name] = package
    evaluation, metrics = (sys.modules[name] for name in ("avalanche.evaluation", "avalanche.evaluation.metrics"))
    _lend(evaluation, "metric_definitions", "Metric", "GenericPluginMetric")
    _lend(metrics, "mean", "Mean")
    _lend(metrics, "accuracy", "TaskAwareAccuracy")
    forgetting, forward = (importlib.import_module(f"{metrics.__name__}.{name}") for name in FILES)
    return forgetting, forward


def _lend(package: ModuleType, module: str, *names: str) -> None:
    """As the package's __init__ does."""
    found = importlib.import_module(f"{package.__name__}.{module}")
    for name in names:
        setattr(package, name, getattr(found, name))
