"""The simulation of what plans claim runs, and its figures are rates."""

from __future__ import annotations

import json
import sys

from benchmarks import decisions


def test_a_few_runs_give_every_figure(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["decisions", "--runs", "2", "--seeds", "1", "3"])
    decisions.main()
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"seeds_1", "seeds_3"}
    for figures in found.values():
        rates = [value for key, value in figures.items() if key.startswith(("false", "power"))]
        assert len(rates) == 17
        assert all(0 <= value <= 1 for value in rates)
    assert all(found["seeds_1"][key] == 0 for key in ("false_precedence", "power_leave_out", "power_constancy"))
