"""What a search spent: the distinct stage runs of its phases, and what those cost."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.analysis.report_parts import CostRow
from experiments.analysis.rows.costs import cost_row
from experiments.nodes.tree import StageTree
from experiments.run.reading.gather import Records


def completions(tree: StageTree) -> int:
    """Of all distinct stage runs."""
    return sum(node.stage.rollout_budget for node in tree.nodes if node.stage is not None)


def added(trees: Mapping[str, StageTree], records: Records) -> dict[str, CostRow]:
    """Phase → what its finished stages cost that no phase before it had trained."""
    seen: set[str] = set()
    rows = {}
    for phase, tree in trees.items():
        new = [node.id for node in tree.nodes if node.stage is not None and node.id not in seen]
        seen.update(new)
        rows[phase] = cost_row([records[node].cost for node in new if node in records])
    return rows
