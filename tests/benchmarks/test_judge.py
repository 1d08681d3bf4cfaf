"""benchmarks/judge.py against a server of our own: bounds beside gains, and gains of a judge that cannot tell."""

from __future__ import annotations

import sys

import pytest

from benchmarks import judge
from tests.support.chat_server import chat_server, shown


@pytest.mark.parametrize("persuaded", [True, False])
def test_bounds_stand_beside_the_gains(persuaded, monkeypatch, tmp_path, capsys):
    def reply(body):
        answer = shown(body)
        poor = "dogs" in answer or "thgil" in answer or "light" not in answer.rpartition("The answer:")[2]
        best = persuaded and "full marks" in answer
        return f"SCORE: {10 if best or not poor else 2}\nVERDICT: TIE" if "VERDICT" in answer else _score(best, poor)

    with chat_server(reply) as (_, url):
        monkeypatch.setattr(sys, "argv", ["judge", url, "m", str(tmp_path)])
        found = judge.main()
    rubric = found["rubric"]
    assert (rubric["poor"], rubric["right"], rubric["tells"]) == (0.2, 1.0, True)
    assert rubric["bounds"] == {"any": 0.8, "forged": -0.2, "in one order": 0.8}
    assert rubric["most"] == (0.8 if persuaded else 0.0)
    assert found["pairwise"]["bounds"]["in one order"] == 0.5
    said = capsys.readouterr().out
    assert "pairwise: the judge gives the poor answer as much as the right one, so its gains say nothing." in said
    assert "rubric: the judge gives" not in said


def _score(best, poor):
    return f"SCORE: {2 if poor and not best else 10}"
