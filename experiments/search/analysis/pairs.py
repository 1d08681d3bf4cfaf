"""Who is compared with whom after a search."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Curriculum
from scheduler.composing.joint import JOINT, JOINT_PROBES, JOINT_TUNED
from scheduler.composing.merges import merge_name
from scheduler.mixing.rounds import mixing_name

SEARCHED, PLANNED, JOINT_SEARCHED = "searched", "planned", "joint-searched"
BASELINES = (JOINT, JOINT_TUNED, JOINT_SEARCHED, JOINT_PROBES)
PAIRS = (
    *((SEARCHED, baseline) for baseline in BASELINES),
    (SEARCHED, PLANNED),
    *((PLANNED, baseline) for baseline in BASELINES),
)
"""Who is compared with whom whatever the curriculum asks for, the primary pair first."""


def rivals(curriculum: Curriculum) -> tuple[str, ...]:
    """The arms beside joint training that `baselines` asks for and the winner also meets: adaptive mixing, merging."""
    mixing = [mixing_name(rule) for rule in curriculum.mixing_rules if rule != curriculum.main_rule]
    return (*mixing, *map(merge_name, dict.fromkeys(curriculum.merges)))


def pairs(rivals: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Who is compared with whom: fixed before anything is measured, the primary pair first."""
    return (*PAIRS, *((SEARCHED, rival) for rival in rivals))
