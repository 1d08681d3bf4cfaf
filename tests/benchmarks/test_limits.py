"""The simulation of limits runs, and its figures are rates."""

from __future__ import annotations

import json
import sys

from benchmarks import limits


def test_a_few_runs_give_every_figure(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["limits", "--runs", "3", "--seeds", "3", "--sure", "0.5", "0.95"])
    limits.main()
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"seeds_3_sure_0.5", "seeds_3_sure_0.95"}
    for figures in found.values():
        rates = [value for key, value in figures.items() if key.startswith(("kept", "told", "true", "miss", "changed"))]
        assert len(rates) >= 4
        assert all(0 <= value <= 1 for value in rates)
        # The domain may stand last, where nothing can be lost, so with effects known the limit can always be kept.
        assert (figures["kept_known"], figures["excess_known"]) == (1, 0)
