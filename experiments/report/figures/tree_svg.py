"""The stage tree of one seed as a drawing: base on the left, a row per leaf, arms named at their last stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from experiments.analysis.report import Report
from experiments.analysis.report_parts import TreeRow
from experiments.analysis.words import short

ROW, BOX, GAP = 26, 20, 26
"""Pixels: height of a leaf's row, of a node's box, and between columns."""


@dataclass(frozen=True)
class Box:
    """A node, or several finished leaves that only probe, drawn as one."""

    rows: tuple[TreeRow, ...]
    column: int
    y: float
    parent: tuple[int, float] | None
    """Column and height of the parent."""

    @property
    def uses(self) -> int:
        """How many schedules go through: arms, and the probes as one."""
        return len(self.rows[0].arms) + self.rows[0].probe

    @property
    def label(self) -> str:
        """What stands in the box."""
        names = [row.label for row in self.rows]
        return names[0] if len(names) == 1 else f"{len(names)} probes: {', '.join(names)}"


def tree_svg(report: Report, seed: int) -> str:
    """The drawing, as inline SVG."""
    rows = [row for row in report.tree if row.seed in (seed, None)]
    children: dict[str | None, list[TreeRow]] = {}
    for row in rows:
        children.setdefault(row.parent, []).append(row)
    boxes: list[Box] = []
    height = _place(children, children.get(None, []), 0, 0.0, None, boxes)
    ends = _ends(report, seed)
    columns = max((box.column for box in boxes), default=0) + 1
    width = max(84, min(150, 800 // columns - GAP))
    margin = 8 + max((len(_arms(ends, box)) for box in boxes), default=0) * 6.4
    total = columns * (width + GAP) + min(margin, 420)
    drawn = [_edge(box, width) for box in boxes] + [_box(box, width, ends) for box in boxes]
    size = f'width="{total:.0f}" height="{height + 8:.0f}" viewBox="0 0 {total:.0f} {height + 8:.0f}"'
    return f'<svg class="tree" {size} role="img" aria-label="stage tree of seed {seed}">{"".join(drawn)}</svg>'


def _place(
    children: Mapping[str | None, list[TreeRow]],
    siblings: Sequence[TreeRow],
    column: int,
    top: float,
    parent: tuple[int, float] | None,
    boxes: list[Box],
) -> float:
    """Puts siblings and all below them under each other from `top`; returns where the next may start."""
    groups = _grouped(children, siblings)
    for group in groups:
        below = [row for member in group for row in children.get(member.id, [])]
        end = top + ROW * max(1, _leaves(children, below))
        middle = (top + end) / 2
        boxes.append(Box(tuple(group), column, middle, parent))
        _place(children, below, column + 1, top, (column, middle), boxes)
        top = end
    return top


def _grouped(children: Mapping[str | None, list[TreeRow]], siblings: Sequence[TreeRow]) -> list[list[TreeRow]]:
    """Finished leaves that no arm uses are drawn as one box; all others alone."""
    single: list[TreeRow] = []
    probes: list[TreeRow] = []
    for row in siblings:
        only_probe = row.probe and not row.arms and row.state == "done" and not children.get(row.id)
        (probes if only_probe else single).append(row)
    return [[row] for row in single] + ([probes] if probes else [])


def _leaves(children: Mapping[str | None, list[TreeRow]], siblings: Sequence[TreeRow]) -> int:
    """Rows that siblings and all below them take."""
    groups = _grouped(children, siblings)
    return sum(max(1, _leaves(children, [row for m in group for row in children.get(m.id, [])])) for group in groups)


def _ends(report: Report, seed: int) -> dict[str, list[str]]:
    """Node id → arms whose last stage it is."""
    found: dict[str, list[str]] = {}
    for row in report.tree:
        for arm in row.arms if row.seed in (seed, None) else ():
            if arm in report.arms and row.measured and len(row.path) == len(report.arms[arm].stages):
                found.setdefault(row.id, []).append(arm)
    return found


def _arms(ends: Mapping[str, list[str]], box: Box) -> str:
    return short(", ".join(ends.get(box.rows[0].id, [])), 64)


def _edge(box: Box, width: int) -> str:
    if box.parent is None:
        return ""
    column, y = box.parent
    start, end = column * (width + GAP) + width, box.column * (width + GAP)
    middle = (start + end) / 2
    thick = 1 + 0.6 * min(box.uses, 6)
    return (
        f'<path class="edge" stroke-width="{thick:.1f}" '
        f'd="M{start},{y:.1f} C{middle},{y:.1f} {middle},{box.y:.1f} {end},{box.y:.1f}"/>'
    )


def _box(box: Box, width: int, ends: Mapping[str, list[str]]) -> str:
    row, left = box.rows[0], box.column * (width + GAP)
    times = f" ×{box.uses}" if box.uses > 1 and row.path else ""
    label = short(box.label, int((width - 10) / 6.4) - len(times)) + times
    kind: str = "shared" if row.state == "done" and box.uses > 1 else row.state
    if kind == "done" and row.probe and not row.arms:
        kind = "probe"
    arms = _arms(ends, box)
    end = f'<text class="arm" x="{left + width + 7}" y="{box.y + 4:.1f}">{escape(arms)}</text>' if arms else ""
    return (
        f'<g class="{kind}"><title>{escape(_title(box))}</title>'
        f'<rect x="{left}" y="{box.y - BOX / 2:.1f}" width="{width}" height="{BOX}" rx="5"/>'
        f'<text x="{left + 6}" y="{box.y + 4:.1f}">{escape(label)}</text></g>{end}'
    )


def _title(box: Box) -> str:
    row = box.rows[0]
    if len(box.rows) > 1:
        return f"{box.label} (after {' → '.join(row.path[:-1]) or 'base'})"
    arms = ", ".join(row.arms) + (" and the probes" if row.probe else "")
    return f"{' → '.join(row.path) or 'base'}: {row.state}; used by {arms or 'nothing else'}"
