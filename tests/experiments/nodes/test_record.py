"""What training left and what was measured are one record to those who read it."""

from __future__ import annotations

from experiments.nodes.record import joined
from tests.support.nodes import record_of, training_of, tree_of


def test_all_that_training_left_is_in_it() -> None:
    (node,) = tree_of("a").nodes[1:]
    trained = training_of(record_of(node, "00"))
    assert "processes" not in trained.model_dump()
    assert joined(trained, None).processes == 1
    together = trained.model_copy(update={"processes": 2})
    assert joined(together, None).processes == 2
    assert joined(together, None).model_dump()["processes"] == 2
