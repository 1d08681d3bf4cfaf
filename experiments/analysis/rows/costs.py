"""What the run and each arm cost. One whose order was measured also owes its probes, adaptive mixing its readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from curricula.stage import Schedule
from domains.endpoints import Bill
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.report_parts import ArmCost, CostReport, CostRow
from experiments.analysis.words import duration
from experiments.nodes.record import Cost


def cost_report(inputs: ReportInputs) -> CostReport:
    """Totals over all seeds, and a row for each arm that a seed has finished."""
    stages = {node.id for node in inputs.tree.nodes if node.stage is not None}
    done = [record.cost for node, record in inputs.records.items() if node in stages]
    arms = {schedule.name: _arm(inputs, schedule) for schedule in inputs.schedules}
    every = [inputs.records[node.id].cost for node in inputs.tree.nodes if node.id in inputs.records]
    return CostReport(
        stage_runs=inputs.tree.stage_runs,
        stage_runs_unshared=inputs.tree.unshared,
        stage_runs_done=len(done),
        probe_stage_runs=len(inputs.probes),
        steps=sum(cost.steps for cost in done),
        tokens=sum(cost.tokens for cost in done),
        train_seconds=sum(cost.train_seconds for cost in every),
        eval_seconds=sum(cost.eval_seconds for cost in every),
        wall_seconds=inputs.wall_seconds,
        elsewhere_seconds=_elsewhere(inputs),
        asked=sum((cost.asked for cost in every), Bill()),
        arms={name: cost for name, cost in arms.items() if cost is not None},
    )


def wall_words(cost: CostReport) -> str:
    """The wall time, and what it does not hold: a run may use stages of other seeds' runs, or of killed commands."""
    if not cost.elsewhere_seconds:
        return duration(cost.wall_seconds)
    return (
        f"{duration(cost.wall_seconds)} of this run's own commands, without {duration(cost.elsewhere_seconds)} of "
        "training and evaluation that other or killed commands had done"
    )


def _elsewhere(inputs: ReportInputs) -> float | None:
    """Seconds of the nodes that the wall time does not hold; None where it is not known which these are."""
    made = inputs.made
    if made is None:
        return None
    others = [inputs.records[node.id].cost for node in inputs.tree.nodes if node.id in inputs.records.keys() - made]
    return sum(cost.train_seconds + cost.eval_seconds for cost in others)


def _arm(inputs: ReportInputs, arm: Schedule) -> ArmCost | None:
    """Own stages; and the probes that are not among them, with the branches that adaptive mixing is read off on.

    None where no seed has finished the arm: its cost is not known, and not 0.
    """
    paid, extra = inputs.paid(arm.name), []
    for seed in paid:
        probes = [n.id for n in inputs.tree.nodes if n.seed == seed and n.id in inputs.probes and arm.probes != "none"]
        # Adaptive mixing chooses by what it reads on the way; to others readings are for the eye.
        read = inputs.readings.get((arm.name, seed), ()) if arm.composition == "adaptive" else ()
        owed = [node for node in dict.fromkeys((*probes, *read[1:])) if node not in inputs.chains[arm.name, seed][1:]]
        extra.append(_sum(inputs, owed))
    return ArmCost(stages=_mean([*map(cost_row, paid.values())]), probes=_mean(extra)) if paid else None


def _sum(inputs: ReportInputs, nodes: Iterable[str]) -> CostRow:
    return cost_row([inputs.records[node].cost for node in nodes if node in inputs.records])


def cost_row(costs: Sequence[Cost]) -> CostRow:
    """The sum over finished stages."""
    return CostRow(
        stage_runs=len(costs),
        steps=sum(cost.steps for cost in costs),
        rollouts=sum(cost.rollouts for cost in costs),
        tokens=sum(cost.tokens for cost in costs),
        train_seconds=sum(cost.train_seconds for cost in costs),
    )


def _mean(rows: Sequence[CostRow]) -> CostRow:
    return CostRow(**{name: sum(getattr(row, name) for row in rows) / len(rows) for name in CostRow.model_fields})
