"""What a model that leaves the store says of itself: README.md beside its weights."""

from __future__ import annotations

from dataclasses import dataclass

from curricula.schema import PretrainedModel
from experiments.analysis.report import Report
from experiments.analysis.report_parts import TOTAL, ArmReport, SeedInterval
from experiments.analysis.scores import BASE
from experiments.analysis.words import DASH, number, span


@dataclass(frozen=True)
class Exported:
    """Which model of a run it is."""

    arm: str
    seed: int
    stage: int
    """Stages that it was trained on; 0: the base model."""
    last: bool
    """Whether that is all of the arm."""
    content: str
    """What lies beside the card, e.g. ``a LoRA adapter``."""
    command: str


def model_card(report: Report, exported: Exported) -> str:
    """Markdown with the hub's front matter. The same report and export give the same text."""
    model, arm = report.curriculum.model, report.arms[exported.arm]
    base = "a Llama-like model made from its configuration"
    if isinstance(model, PretrainedModel):
        base = model.id + (f" with the adapter {model.adapter.id}" if model.adapter else "")
    lines = [
        "---",
        "library_name: transformers",
        "tags: [stagewise, curriculum]",
        "---",
        f"# {report.curriculum.name}: {exported.arm}, seed {exported.seed}",
        "",
        f"{exported.content[0].upper()}{exported.content[1:]}, trained from {base} "
        f"by stagewise as the arm `{exported.arm}` of the run `{report.run}`.",
        "",
        *_stages(arm, exported.stage),
        *_scores(report, exported),
        "## How it was made",
        "",
        f"`curriculum.yaml` beside this file is the whole curriculum; `{report.run.rpartition('-')[2]}` is its hash. "
        "Exported by:",
        "",
        "```",
        exported.command,
        "```",
        "",
    ]
    return "\n".join(lines)


def _stages(arm: ArmReport, upto: int) -> list[str]:
    """What it was trained on, a row a stage."""
    if not arm.stages:
        return [f"It was not trained itself: {arm.origin}", ""]
    rows = [
        f"| {at} | {_mixture(stage.mixture)} | {stage.method} | {stage.steps:,} | {stage.rollouts:,} "
        f"| {stage.learning_rate:g} |"
        for at, stage in enumerate(arm.stages[:upto], start=1)
    ]
    of = f", the first {upto} of {len(arm.stages)} stages" if upto < len(arm.stages) else ""
    head = [
        "| stage | domains | method | steps | completions or examples | peak learning rate |",
        "|---|---|---|---|---|---|",
    ]
    return [f"## What it was trained on{of}", "", *head, *rows, ""]


def _mixture(mixture: dict[str, float]) -> str:
    if len(mixture) == 1:
        return next(iter(mixture))
    return ", ".join(f"{name} {100 * share:.3g} %" for name, share in mixture.items())


def _scores(report: Report, exported: Exported) -> list[str]:
    """This model's scores, and those of all seeds with intervals, beside the base model's."""
    points = {point.stage: point.scores for point in report.trajectories.get(exported.arm, ())}
    found = report.scores.get(exported.arm) if exported.last else points.get(exported.stage)
    if not found:
        return ["It was not measured.", ""]
    at, base = report.seeds.index(exported.seed), report.scores.get(BASE, {})
    rows = [_row(name, found[name], base.get(name), at) for name in (TOTAL, *report.domains)]
    note = (
        "Mean primary metric on the test split; the interval is 95 % over seeds and items, and says nothing of this "
        "one model's other data."
    )
    head = ["| domain | this model | all seeds | 95 % interval | base |", "|---|---|---|---|---|"]
    return ["## Scores", "", note, "", *head, *rows, ""]


def _row(name: str, found: SeedInterval, base: SeedInterval | None, at: int) -> str:
    before = number(base.estimate) if base else DASH
    return f"| {name} | {number(found.per_seed[at])} | {number(found.estimate)} | {span(found)} | {before} |"
