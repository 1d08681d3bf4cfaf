"""The report's rows on how healthy each stage's training was."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.analysis.inputs import ReportInputs
from experiments.analysis.rows.rows import users
from experiments.analysis.sentences.health_words import kinds, nothing_words
from experiments.analysis.stages.stage_health import StageHealth
from experiments.analysis.words import share
from experiments.nodes.health import NO_ROLLOUT_GROUPS, Health, RolloutGroups


def health_rows(inputs: ReportInputs) -> tuple[StageHealth, ...]:
    """Every finished stage that rolled out completions or taught nothing, in the tree's order."""
    arms = users(inputs)
    found = ((node, inputs.records[node.id]) for node in inputs.tree.nodes if node.id in inputs.records)
    return tuple(
        StageHealth(
            node=node.id,
            seed=node.seed,
            path=node.path,
            arms=arms.get(node.id, ()),
            nothing=None if record.taught else nothing_words([record]),
            health=record.health,
        )
        for node, record in found
        if record.health or not record.taught
    )


def idle_lines(rows: Sequence[StageHealth]) -> tuple[str, ...]:
    """One sentence for each stage that taught nothing, the seeds together."""
    seeds: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for row in rows:
        if row.nothing:
            seeds.setdefault((row.path, row.nothing), []).append(str(row.seed))
    return tuple(
        f"Taught nothing: {' → '.join(path) or 'the warm-up'} (seed {', '.join(each)}): {why}."
        for (path, why), each in seeds.items()
    )


def health_line(rows: Sequence[StageHealth]) -> str:
    """All rollouts of a run in one sentence; empty where there were none."""
    found = [row.health for row in rows if row.health]
    groups = sum((health.whole for health in found), NO_ROLLOUT_GROUPS)
    if not groups.count:
        return ""
    cut = sum(health.truncated * health.whole.count for health in found) / groups.count
    known = {name: one.leverage_share for name, one in _by_domain(found).items()}
    most = max(((part, name) for name, part in known.items() if part is not None), default=None)
    lone = "" if most is None else f"{share(most[0])} of the advantages of {most[1]} in groups with a lone success, "
    return (
        f"Rollouts: {share(groups.flat / groups.count)} of groups without variance ({kinds(groups)}), "
        f"{lone}{share(cut)} of completions cut off."
    )


def _by_domain(found: Sequence[Health]) -> dict[str, RolloutGroups]:
    """One domain's luck is not told by what other domains did."""
    names = dict.fromkeys(name for health in found for name in health.groups)
    none = NO_ROLLOUT_GROUPS
    return {name: sum((health.groups.get(name, none) for health in found), none) for name in names}
