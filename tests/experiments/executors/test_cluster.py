"""Starting Ray on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from curricula.schema import Resources
from domains.errors import ClusterError
from experiments.executors.ray import cluster

BUSY = "The current node timed out during startup. This could happen because some of the raylet failed to startup."


@pytest.mark.parametrize(
    ("failures", "tries"),
    [([BUSY], 2), ([BUSY] * 5, cluster.STARTS), (["No space left on device"], 1)],
)
def test_what_may_be_gone_the_next_time_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, failures: list[str], tries: int
) -> None:
    """Ray calls a start late after 30 s; what else it says is said at once."""
    said, tried = list(failures), []

    def init(**_: Any) -> None:
        tried.append(True)
        if said:
            raise RuntimeError(said.pop())

    monkeypatch.setattr(cluster.ray, "init", init)
    monkeypatch.setattr(cluster.ray, "shutdown", lambda: None)
    if len(failures) < tries:
        cluster._start(Resources(), None)
    else:
        with pytest.raises(ClusterError, match=failures[0].split(".")[0]):
            cluster._start(Resources(), None)
    assert len(tried) == tries
