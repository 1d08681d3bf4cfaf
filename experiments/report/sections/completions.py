"""The page's part that lets people read what the models said: a few items of every domain, folded.

How much it may be is bounded where the items are chosen: `experiments.analysis.completions.model`.
"""

from __future__ import annotations

from html import escape

from experiments.analysis.completions.model import Answered, DomainCompletions, Group, ShownAnswer, ShownItem
from experiments.analysis.report import Report
from experiments.analysis.words import count, number
from experiments.report.markup import details, element, paragraph, section


def completions(report: Report) -> str:
    """A folded part a domain; nothing where no arm's answers can be shown."""
    if not report.completions:
        return ""
    seed = next(iter(report.completions.values())).seed
    note = (
        f"Answers on the test split by the last model of {report.main} with seed {seed}, beside those of the base "
        "model and of joint training with the same seed. A few of many, chosen by score and place alone; long texts "
        "are cut in the middle. They show what kind of answers there are; how often is in the tables above."
    )
    parts = [_domain(report, name, found) for name, found in report.completions.items()]
    return section("completions", "What the models say", paragraph(note, "note"), *parts)


def _domain(report: Report, name: str, found: DomainCompletions) -> str:
    if found.missing:
        return details(name, paragraph(f"Not shown: {found.missing}."))
    creative = report.domains[name].kind == "creative"
    groups = [
        details(_title(one, creative), *(_item(report, item) for item in one.shown))
        for one in found.groups
        if one.shown
    ]
    return details(f"{name}: {_summary(found, creative)}", *groups)


def _summary(found: DomainCompletions, creative: bool) -> str:
    """``of 150 items, 8 lost and 12 won since base, 3 lost and 1 won against joint``."""
    counts: dict[str, dict[str, int]] = {}
    for one in found.groups:
        if one.against:
            counts.setdefault(one.against, {})[one.name] = one.count
    lost, won = ("lower", "higher") if creative else ("lost", "won")
    each = [f"{count(of['lost'])} {lost} and {count(of['won'])} {won} against {name}" for name, of in counts.items()]
    return ", ".join([f"of {count(found.items)} items", *each])


def _title(group: Group, creative: bool) -> str:
    if group.against is None:
        return "Best" if group.name == "best" else "Worst"
    if creative:
        title = f"Scored {'lower' if group.name == 'lost' else 'higher'} than by {group.against}"
    else:
        before, now = ("Right", "wrong") if group.name == "lost" else ("Wrong", "right")
        title = f"{before} by {group.against}, {now} now"
    shown = f" ({count(len(group.shown))} shown)" if 0 < len(group.shown) < group.count else ""
    return f"{title}: {count(group.count)}{shown}"


def _item(report: Report, item: ShownItem) -> str:
    rows = [element("dt", text="prompt"), element("dd", _quoted(item.prompt))]
    rows += [element("dt", text="reference"), element("dd", _quoted(item.reference))]
    for one in item.answered:
        main = "main" if one.model == report.main else None
        rows += [element("dt", text=one.model, class_=main), element("dd", *_answers(one))]
    return element("div", element("dl", *rows), class_="item")


def _answers(one: Answered) -> list[str]:
    """Each with its score; of several the best and the worst, once where they are the same."""
    first, last = one.answers[0], one.answers[-1]
    if len(one.answers) == 1:
        return [_answer(first, f"score {number(first.score)}")]
    mean = f"mean {number(one.score)}"
    if first == last:
        return [_answer(first, f"best and worst alike: {number(first.score)}")]
    return [
        _answer(first, f"best {number(first.score)}, {mean}"),
        _answer(last, f"worst {number(last.score)}"),
    ]


def _answer(answer: ShownAnswer, score: str) -> str:
    if answer.parsed is None:
        score += "; no answer found in it"
    elif answer.parsed.strip() != answer.text.strip():
        score += f"; read as {answer.parsed}"
    return element("div", _quoted(answer.text), element("small", escape(score)))


def _quoted(text: str) -> str:
    """To the letter: spaces and line breaks too, and nothing of it takes part in the page's own text."""
    return element("q", escape(text)) if text.strip() else element("small", text="(nothing)")
