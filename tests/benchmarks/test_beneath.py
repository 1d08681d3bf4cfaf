"""benchmarks.beneath, on a model that takes no time."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import beneath

pytestmark = pytest.mark.slow


def test_both_ways_give_the_same_kl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    monkeypatch.setattr(beneath, "WIDE", small)
    monkeypatch.setattr(beneath, "VOCABULARY", 100)
    beneath._write(tmp_path)
    (_, one), (_, other) = (beneath._measured(tmp_path, way) for way in ("beneath", "apart"))
    assert one == other
    assert min(one) > 0
