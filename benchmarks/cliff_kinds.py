"""Whether the kinds of a page's sure falls should be corrected for how many falls there are: by simulation.

    python -m benchmarks.cliff_kinds [--simulations 1000]

A page has four stages and four domains of 120 items, and the first stage harms every domain, so that it holds up to 16
falls from the base. Form and sums go wrong from the start as well, by other shares after every training. Of what kind a
fall is, is asked by four rules:

    now       intervals of one comparison each, as the product has it
    evidence  that form, or sums, went wrong more often than before is held to 5 % over all falls of the page
              (Bonferroni; Holm lies between this and now)
    all       so is that something is surely left of the fall among the other answers
    strict    in place of that, less than half of the fall must surely be left

Prints tables and then one line of JSON; shares are of sure falls. `…_fall`: of each; `…_page`: of pages that have one,
how many hold at least one.

    false_artifact_…  a fall of ability, alone or beside one of form or sums, is said to be one of form or sums
    false_real_…      a fall of form or sums alone is said to be a real drop
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.cliff_tables import OPTIONS, SIMULATIONS, show
from benchmarks.cliff_worlds import DOMAINS, ITEMS, LUCK, SPREAD, STAGES, Drawn, Key
from experiments.analysis.cliffs import executing, judging
from experiments.analysis.cliffs.beside import Beside, beside
from experiments.analysis.cliffs.contrast import p_of
from experiments.analysis.cliffs.executing import LEFT
from experiments.analysis.cliffs.family import level
from experiments.analysis.cliffs.model import CliffVerdict
from experiments.analysis.cliffs.moments import OfAnswers
from experiments.analysis.comparing.family import ALPHA
from experiments.measures.value import Value
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm, interval

PARTS = 2
ASKED = ((1, 3), (1, 5), (1, 10), (4, 5))
"""(answers an item, seeds)."""
RULES = ("now", "evidence", "all", "strict")
ARTIFACTS: frozenset[CliffVerdict] = frozenset({"format_artifact", "execution_artifact"})
Model = tuple[Array, Array, Array]
"""Scores, what was found, scores with all sums done right: each (seeds, items, samples)."""


@dataclass(frozen=True)
class Harm:
    """What the first stage does to every domain."""

    name: str
    ability: float = 0.0
    """How far the chance of a right plan falls."""
    form: tuple[float, float] = (1.0, 1.0)
    """Share of answers in form, before and after."""
    slips: tuple[float, float] = (0.0, 0.0)
    """Share of right plans in which a sum goes wrong, before and after."""
    level: float = 0.6
    samples: int = 1
    seeds: int = 5


ABILITY = (
    Harm("ability −.3, form .9", 0.3, form=(0.9, 0.9)),
    Harm("ability −.2, form .9 to .7", 0.2, form=(0.9, 0.7)),
    Harm("ability −.2, form .9 to .45", 0.2, form=(0.9, 0.45)),
    Harm("plans −.3, slips .1", 0.3, slips=(0.1, 0.1)),
    Harm("plans −.2, slips .1 to .3", 0.2, slips=(0.1, 0.3)),
)
BESIDE = (
    Harm("form .9 to .6", form=(0.9, 0.6)),
    Harm("form .9 to .4", form=(0.9, 0.4)),
    Harm("slips .1 to .5", slips=(0.1, 0.5)),
)


@dataclass(frozen=True)
class Summed(Drawn):
    """With sums done right."""

    planned: tuple[Array, Array]

    def answers(self, field: OfAnswers) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items, samples)."""
        return self.planned if field == "executed" else super().answers(field)


def page(rng: np.random.Generator, harm: Harm) -> dict[Key, Summed]:
    """Every stage against the base and the stage before, on every domain."""
    pairs = {}
    for domain in range(DOMAINS):
        ease = harm.level + rng.uniform(-SPREAD, SPREAD, (1, ITEMS))
        base = tuple(
            np.repeat(each, harm.seeds, axis=0) for each in _model(rng, harm, ease, harm.form[0], harm.slips[0], 1)
        )
        after = np.clip(ease - harm.ability, 0.0, 1.0)
        models = [base, *(_model(rng, harm, after, harm.form[1], harm.slips[1], harm.seeds) for _ in range(STAGES))]
        for stage in range(1, STAGES + 1):
            for start in sorted({0, stage - 1}):
                scores, found, planned = zip(models[start], models[stage], strict=True)
                pairs[stage, start, domain] = Summed(scores, found, planned)
    return pairs


