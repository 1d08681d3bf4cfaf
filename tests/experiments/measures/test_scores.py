"""A score: its fields, and a metric that is no field of it."""

from __future__ import annotations

import pytest

from experiments.measures.scores import METRICS, Measure, domain_score
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore

ANSWERS = [Output(item=name, text="x", count=3) for name in "ab"]
MARKS = [Marked(item=name, score=score, parsed="x") for name, score in (("a", 1.0), ("b", 0.0))]


def test_a_score_without_further_metrics_is_written_as_ever() -> None:
    assert "more" not in domain_score({"answers": ANSWERS}, MARKS, ()).model_dump(mode="json")


def test_a_new_metric_is_a_line_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        METRICS, "tokens_each", Measure("tokens", "answers", lambda said: tuple(one.count for one in said))
    )
    found = domain_score({"answers": ANSWERS}, MARKS, ("tokens_each",))  # type: ignore[arg-type]
    assert (found.mean, found.more) == (0.5, {"tokens_each": 3})
    assert DomainScore.model_validate_json(found.model_dump_json()) == found
