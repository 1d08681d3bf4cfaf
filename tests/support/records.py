"""Records as workers would have left them, and setups over data that nobody reads."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from curricula.schema import Curriculum
from domains.example import SPLITS, Split
from experiments.nodes.record import Cost, DomainScore, Provenance, Record
from experiments.nodes.setup import Setup, make_setup
from experiments.nodes.tree import StageNode

PROVENANCE = Provenance(
    stagewise="test", commit="abc", dirty=False, python="3", packages={}, hardware="2 CPUs", host="here"
)


def recorded(node: StageNode, scores: Mapping[Split, Mapping[str, DomainScore]], cost: Cost | None = None) -> Record:
    """Of a node that scored so; by default it cost one step."""
    return Record(
        node=node.id,
        parent=node.parent,
        seed=node.seed,
        label=node.label,
        path=node.path,
        scores={split: dict(by_domain) for split, by_domain in scores.items()},
        cost=cost or Cost(steps=1),
        provenance=PROVENANCE,
    )


def versions_of(curriculum: Curriculum) -> dict[str, dict[Split, str]]:
    """A fingerprint for each domain."""
    return {name: dict.fromkeys(SPLITS, sha256(name.encode()).hexdigest()) for name in curriculum.domains}


def setup_of(curriculum: Curriculum) -> Setup:
    """The curriculum's setup over data of these versions."""
    return make_setup(curriculum, versions_of(curriculum))
