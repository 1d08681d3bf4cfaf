"""Who is compared with whom after a search."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

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


def distinct(pairs: Iterable[tuple[str, str]], models: Mapping[str, Hashable]) -> list[tuple[str, str]]:
    """Without pairs of one model under two names, and any two models once. `models`: arm → what it ends with.

    Which arms are the same is known before anything is measured with fresh seeds.
    """
    found: dict[frozenset[Hashable], tuple[str, str]] = {}
    for arm, baseline in pairs:
        if models[arm] != models[baseline]:
            found.setdefault(frozenset((models[arm], models[baseline])), (arm, baseline))
    return list(found.values())


def same(models: Mapping[str, Hashable]) -> list[tuple[str, ...]]:
    """Arms that end with the very same models, two or more together."""
    found: dict[Hashable, list[str]] = {}
    for arm, model in models.items():
        found.setdefault(model, []).append(arm)
    return [tuple(arms) for arms in found.values() if len(arms) > 1]
