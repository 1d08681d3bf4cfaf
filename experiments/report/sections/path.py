"""The page's second half: the way there. Entropy, trajectories, cliff, tree."""

from __future__ import annotations

from collections.abc import Mapping

from domains.profile import EntropyProfile
from experiments.analysis.report import Report
from experiments.analysis.report_parts import TOTAL, Cliff
from experiments.analysis.sentences.group_words import labelled
from experiments.analysis.stages.entropy_effects import entropy_effects
from experiments.analysis.words import count, number, short, signed, signed_span, span
from experiments.report.figures.charts import direction_figure, transfer_figure
from experiments.report.figures.panels import Quantity, arms_with_points, panel, shown_first
from experiments.report.figures.tree_svg import tree_svg
from experiments.report.markup import (
    cell,
    details,
    element,
    folded,
    number_cell,
    paragraph,
    plot,
    reading,
    row_head,
    section,
    table,
)
from experiments.report.sections.definitions import definitions_table
from experiments.report.style import arm_colours, tint


def profiles(report: Report) -> str:
    """Did structured domains fall and creative ones rise?"""
    found = {name: domain.entropy for name, domain in report.domains.items() if domain.entropy}
    if not found:
        return ""
    moved = any(profile.delta_entropy.estimate is not None for profile in found.values())
    figure = plot(direction_figure(found, list(report.domains)), "Change of entropy by domain") if moved else ""
    effects = entropy_effects(found)
    others = plot(transfer_figure(effects, "entropy"), "Effects on entropy") if effects else ""
    return folded("entropy", "Entropy profiles", paragraph(directions(found)), figure, _profile_table(found), others)


def directions(profiles: Mapping[str, EntropyProfile]) -> str:
    """One sentence: how many structured domains fell, how many creative ones rose."""
    moved = [profile for profile in profiles.values() if profile.delta_entropy.estimate is not None]
    if not moved:
        return "Directions are not measured: no domain's own probe has finished."
    parts = []
    for kind, measured, verb in (("structured", "structured", "lowered"), ("creative", "creative", "raised")):
        of_kind = [profile for profile in moved if profile.kind == kind]
        if of_kind:
            agreed = sum(profile.measured == measured for profile in of_kind)
            parts.append(f"{agreed} of {len(of_kind)} {kind} domain{'s' * (len(of_kind) > 1)} {verb} entropy")
    against = [name for name, profile in profiles.items() if profile.contradicts]
    tail = f" The measurement contradicts the declared kind of {', '.join(against)}." if against else ""
    how = "each by its own 95 % interval, which excludes zero; not corrected for how many domains there are"
    probes = (
        "By their own probes" if all(profile.group is None for profile in moved) else "By their or their groups' probes"
    )
    return f"{probes}, {' and '.join(parts)} ({how}).{tail}"


def _profile_table(profiles: Mapping[str, EntropyProfile]) -> str:
    header = [
        "domain",
        "declared",
        "entropy (nats/token)",
        "on references",
        "NLL (bits/byte)",
        "raw/zlib",
        "distinct-2",
        "change by probe",
        "measured",
    ]
    rows = []
    for name, profile in profiles.items():
        own = element("small", text=span(profile.entropy, 2))
        moved = profile.delta_entropy
        change = element("small", text=signed_span(moved, 2))
        rows.append(
            [
                row_head(labelled(name, profile.group)),
                cell(profile.kind),
                number_cell(number(profile.entropy.estimate, 2), own),
                *(
                    number_cell(number(value, 2))
                    for value in (
                        profile.reference_entropy,
                        profile.nll,
                        profile.compression_ratio,
                        profile.distinct[1],
                    )
                ),
                number_cell(signed(moved.estimate, 2), change, title=moved.missing),
                element(
                    "td", element("span", text=profile.measured, class_="tag worse" if profile.contradicts else "tag")
                ),
            ]
        )
    return table(header, rows)


def trajectories(report: Report) -> str:
    """Scores and entropies through the stages, a panel a domain, arms to be switched on and off."""
    arms = arms_with_points(report)
    if not arms:
        return ""
    note = (
        "Test score of every domain after each stage. Dotted uprights: ends of the main arm's stages, named by "
        "what each mostly trains. Bars: 95 % intervals of the main arm."
    )
    return section(
        "trajectories",
        "Through the stages",
        paragraph(note, "note"),
        _switches(report, arms),
        _panels(report, "scores", [TOTAL, *report.domains]),
        element("h3", text="Entropy of the model's own samples"),
        _panels(report, "entropy", list(report.domains)),
    )


