"""Who is compared with whom after a search."""

from __future__ import annotations

from scheduler.composing.joint import JOINT, JOINT_PROBES, JOINT_TUNED

SEARCHED, PLANNED, JOINT_SEARCHED = "searched", "planned", "joint-searched"
BASELINES = (JOINT, JOINT_TUNED, JOINT_SEARCHED, JOINT_PROBES)
PAIRS = (
    *((SEARCHED, baseline) for baseline in BASELINES),
    (SEARCHED, PLANNED),
    *((PLANNED, baseline) for baseline in BASELINES),
)
"""Who is compared with whom: all pairs are fixed before anything is measured, and the first is the primary one."""
