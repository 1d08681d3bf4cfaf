"""What the comparison with an endpoint counts, and that what is not installed is said."""

from __future__ import annotations

import pytest

from benchmarks.endpoint import agreement, items
from benchmarks.vllm_stage import main
from experiments.models.subjects.subject import Completion


class Says:
    """Answers every sum: right when it is greedy, and by its own offset else."""

    def __init__(self, off):
        self.off = off

    def complete(self, requests):
        return [Completion([], self._text(request), "stop") for request in requests]

    def _text(self, request):
        total = int(request.item.answer.split()[-1].strip("."))
        return f"It is {total + (self.off if request.noise is not None else 0)}."


def test_greedy_and_sampled_answers_are_counted_apart() -> None:
    asked = items(10, plain=True)
    assert len({item.prompt for item in asked}) == 10
    assert all(item.plain for item in asked)
    assert agreement(Says(0), Says(1), asked) == {
        "greedy, the same text": 1.0,
        "greedy, right": [1.0, 1.0],
        "sampled, right": [1.0, 0.0],
        "sampled again, the same": True,
    }


def test_without_vllm_nothing_is_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("benchmarks.vllm_stage.is_missing", lambda module: True)
    assert main() == {}
    assert capsys.readouterr().out == (
        "Skipped: it needs the package vllm, which is not installed. Install it here: pip install 'stagewise[vllm]'.\n"
    )
