"""The space as Optuna sees it: a place for each domain, which make the order, and one categorical parameter for every
choice that has more than one value.

Choices: ``composition``, ``length`` and ``leave_out`` of each domain, ``opening``, ``refresh``, ``repair``
and ``repaired``, ``drop`` and ``dropped``, ``replay``, ``repeats``, ``rate``, ``lr_scale``, ``lr_decay``, ``method`` of
a domain, ``sft_first``, ``sft_rate``; their names are made in scheduler/search/keys.py, orders in
scheduler/search/orders.py. Joint training is the part of the space in which the composition is joint (`joint_space`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.trial import BaseTrial

from curricula.problem import dotted
from curricula.schema import Curriculum
from curricula.search_checks import search_problems, searched_domains
from domains.errors import CurriculumError
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import Freedom
from scheduler.composing.compositions.table import KINDS, offered
from scheduler.measurements import Path
from scheduler.search.keys import DROP, DROPPED, LEAVE_OUT, LENGTH, METHOD, REPAIR, REPAIRED, parameter
from scheduler.search.orders import order_of, place_space, placed, places

SFT_FIRST = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of joint training after which it may change from SFT to GRPO. None beside them: each domain by its own
method."""
MIXING = ("opening", "refresh", REPAIR, DROP, "replay", "sft_first")
"""Choices by which a stage trains other domains, or trains them by another method."""
Params = Mapping[str, Any]
Values = dict[str, tuple[Any, ...]]


def space(curriculum: Curriculum) -> dict[str, BaseDistribution]:
    """Parameters with more than one value. Raises CurriculumError where the curriculum cannot be searched."""
    if problems := search_problems(curriculum):
        first = problems[0]
        raise CurriculumError(first.rule, key=dotted(first.keys), value=first.value, hint=first.hint)
    ordered = curriculum.search.order == "any" and not orderless(curriculum)
    named = {name: CategoricalDistribution(values) for name, values in _values(curriculum).items() if len(values) > 1}
    return {**(place_space(searched_domains(curriculum)) if ordered else {}), **named}


def joint_space(curriculum: Curriculum) -> Curriculum:
    """The same curriculum with the part of its search's space in which all domains are mixed throughout."""
    return curriculum.model_copy(update={"search": curriculum.search.model_copy(update={"compositions": ("joint",)})})


def size(curriculum: Curriculum) -> int:
    """How many points the space has."""
    orders = math.factorial(max(1, len(placed(space(curriculum)))))
    return orders * math.prod(len(values) for values in _values(curriculum).values())


def suggest(trial: BaseTrial, curriculum: Curriculum, order: Path | None = None) -> Choice:
    """Ask a trial for every open parameter. `order` is the plan's, for ``search.order: plan``."""
    params = {name: _suggest(trial, name, one) for name, one in space(curriculum).items()}
    return choice_of(params, curriculum, order)


def values_of(one: BaseDistribution) -> tuple[Any, ...]:
    """What a person is told of a parameter: its values, or the ends of its range."""
    if isinstance(one, CategoricalDistribution):
        return tuple(one.choices)
    return (one.low, one.high)  # type: ignore[attr-defined]


def _suggest(trial: BaseTrial, name: str, one: BaseDistribution) -> Any:
    if isinstance(one, CategoricalDistribution):
        return trial.suggest_categorical(name, one.choices)
    return trial.suggest_float(name, *values_of(one))


def choice_of(params: Params, curriculum: Curriculum, order: Path | None = None) -> Choice:
    """The choice that a trial's parameters stand for; pinned ones are filled in.

    Domains that have no place stand as they are written, or as `order` says. ValueError where a search that is pinned
    to the plan is not told its order.
    """
    return completed(params, defaults(curriculum), order or pinned(curriculum))


def kinds_of(curriculum: Curriculum) -> Iterator[Choice]:
    """One choice of each composition with each value of what changes a mixture or its method, and with each domain that
    may be repaired; else the first values, all domains, as they are written."""
    values, order = _values(curriculum), searched_domains(curriculum)
    for composition in values["composition"]:
        for name in MIXING:
            for value in values.get(name, ()):
                yield choice_of({"composition": composition, name: value}, curriculum, order)
        for domain in values.get(REPAIRED, ()):
            repaired = {REPAIR: max(values[REPAIR]), REPAIRED: domain}
            yield choice_of({"composition": composition, **repaired}, curriculum, order)


def pinned(curriculum: Curriculum) -> Path | None:
    """The order that stands for any where none matters; None where it has to be the plan's."""
    free = curriculum.search.order == "any" or orderless(curriculum)
    return searched_domains(curriculum) if free else None


def orderless(curriculum: Curriculum) -> bool:
    """Whether an order means nothing to any composition of the search."""
    return all(KINDS[name].order is None for name in curriculum.search.compositions)


def defaults(curriculum: Curriculum) -> dict[str, Any]:
    """The first value of every choice, also of those that have only one."""
    return {name: values[0] for name, values in _values(curriculum).items()}