def _switches(report: Report, arms: tuple[str, ...]) -> str:
    """Check boxes that show and hide an arm in all panels."""
    first, colours = shown_first(report), arm_colours(report)
    boxes = []
    for arm in arms:
        swatch = element("i", style=f"background:{colours[arm]}")
        checked = " checked" if arm in first else ""
        box = (
            element("input", type="checkbox", data_arm=arm)
            .removesuffix("</input>")
            .replace("<input", f"<input{checked}", 1)
        )
        boxes.append(element("label", box, swatch, element("span", text=arm)))
    return element("div", *boxes, class_="switches")


def _panels(report: Report, quantity: Quantity, domains: list[str]) -> str:
    drawn = [(name, panel(report, name, quantity)) for name in domains]
    plots = [plot(figure, f"{quantity} of {name} through the stages", group="arms") for name, figure in drawn if figure]
    return element("div", *plots, class_="panels") if plots else paragraph("Not measured.")


def cliff(report: Report) -> str:
    """What every stage cost every domain; the main arm open, the others folded."""
    arms = sorted((arm for arm, found in report.cliff.items() if found.stages), key=lambda arm: arm != report.main)
    if not arms:
        return ""
    note = (
        "Change of the test score by each stage, mean over seeds with 95 % interval. Framed: domains that the stage "
        "trained. Backward transfer (GEM): final score minus the score right after the stage that introduced a "
        "domain, mean over domains introduced before the last stage; below zero something was lost. Forgetting: "
        "best earlier score, the base's included, minus the final one; above zero something was lost."
    )
    parts = [
        details(
            _cliff_summary(arm, report.cliff[arm]),
            _cliff_table(report, arm),
            definitions_table(report.cliff[arm]),
            opened=arm == report.main,
        )
        for arm in arms
    ]
    return folded("cliff", "Change by stage, all arms", reading(note), *parts)


def _cliff_summary(arm: str, found: Cliff) -> str:
    backward, lost = found.backward_transfer.estimate, found.forgetting.estimate
    return arm if backward is None else f"{arm}: backward transfer {signed(backward)}, forgetting {signed(lost)}"


def _cliff_table(report: Report, arm: str) -> str:
    found, stages = report.cliff[arm], report.arms[arm].stages
    changes = [abs(e.estimate) for stage in found.stages for e in stage.change.values() if e.estimate is not None]
    rows = []
    for stage in found.stages:
        trained = stages[stage.stage - 1].mixture
        row = [row_head(f"{stage.stage}. {short(stage.label, 40)}", title=stage.label)]
        for name in (*report.domains, TOTAL):
            change = stage.change[name]
            small = element("small", text=signed_span(change, 2))
            frame = "number trained" if name in trained else "number"
            tinted = tint(change.estimate, max(changes, default=0))
            row.append(cell(signed(change.estimate), small, class_=frame, style=tinted))
        rows.append(row)
    return table(["stage", *report.domains, TOTAL], rows)


def tree(report: Report) -> str:
    """What was shared, for the first seed."""
    if not report.tree:
        return ""
    seed, cost = report.seeds[0], report.cost
    note = (
        f"Seed {seed}; the other seeds have the same stages. {count(cost.stage_runs)} stage runs over all seeds "
        f"({count(cost.probe_stage_runs)} of them probes) in place of {count(cost.stage_runs_unshared)} unshared. "
        "×n: n schedules go through the stage. Arms are named where they end."
    )
    keys = (
        ("shared", "shared"),
        ("done", "done"),
        ("probe", "probe only"),
        ("failed", "failed"),
        ("blocked", "blocked"),
        ("waiting", "not run"),
    )
    states = {row.state for row in report.tree}
    legend = "".join(
        element("span", element("i", class_=key), text=None).replace("</span>", f"{name}</span>")
        for key, name in keys
        if key in states or key in ("shared", "probe")
    )
    drawing = element("div", tree_svg(report, seed), class_="scroll")
    return folded("tree", "The stage tree", paragraph(note, "note"), element("p", legend, class_="legend"), drawing)
