"""Rules of adaptive mixing: from what the rounds so far did to the next round's mixture. A file holds one rule.

To add one: write its function in a file of its own and name it in `MixingRule`, `RULES` and `MEANINGS`.
`benchmarks/mixing.py` judges them on simulated learners.
"""

from __future__ import annotations

from collections.abc import Callable

from curricula.schema import Adaptive, MixingRule
from scheduler.mixing.learnability import learnability
from scheduler.mixing.seen import Probe, Proposal, Seen, floored, in_parts
from scheduler.mixing.slope import slope
from scheduler.mixing.transfer import transfer
from scheduler.mixing.uniform import uniform

RULES: dict[MixingRule, Callable[[Seen, Adaptive], Proposal]] = {
    "transfer": transfer,
    "uniform": uniform,
    "learnability": learnability,
    "slope": slope,
}
MEANINGS: dict[MixingRule, str] = {
    "transfer": "what a little more of the domain would add to the objective at the end, as it is expected",
    "uniform": "its share in joint training",
    "learnability": "p·(1 − p) of its validation score",
    "slope": "what its score gained of late for as much training as its own probe has",
}
"""What a proposal's reasons are."""

__all__ = ["MEANINGS", "RULES", "Probe", "Proposal", "Seen", "propose"]


def propose(rule: MixingRule, seen: Seen, spec: Adaptive) -> Proposal:
    """The rule's proposal with the floor, in whole thousandths: what is trained."""
    found = RULES[rule](seen, spec)
    shares = in_parts(floored(found.shares, seen.kept, spec.floor))
    return Proposal(shares, found.reasons, found.predicted)
