"""Who is compared with whom after a search."""

from __future__ import annotations

SEARCHED, PLANNED, JOINT_SEARCHED = "searched", "planned", "joint-searched"
BASELINES = ("joint", "joint-tuned", JOINT_SEARCHED, "joint-probes")
PAIRS = (
    *((SEARCHED, baseline) for baseline in BASELINES),
    (SEARCHED, PLANNED),
    *((PLANNED, baseline) for baseline in BASELINES),
)
"""Who is compared with whom: all pairs are fixed before anything is measured."""
