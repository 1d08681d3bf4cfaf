"""The stage tree as rows: state of every node, what is missing, and the full evaluation matrix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from experiments.analysis.inputs import ReportInputs
from experiments.analysis.report_parts import MatrixRow, Missing, TreeRow
from experiments.analysis.scores import mean_of
from experiments.nodes.record import Record
from experiments.nodes.tree import StageNode

RowState = Literal["done", "failed", "blocked", "waiting"]


def node_states(inputs: ReportInputs) -> dict[str, RowState]:
    """Node id → state. A record counts as success even where an older failure was left beside it."""
    states: dict[str, RowState] = {}
    for node in inputs.tree.nodes:
        if node.id in inputs.records:
            states[node.id] = "done"
        elif node.id in inputs.failures:
            states[node.id] = "failed"
        else:
            behind = {states.get(parent) for parent in node.parents}
            states[node.id] = "blocked" if behind & {"failed", "blocked"} else "waiting"
    return states


def users(inputs: ReportInputs) -> dict[str, tuple[str, ...]]:
    """Node id → names of the arms that it is trained or read off for, in the order of the schedules."""
    found: dict[str, list[str]] = {}
    for schedule in inputs.schedules:
        for seed in inputs.curriculum.seeds:
            key = (schedule.name, seed)
            for node in (*inputs.chains.get(key, ()), *inputs.readings.get(key, ())):
                found.setdefault(node, []).append(schedule.name)
    return {node: tuple(dict.fromkeys(arms)) for node, arms in found.items()}


def tree_rows(inputs: ReportInputs) -> tuple[TreeRow, ...]:
    """One row per node, parents first."""
    states, arms = node_states(inputs), users(inputs)
    return tuple(
        TreeRow(
            id=node.id,
            parent=node.parent,
            seed=node.seed,
            label=node.label,
            path=node.path,
            state=states[node.id],
            arms=arms.get(node.id, ()),
            probe=node.id in inputs.probes,
            measured=node.measured,
        )
        for node in inputs.tree.nodes
    )


def missing_rows(inputs: ReportInputs) -> tuple[Missing, ...]:
    """Nodes without a result: failed ones first, then those they block, then those that were not reached."""
    states, arms = node_states(inputs), users(inputs)
    rank = {"failed": 0, "blocked": 1, "waiting": 2, "done": 3}
    nodes = sorted((n for n in inputs.tree.nodes if states[n.id] != "done"), key=lambda n: rank[states[n.id]])
    return tuple(_missing(inputs, node, states, arms.get(node.id, ())) for node in nodes)


def _missing(inputs: ReportInputs, node: StageNode, states: dict[str, RowState], arms: tuple[str, ...]) -> Missing:
    state = states[node.id]
    assert state != "done"
    failure = inputs.failures.get(node.id) if state == "failed" else None
    causes = {"failed": "", "blocked": "an earlier stage failed", "waiting": "not run"}
    return Missing(
        node=node.id,
        seed=node.seed,
        path=node.path,
        state=state,
        boundary=failure.boundary if failure else None,
        cause=failure.cause if failure else causes[state],
        arms=arms,
    )


def matrix_rows(inputs: ReportInputs) -> tuple[MatrixRow, ...]:
    """The full evaluation matrix: seed × node × split × domain, in the tree's order."""
    return tuple(
        row
        for node in inputs.tree.nodes
        if (record := inputs.records.get(node.id)) is not None
        for row in _cells(node, record)
    )


def _cells(node: StageNode, record: Record) -> Iterator[MatrixRow]:
    for split, by_domain in record.scores.items():
        for name, score in by_domain.items():
            yield MatrixRow(
                seed=node.seed,
                node=node.id,
                path=node.path,
                depth=node.depth,
                split=split,
                domain=name,
                score=score.mean,
                pass_at_k=sum(score.best) / len(score.best) if score.best else None,
                items=len(score.items),
                nll=score.nll,
                entropy=mean_of(score),
                entropy_formed=score.entropy_formed,
                reference_entropy=score.reference_entropy,
                kl=score.kl,
                more=score.more,
                unparsed=score.unparsed,
                tokens=score.tokens,
                train_seconds=record.cost.train_seconds,
                eval_seconds=record.cost.eval_seconds,
            )
