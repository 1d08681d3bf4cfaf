"""One bar for the plan's advice, for always mixing and for always staging: what each of them scores against it.

The bar is the best of joint training, the planned order, and the staged way that the advice names, whichever it then
advises. `right`: what is taken scores no more than `tie` below the bar; `lost`: how far below it is. `beyond`: how far
the best of all candidates is above the bar.
"""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.composing.candidates import IN_ORDER
from scheduler.composing.joint import JOINT
from scheduler.plan import Mixing


def against_bar(found: Mixing, scores: Mapping[str, float], tie: float) -> dict[str, float]:
    """Of this advice, where its candidates truly score this."""
    bar = max(scores[name] for name in (JOINT, IN_ORDER, found.staged))
    taken = {"": found.staged if found.advice == "stage" else JOINT, "mixing": JOINT, "staging": IN_ORDER}
    told = {"beyond": max(scores.values()) - bar}
    for way, name in taken.items():
        told[f"{way}_right" if way else "right"] = float(scores[name] >= bar - tie)
        told[f"lost_by_{way}" if way else "lost"] = bar - scores[name]
    return told
