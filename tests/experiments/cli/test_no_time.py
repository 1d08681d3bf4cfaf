"""What `stagewise validate` says where nothing tells how long a run takes."""

from __future__ import annotations

import pytest

from experiments.cli.validate import _no_time
from experiments.run.estimating.estimate import CostEstimate


@pytest.mark.parametrize(
    ("to_measure", "said"),
    [(0, "before a first stage of this model is in the store"), (3, "before a model in the store is measured as this")],
)
def test_where_stages_are_in_the_store_no_first_stage_is_waited_for(to_measure: int, said: str) -> None:
    told = _no_time(CostEstimate.model_construct(to_measure=to_measure, untimed=None))
    assert told.startswith(f"Time: not known {said}")
    assert told.endswith("--time tries a few steps.")
