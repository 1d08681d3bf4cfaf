"""The report as one self-contained page: plotly.js inlined once, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from experiments.analysis.report import Report
from experiments.report.markup import element
from experiments.report.sections import (
    account,
    answer,
    cliffs,
    comparison,
    completions,
    guards,
    health,
    limits,
    mixing,
    order,
    path,
    result,
    rounds,
    sweet_spot,
)


@dataclass(frozen=True)
class Entry:
    """A section and how the navigation calls it."""

    key: str
    """The section's id."""
    name: str
    part: Callable[[Report], str]
    """Empty where the report has nothing for it."""


@dataclass(frozen=True)
class Group:
    """Sections that answer one question of a reader."""

    title: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "The answer",
        (
            Entry("answer", "Stage or mix, how much, how sure", answer.heading),
            Entry("missing", "What is missing", account.failures),
            Entry("domains", "What it cost each domain", answer.domains),
            Entry("comparisons", "Against every baseline", comparison.comparisons),
            Entry("scores", "Scores of every arm", result.scores),
        ),
    ),
    Group(
        "What every stage did",
        (
            Entry("cliffs", "Stage by stage, with verdicts", cliffs.cliffs),
            Entry("trajectories", "Curves through the stages", path.trajectories),
            Entry("cliff", "Changes and forgetting, all arms", path.cliff),
            Entry("sweet_spot", "Sweet spots", sweet_spot.sweet_spot),
            Entry("ways_back", "Ways back", sweet_spot.ways_back),
            Entry("completions", "What the models say", completions.completions),
        ),
    ),
    Group(
        "Why this order, or mixing",
        (
            Entry("order", "The order", order.order),
            Entry("limits", "Limits on the order", limits.limits),
            Entry("mixing", "The advice to stage or mix", mixing.mixing),
            Entry("transfer", "What domains do to each other", result.transfer),
            Entry("rounds", "Adaptive mixing", rounds.rounds),
            Entry("entropy", "Entropy", path.profiles),
            Entry("prediction", "Did the assumptions hold?", order.prediction),
        ),
    ),
    Group(
        "How it was run",
        (
            Entry("guards", "Guards", guards.guards),
            Entry("health", "What rollouts could teach", health.health),
            Entry("cost", "Cost", account.cost),
            Entry("tree", "Stage tree", path.tree),
            Entry("details", "Curriculum, environment", account.appendix),
        ),
    ),
)
"""In reading order."""


def render_html(report: Report) -> str:
    """The whole page. The same report gives the same text."""
    parts, menu = [], []
    for number, group in enumerate(GROUPS, start=1):
        drawn = [(entry, text) for entry in group.entries if (text := entry.part(report))]
        if drawn:
            links = (element("li", element("a", text=entry.name, href=f"#{entry.key}")) for entry, _ in drawn)
            menu.append(element("div", element("b", text=group.title), element("ul", *links)))
            title = element("p", text=group.title, class_="group", id=f"group{number}") if number > 1 else ""
            parts += [title, *(text for _, text in drawn)]
    # Where the page is wide the menu stands beside it; on a telephone the answer comes first.
    parts.insert(2, element("nav", *menu, aria_label="Contents"))
    return page(report.curriculum.name, parts, beside="beside")


def page(title: str, parts: Sequence[str], beside: str | None = None) -> str:
    """A page of these sections, with all that it needs to draw their figures. `beside`: leaves room for a menu."""
    from plotly.offline import get_plotlyjs

    still = "<noscript><style>.plot,.switches{display:none}</style></noscript>"
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        + element("title", text=f"{title} · stagewise")
        + f"<style>{_asset('page.css')}</style>{still}"
    )
    body = element("main", *parts, class_=beside)
    scripts = f"<script>{get_plotlyjs()}</script><script>{_asset('page.js')}</script>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}{scripts}</body></html>\n'


def _asset(name: str) -> str:
    return files("experiments.report").joinpath(name).read_text(encoding="utf-8")
