"""The space as Optuna sees it: one categorical parameter for every choice that has more than one value.

Choices: ``order`` ("a > b > c"), ``composition``, ``length`` and ``leave_out`` of each domain, ``lr_scale``,
``lr_decay``, ``replay``, ``refresh``, ``repeats``, ``method`` of a domain, ``sft_first``, ``sft_rate``; their names are
made in scheduler/search/keys.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

from optuna.distributions import CategoricalDistribution
from optuna.trial import BaseTrial

from curricula.problem import dotted
from curricula.schema import Curriculum
from curricula.search_checks import search_problems, searched_domains
from domains.errors import CurriculumError
from scheduler.choice import Choice
from scheduler.measurements import Path
from scheduler.path_text import order_text, path_of
from scheduler.search.keys import LEAVE_OUT, LENGTH, METHOD, ORDER, Key

SFT_FIRST = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of joint training after which it may change from SFT to GRPO."""
Params = Mapping[str, Any]
Values = dict[str, tuple[Any, ...]]


def space(curriculum: Curriculum) -> dict[str, CategoricalDistribution]:
    """Parameters with more than one value. Raises CurriculumError where the curriculum cannot be searched."""
    if problems := search_problems(curriculum):
        first = problems[0]
        raise CurriculumError(first.rule, key=dotted(first.keys), value=first.value, hint=first.hint)
    return {name: CategoricalDistribution(values) for name, values in _values(curriculum).items() if len(values) > 1}


def suggest(trial: BaseTrial, curriculum: Curriculum, order: Path | None = None) -> Choice:
    """Ask a trial for every open parameter. `order` is the plan's, for ``search.order: plan``."""
    open_ones = space(curriculum)
    params = {name: trial.suggest_categorical(name, one.choices) for name, one in open_ones.items()}
    return choice_of(params, curriculum, order)


def choice_of(params: Params, curriculum: Curriculum, order: Path | None = None) -> Choice:
    """The choice that a trial's parameters stand for; pinned ones are filled in.

    ValueError where the order is neither a parameter nor given.
    """
    return completed(params, defaults(curriculum), order)


def defaults(curriculum: Curriculum) -> dict[str, Any]:
    """The first value of every choice, also of those that have only one."""
    return {name: values[0] for name, values in _values(curriculum).items()}


def completed(params: Params, pinned: Params, order: Path | None) -> Choice:
    """`choice_of`, for those who ask often: `pinned` are the `defaults`."""
    full = {**pinned, **params}
    if ORDER in full:
        order = path_of(full[ORDER])
    if order is None:
        raise ValueError("the order is pinned to the plan's: give it as `order`")
    whole = {name: full[Key(LENGTH, name).text] for name in order}
    lengths = {name: 0.0 if full[Key(LEAVE_OUT, name).text] else length for name, length in whole.items()}
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
        refresh=full["refresh"],
        repeats=full["repeats"],
        methods={name: full[key] for name in order if (key := Key(METHOD, name).text) in full},
        sft_first=full.get("sft_first"),
        sft_rate=full["sft_rate"],
    )


def params_of(choice: Choice, curriculum: Curriculum) -> dict[str, Any]:
    """Parameters for ``study.enqueue_trial``: the point of the space that is nearest to `choice`.

    Numbers that the space lacks become the nearest one it has; other values become its first.
    """
    wanted = _wanted(choice, curriculum)
    return {name: _nearest(wanted.get(name), one.choices) for name, one in space(curriculum).items()}


def _values(curriculum: Curriculum) -> Values:
    """Every choice and its values, also those with only one."""
    spec, names = curriculum.search, searched_domains(curriculum)
    staged = spec.compositions != ("joint",)
    orders: Values = {ORDER: tuple(map(order_text, permutations(names)))} if spec.order == "any" else {}
    return {
        **orders,
        "composition": spec.compositions,
        **{Key(LENGTH, name).text: spec.lengths for name in names},
        **{Key(LEAVE_OUT, name).text: (False, True) if name in spec.leave_out else (False,) for name in names},
        "lr_scale": spec.lr_scale,
        "lr_decay": spec.lr_decay or (curriculum.schedule.lr_decay,),
        "replay": spec.replay or (curriculum.schedule.replay,),
        "refresh": spec.refresh,
        "repeats": spec.repeats,
        **{Key(METHOD, name).text: methods for name, methods in spec.methods.items() if name in names and staged},
        **_sft_first(curriculum),
        "sft_rate": spec.sft_rate,
    }


def _sft_first(curriculum: Curriculum) -> Values:
    """Where every domain may be trained by either method, joint training may change from one to the other."""
    spec, names = curriculum.search, searched_domains(curriculum)
    if "joint" not in spec.compositions or not all(len(spec.methods.get(name, ())) > 1 for name in names):
        return {}
    return {"sft_first": SFT_FIRST[::-1] if curriculum.training.method == "sft" else SFT_FIRST}


def _wanted(choice: Choice, curriculum: Curriculum) -> dict[str, Any]:
    missing = tuple(name for name in searched_domains(curriculum) if name not in choice.order)
    longest = max(choice.lengths.values())
    most = max(curriculum.search.lengths)
    equal = len({length for length in choice.lengths.values() if length}) == 1
    scale = 1.0 if equal and longest in curriculum.search.lengths else most / longest
    methods = {name: curriculum.stage_training(name).method for name in curriculum.domains} | choice.methods
    return {
        ORDER: order_text((*choice.order, *missing)),
        "composition": choice.composition,
        **{Key(LENGTH, name).text: length * scale for name, length in choice.lengths.items()},
        **{Key(LEAVE_OUT, name).text: not choice.lengths.get(name) for name in (*choice.order, *missing)},
        "lr_scale": choice.lr_scale,
        "lr_decay": choice.lr_decay,
        "replay": choice.replay,
        "refresh": choice.refresh,
        "repeats": choice.repeats,
        **{Key(METHOD, name).text: method for name, method in methods.items()},
        "sft_first": float(curriculum.training.method == "sft") if choice.sft_first is None else choice.sft_first,
        "sft_rate": choice.sft_rate,
    }


def _nearest(value: Any, choices: Sequence[Any]) -> Any:
    if value in choices:
        return value
    if isinstance(value, int | float):
        return min(choices, key=lambda one: abs(one - value))
    return choices[0]
