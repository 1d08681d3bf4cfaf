"""The table of what rollouts could teach."""

from __future__ import annotations

from experiments.analysis.stages.stage_health import StageHealth
from experiments.nodes.health import Health, RolloutGroups
from experiments.report.sections.health import table_rows

GROUPS = RolloutGroups(count=8, wrong=3, right=1, alike=0)


def row(seed: int, *arms: str) -> StageHealth:
    """A finished stage of one path."""
    health = Health(groups={"sums": GROUPS}, completion_tokens=4.0, truncated=0.0)
    return StageHealth(node=f"{seed}{arms}", seed=seed, path=("sums",), arms=arms, nothing=None, health=health)


def test_stages_of_one_path_are_told_apart_by_their_arms() -> None:
    first, second, other = table_rows([row(0, "joint"), row(0, "joint-long", "repeat"), row(1, "joint")])
    assert "0 (joint)" in first[0]
    assert "0 (joint-long, repeat)" in second[0]
    assert "(" not in other[0]
