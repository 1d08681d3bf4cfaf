"""From everything that models said on one domain to the few items that a person is shown: pure, without chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from domains.example import Example, Kind
from experiments.analysis.completions.model import (
    EACH,
    LENGTHS,
    Answered,
    DomainCompletions,
    Group,
    GroupName,
    ShownAnswer,
    ShownItem,
)
from experiments.measures.regressions import SOLVED
from experiments.nodes.outputs import Marked, Output

Said = Sequence[Sequence[tuple[Output, Marked]]]
"""Item → its completions with their marks, in the order of the test split."""


def by_item(outputs: Sequence[Output], marks: Sequence[Marked]) -> list[list[tuple[Output, Marked]]]:
    """Completions of one item together. ValueError where outputs and marks are not of the same answers."""
    found: list[list[tuple[Output, Marked]]] = []
    for output, mark in zip(outputs, marks, strict=True):
        if (output.item, output.sample) != (mark.item, mark.sample):
            raise ValueError(f"a mark of {mark.item} stands beside an answer to {output.item}")
        if output.sample == 0:
            found.append([])
        found[-1].append((output, mark))
    return found


def choose(kind: Kind, seed: int, items: Sequence[Example], said: Mapping[str, Said], main: str) -> DomainCompletions:
    """`said` holds model → answers; its last is `main`, the others are what that is compared with.

    On structured domains an item is lost that the other model solved (half of its answers or more are right) and the
    main arm does not. Creative answers are not right or wrong: there every item is lost on which the main arm scores
    less, the greatest fall first.
    """
    domain = _Domain(kind, items, said)
    compared = [model for model in said if model != main]
    changed = [domain.changed(name, main, model) for model in compared for name in ("lost", "won")]
    return DomainCompletions(
        seed=seed,
        items=len(items),
        groups=(*changed, domain.extreme("best", main), domain.extreme("worst", main)),
    )


@dataclass(frozen=True)
class _Domain:
    kind: Kind
    items: Sequence[Example]
    said: Mapping[str, Said]

    def changed(self, name: str, main: str, other: str) -> Group:
        """Items that `main` lost or won against another model, the greatest change first."""
        sign = 1 if name == "won" else -1
        now, before = self._scores(main), self._scores(other)
        gains = [sign * (after - start) for after, start in zip(now, before, strict=True)]
        if self.kind == "structured":
            kept = [at for at, gain in enumerate(gains) if gain > 0 and _solved(now[at]) != _solved(before[at])]
        else:
            kept = [at for at, gain in enumerate(gains) if gain > 0]
        return self._group("won" if name == "won" else "lost", other, sorted(kept, key=lambda at: (-gains[at], at)))

    def extreme(self, name: GroupName, main: str) -> Group:
        """All items, those on which `main` scores most or least first."""
        sign, scores = (-1 if name == "best" else 1), self._scores(main)
        return self._group(name, None, sorted(range(len(scores)), key=lambda at: (sign * scores[at], at)))

    def _scores(self, model: str) -> list[float]:
        return [fmean(mark.score for _, mark in answers) for answers in self.said[model]]

    def _group(self, name: GroupName, against: str | None, at: Sequence[int]) -> Group:
        return Group(name=name, against=against, count=len(at), shown=tuple(self._shown(one) for one in at[:EACH]))

    def _shown(self, at: int) -> ShownItem:
        item = self.items[at]
        return ShownItem(
            item=item.id,
            prompt=cut(item.prompt, LENGTHS["prompt"]),
            reference=cut(item.reference, LENGTHS["reference"]),
            answered=tuple(_answered(model, answers[at]) for model, answers in self.said.items()),
        )


def cut(text: str, most: int) -> str:
    """Two thirds of `most` characters from the beginning and one from the end, where answers tend to stand."""
    if len(text) <= most:
        return text
    head, tail = most * 2 // 3, most // 3
    return f"{text[:head]} […{len(text) - head - tail:,} characters…] {text[-tail:]}"


def _solved(score: float) -> bool:
    return score >= SOLVED


def _answered(model: str, answers: Sequence[tuple[Output, Marked]]) -> Answered:
    ranked = sorted(answers, key=lambda one: (-one[1].score, one[1].sample))
    ends = ranked if len(ranked) == 1 else (ranked[0], ranked[-1])
    return Answered(
        model=model,
        score=fmean(mark.score for _, mark in answers),
        answers=tuple(
            ShownAnswer(
                text=cut(output.text or "", LENGTHS["text"]),
                score=mark.score,
                parsed=None if mark.parsed is None else cut(mark.parsed, LENGTHS["parsed"]),
            )
            for output, mark in ends
        ),
    )
