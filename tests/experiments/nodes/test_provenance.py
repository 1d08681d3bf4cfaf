"""Provenance."""

from __future__ import annotations

import re
import sys

import torch

from experiments.nodes.provenance import provenance


def test_provenance_names_versions_and_commit() -> None:
    found = provenance()
    assert found.packages["torch"] == torch.__version__
    assert {"transformers", "trl", "ray", "numpy"} <= set(found.packages)
    assert found.python == sys.version.split()[0]
    assert found.commit is None or re.fullmatch(r"[0-9a-f]{40}", found.commit)
    assert (found.commit is None) == (found.dirty is None)
    assert "CPUs" in found.hardware


def test_provenance_is_collected_once() -> None:
    assert provenance() is provenance()