def _model(rng: np.random.Generator, harm: Harm, ease: Array, form: float, slips: float, seeds: int) -> Model:
    shape = (seeds, ITEMS, harm.samples)
    found = (rng.random(shape) < _lucky(rng, np.full((seeds, 1, 1), form))).astype(float)
    planned = (rng.random(shape) < _lucky(rng, np.repeat(ease, seeds, axis=0)[..., None])) * found
    return planned * (rng.random(shape) >= _lucky(rng, np.full((seeds, 1, 1), slips))), found, planned


def _lucky(rng: np.random.Generator, chance: Array) -> Array:
    """With what a training run adds, one number a seed."""
    luck = rng.normal(size=(len(chance), 1, 1))
    return np.asarray(np.clip(chance + LUCK * 4 * chance * (1 - chance) * luck, 0.0, 1.0))


def kinds(pairs: Mapping[Key, Drawn]) -> dict[str, list[CliffVerdict]]:
    """Rule → the verdicts of the page's sure falls."""
    ps = {key: p for key, p in holm({key: p_of(one.change, one) for key, one in pairs.items()}).items() if p <= ALPHA}
    fell = {key: p for key, p in ps.items() if pairs[key].change.mean() < 0}
    each = [_by_rule(pairs[key], p, len(fell)) for key, p in fell.items()]
    return {rule: [one[rule] for one in each] for rule in RULES}


def _by_rule(pair: Drawn, p: float, falls: int) -> dict[str, CliffVerdict]:
    change = interval({"": pair.change})
    alone = beside(pair)
    with patch("experiments.analysis.cliffs.beside.interval", partial(interval, level=level(falls))):
        corrected = beside(pair)
    sure = replace(alone, not_found=corrected.not_found, slipped=corrected.slipped)

    def said(found: Beside) -> CliffVerdict:
        return judging.judged(change, p, found)[0]

    with ExitStack() as stack:
        for module in (judging, executing):
            stack.enter_context(patch.object(module, "explains", _surely))
        strict = said(alone)
    return {"now": said(alone), "evidence": said(sure), "all": said(corrected), "strict": strict}


def _surely(fall: float, rest: Value) -> bool:
    """Whether less than half of a fall is left, and that is sure."""
    return rest.interval.ends is not None and rest.interval.ends[0] > LEFT * fall


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by harm, rule, answers an item and number of seeds."""
    harms = [
        replace(harm, samples=samples, seeds=seeds) for harm, (samples, seeds) in product((*ABILITY, *BESIDE), ASKED)
    ]
    with ProcessPoolExecutor(PARTS) as pool:
        found = dict(zip(harms, pool.map(partial(_pages, simulations), harms), strict=True))
    tables: dict[str, Any] = {"simulations": simulations}
    for harm, pages in found.items():
        wrong, key = (ARTIFACTS, "false_artifact") if harm.ability else (frozenset({"real_drop"}), "false_real")
        for rule in RULES:
            name = f"{harm.name}, {harm.samples} an item, {harm.seeds} seeds, {rule}"
            fell = [one[rule] for one in pages if one[rule]]
            each = [verdict in wrong for one in fell for verdict in one]
            tables.setdefault(f"{key}_fall", {})[name] = _share(each)
            tables.setdefault(f"{key}_page", {})[name] = _share([bool(wrong & set(one)) for one in fell])
    return tables


def _pages(simulations: int, harm: Harm) -> list[dict[str, list[CliffVerdict]]]:
    return list(_drawn(harm, simulations))


def _drawn(harm: Harm, simulations: int) -> Iterator[dict[str, list[CliffVerdict]]]:
    rng = np.random.default_rng(0)
    for _ in range(simulations):
        yield kinds(page(rng, harm))


def _share(flags: Sequence[bool]) -> float:
    return round(float(np.mean(flags)), 4) if flags else 0.0


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    return show(measure, __doc__, arguments)


if __name__ == "__main__":
    main(arguments(__doc__, options=OPTIONS))
