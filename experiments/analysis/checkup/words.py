"""A checkup as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.analysis.checkup.model import Checkup, DomainCheckup, Profile
from experiments.analysis.cliffs.model import Contrast, Rests
from experiments.analysis.cliffs.table import FAMILIES
from experiments.analysis.cliffs.verdicts import DROPS, VERDICTS
from experiments.analysis.words import chance, number, short, signed, signed_span
from experiments.measures.spec import Name

RESTS: dict[Rests, str] = {
    "carried": "answers rest on what the reasoning says",
    "independent": "answers hardly rest on what the reasoning says",
    "no_gain": "whether answers rest on what the reasoning says is not asked",
    "unsure": "not sure whether answers rest on what the reasoning says",
}
NO_SEEDS = (
    "This is about these two models on items like these; how much another run of the same training would differ is "
    "not in it."
)
NAME = 40
"""Characters that a model's name gets in a sentence."""
TITLES: dict[Name, str] = {
    "nll_reference": "bits/byte",
    "entropy": "entropy",
    "brier": "Brier",
    "confidence_gap": "conf. − acc.",
    "auroc": "AUROC",
    "not_found": "not found",
    "truncated": "cut",
}
"""Measures that a terminal has room for; the page has all."""
CHOSEN: tuple[Name, ...] = ("acc_mc", "acc_cc", "acc_cc_norm")
"""Of multiple choice: how often the option is right that the model finds likeliest."""
CHOICE = (
    "choice: share of items whose likeliest option is right; above chance: the same, 0 is chance; there Brier, "
    "confidence and AUROC are of the options"
)


def titles(found: Checkup) -> dict[Name, str]:
    """Those, with the choice among options where a domain has some."""
    return (
        {"acc_mc": "choice", "acc_cc": "above chance", **TITLES}
        if any(map(has_options, found.domains.values()))
        else TITLES
    )


def has_options(one: DomainCheckup) -> bool:
    """Whether its options were read of any of the models."""
    return any(each.readings["acc_mc"].status != "skipped" for each in one.profiles)


def verdict_of(domains: Mapping[str, DomainCheckup], names: Sequence[str], *, same: bool) -> str:
    """One or two sentences. `same`: both models have the same weights."""
    if len(names) == 1:
        scores = [f"{name} {number(one.profiles[0].score.interval.estimate)}" for name, one in domains.items()]
        return f"{short(names[0], NAME)}: {', '.join(scores)}."
    if same:
        return "Both are the same model, so nothing can differ."
    return f"{_found(domains)} {NO_SEEDS}"


def _found(domains: Mapping[str, DomainCheckup]) -> str:
    drops = [told for name, one in domains.items() if (told := _drop(name, one))]
    count, all_ = len(drops), len(domains)
    if drops:
        return f"{count} of {all_} domain{'s' * (all_ != 1)} surely dropped: {'; '.join(drops)}."
    open_ = [name for name, one in domains.items() if one.difference and one.difference.score.verdict == "underpowered"]
    unsure = f"; too few items to exclude one that matters on {', '.join(open_)}" if open_ else ""
    return f"No real drop on {all_} domain{'s' * (all_ != 1)}{unsure}."


def _drop(name: str, one: DomainCheckup) -> str | None:
    if one.difference is None or one.difference.score.verdict not in DROPS:
        return None
    found = one.difference.score
    span = f"{signed_span(found.change, 2)}, p {chance(found.p_adjusted)}"
    return f"{name} {signed(found.change.estimate)} ({span}; {VERDICTS[found.verdict].name})"


def inquired(one: Profile) -> list[Name]:
    """The measures of what was asked about answers, where it was."""
    found = [family for family in FAMILIES if family.asked and one.readings[family.asked].status != "skipped"]
    return [name for family in found for name in family.measures]


def faiths(found: Checkup, at: int) -> list[str]:
    """Whether one model's answers rest on what its reasoning says, domain by domain, and why."""
    each = [(name, one.profiles[at].faith) for name, one in found.domains.items()]
    return [f"{name}: {RESTS[faith.rests]}. {faith.reason}" for name, faith in each if faith]


def why(score: Contrast) -> str:
    """The reason of a verdict and, where the interval alone says otherwise, why that is so."""
    return f"{score.reason} {score.apart[:1].upper()}{score.apart[1:]}." if score.apart else score.reason


def reasons(found: Checkup) -> list[str]:
    """Why every domain's verdict is what it is, and alarms."""
    lines = []
    for name, one in found.domains.items():
        if one.difference is None:
            continue
        score = one.difference.score
        lines.append(f"{name}: {VERDICTS[score.verdict].name}. {why(score)}")
        if one.difference.collapsed:
            change = one.difference.readings["entropy"].interval
            lines.append(f"{name}: entropy collapsed, {signed(change.estimate, 2)} nats/token.")
    return lines