def completed(params: Params, pinned: Params, order: Path | None) -> Choice:
    """`choice_of`, for those who ask often: `pinned` are the `defaults`."""
    full = {**pinned, **params}
    if names := placed(full):
        order = order_of(full, names)
    if order is None:
        raise ValueError("the order is pinned to the plan's: give it as `order`")
    whole = {name: full[parameter(LENGTH, name)] for name in order}
    lengths = {name: 0.0 if full[parameter(LEAVE_OUT, name)] else length for name, length in whole.items()}
    if not any(lengths.values()):
        # Only where the plan had left out the others already.
        lengths = whole
    return Choice(
        order=order,
        composition=full["composition"],
        lengths=lengths,
        lr_scale=full["lr_scale"],
        lr_decay=full["lr_decay"],
        replay=full["replay"],
        opening=full["opening"],
        refresh=full["refresh"],
        repair=full["repair"],
        repaired=full[REPAIRED] if full[REPAIR] else None,
        drop=full["drop"],
        dropped=full[DROPPED] if full[DROP] else None,
        rate=full["rate"],
        repeats=full["repeats"],
        methods={name: full[key] for name in order if (key := parameter(METHOD, name)) in full},
        sft_first=full.get("sft_first"),
        sft_rate=full["sft_rate"],
    )


def params_of(choice: Choice, curriculum: Curriculum) -> dict[str, Any]:
    """Parameters for ``study.enqueue_trial``: the point of the space that is nearest to `choice`.

    Numbers that the space lacks become the nearest one it has; other values become its first.
    """
    wanted = _wanted(choice, curriculum)
    return {
        name: _nearest(wanted.get(name), one.choices) if isinstance(one, CategoricalDistribution) else wanted[name]
        for name, one in space(curriculum).items()
    }


def _values(curriculum: Curriculum) -> Values:
    """Every choice and its values, also those with only one; what no composition heeds has one that does nothing."""
    spec, names = curriculum.search, searched_domains(curriculum)
    heeded = frozenset[Freedom]().union(*(KINDS[name].heeds for name in spec.compositions))
    dropped = spec.leave_out if "leave_out" in heeded else ()
    methods = {name: spec.methods[name] for name in spec.methods if name in names and "methods" in heeded}
    return {
        "composition": offered(curriculum),
        **{parameter(LENGTH, name): spec.lengths if "lengths" in heeded else (1.0,) for name in names},
        **{parameter(LEAVE_OUT, name): (False, True) if name in dropped else (False,) for name in names},
        "lr_scale": spec.lr_scale,
        "lr_decay": spec.lr_decay or (curriculum.schedule.lr_decay,),
        "rate": spec.rate or (curriculum.schedule.rate,),
        "replay": (spec.replay or (curriculum.schedule.replay,)) if "replay" in heeded else (0.0,),
        "opening": spec.opening if "opening" in heeded else (0.0,),
        "refresh": spec.refresh if "refresh" in heeded else (0.0,),
        **_of_one(REPAIR, REPAIRED, spec.repair if "repair" in heeded else (0.0,), names),
        **_of_one(DROP, DROPPED, spec.drop if "drop" in heeded else (0.0,), names),
        "repeats": spec.repeats if "repeats" in heeded else (1,),
        **{parameter(METHOD, name): values for name, values in methods.items()},
        **({"sft_first": _sft_first(curriculum)} if "sft_first" in heeded and _either(curriculum) else {}),
        "sft_rate": spec.sft_rate,
    }


def _of_one(share: str, domain: str, shares: tuple[float, ...], names: tuple[str, ...]) -> Values:
    """A share of the budget and the one domain that it is for, which is no choice where no share is above 0."""
    return {share: shares, **({domain: names} if any(shares) else {})}


def _either(curriculum: Curriculum) -> bool:
    """Whether every domain may be trained by either method, so that a mixture may change from one to the other."""
    methods = curriculum.search.methods
    return all(len(methods.get(name, ())) > 1 for name in searched_domains(curriculum))


def _sft_first(curriculum: Curriculum) -> tuple[float | None, ...]:
    """What a run's joint training does first."""
    own = _own_share(curriculum)
    return (None, *SFT_FIRST) if own is None else SFT_FIRST[::-1] if own else SFT_FIRST


def _own_share(curriculum: Curriculum) -> float | None:
    """The share of SFT in a run's joint training; None where it trains domains by several methods."""
    methods = {curriculum.stage_training(name).method for name in searched_domains(curriculum)}
    return float(methods == {"sft"}) if len(methods) == 1 else None


def _wanted(choice: Choice, curriculum: Curriculum) -> dict[str, Any]:
    missing = tuple(name for name in searched_domains(curriculum) if name not in choice.order)
    longest = max(choice.lengths.values())
    most = max(curriculum.search.lengths)
    equal = len({length for length in choice.lengths.values() if length}) == 1
    scale = 1.0 if equal and longest in curriculum.search.lengths else most / longest
    methods = {name: curriculum.stage_training(name).method for name in curriculum.domains} | choice.methods
    return {
        **places((*choice.order, *missing)),
        "composition": choice.composition,
        **{parameter(LENGTH, name): length * scale for name, length in choice.lengths.items()},
        **{parameter(LEAVE_OUT, name): not choice.lengths.get(name) for name in (*choice.order, *missing)},
        "lr_scale": choice.lr_scale,
        "lr_decay": choice.lr_decay,
        "rate": choice.rate or curriculum.schedule.rate,
        "replay": choice.replay,
        "opening": choice.opening,
        "refresh": choice.refresh,
        REPAIR: choice.repair,
        REPAIRED: choice.repaired,
        DROP: choice.drop,
        DROPPED: choice.dropped,
        "repeats": choice.repeats,
        **{parameter(METHOD, name): method for name, method in methods.items()},
        "sft_first": _own_share(curriculum) if choice.sft_first is None else choice.sft_first,
        "sft_rate": choice.sft_rate,
    }


def _nearest(value: Any, choices: Sequence[Any]) -> Any:
    if value in choices:
        return value
    if isinstance(value, int | float):
        return min(choices, key=lambda one: abs(one - value))
    return choices[0]
