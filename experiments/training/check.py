"""Whether TRL takes what a curriculum says of training, asked before anything is trained."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args

import torch
from pydantic import ConfigDict, TypeAdapter, ValidationError
from transformers import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TopPLogitsWarper,
)

from curricula.problem import KeyPath, dotted
from curricula.schema import Curriculum
from curricula.stage import Method, Training
from curricula.trainings import trainings, written
from domains.errors import CurriculumError
from domains.packages import EVERYWHERE, install, is_missing, lacking
from domains.suggest import did_you_mean, if_near
from experiments.training.optimizer import make_optimizer
from experiments.training.owned import owned
from experiments.training.settings import CONFIGS, grpo_settings, keys_of, sft_settings
from experiments.training.vllm import vllm_problems

CPU = torch.device("cpu")
METHODS: tuple[Method, ...] = get_args(Method)
PACKAGES = {"use_vllm": "vllm"}
"""TRL's key → the package that it needs."""
CHOICES: Mapping[Method, Mapping[str, tuple[object, ...]]] = {
    "sft": {"loss_type": ("nll", "dft")},
    "grpo": {
        "loss_type": ("grpo", "dapo", "dr_grpo", "bnpo", "luspo", "cispo", "sapo", "vespo"),
        "importance_sampling_level": ("token", "sequence"),
        "scale_rewards": ("group", "batch", "none"),
        "vllm_mode": ("colocate", "server"),
        "vllm_model_impl": ("vllm", "transformers"),
        "vllm_importance_sampling_mode": ("token_truncate", "token_mask", "sequence_truncate", "sequence_mask"),
    },
}
"""What TRL looks at only once a stage trains; it would fail there, or take another word for none of them."""
LEAST = {"epsilon": 0.0, "epsilon_high": 0.0, "delta": 0.0, "top_k": 0, "num_iterations": 1, "neftune_noise_alpha": 0.0}
MOST = {"top_entropy_quantile": 1.0, "vllm_gpu_memory_utilization": 1.0}
WARPERS: Mapping[str, type] = {
    "top_p": TopPLogitsWarper,
    "min_p": MinPLogitsWarper,
    "repetition_penalty": RepetitionPenaltyLogitsProcessor,
}
"""TRL's key → what transformers makes of it in every generation."""


def check_training(curriculum: Curriculum) -> None:
    """Raise CurriculumError for the first thing that TRL would not take: a key of `trl` that it does not know, that is
    ours, or that no stage's method has; a value of another type or outside of its bounds; an optimizer's package."""
    for keys, said, stages in _places(curriculum):
        _check_optim(keys, said.get("optim"))
        passed = said.get("trl") or {}
        methods = {training.method for training in stages}
        for key, value in passed.items():
            _check_key((*keys, "trl", key), value, methods)
        if "loss" in said and "loss_type" in passed:
            raise _refused(
                (*keys, "trl", "loss_type"), "stands beside `loss`, which says the same", passed["loss_type"]
            )
        for training in stages:
            if passed:
                _check_values((*keys, "trl"), passed, training)
                for below, rule, value, hint in vllm_problems(training, curriculum.resources.gpus):
                    if below[0] in passed:
                        raise _refused((*keys, "trl", *below), rule, value, hint)


def _places(curriculum: Curriculum) -> Iterator[tuple[KeyPath, Mapping[str, Any], list[Training]]]:
    """Where training is written: keys, what is written there, and the stages that it holds for by every method that
    they may use."""
    own = {name: curriculum.stage_training(name) for name in curriculum.domains}
    held: dict[KeyPath, list[Training]] = {
        ("stages", name): [
            training.by(method) for method in {training.method, *curriculum.search.methods.get(name, ())}
        ]
        for name, training in own.items()
    }
    held |= {keys: [training] for keys, training in trainings(curriculum) if keys[0] == "schedule"}
    held["training",] = [training for some in held.values() for training in some]
    for keys, training in written(curriculum):
        yield keys, {name: getattr(training, name) for name in training.model_fields_set}, held[keys]


def _check_optim(keys: KeyPath, optim: str | None) -> None:
    if optim and ("8bit" in optim or "paged" in optim) and is_missing("bitsandbytes"):
        hint = install("bitsandbytes", EVERYWHERE)
        raise _refused((*keys, "optim"), lacking("bitsandbytes"), optim, hint)


def _check_key(keys: KeyPath, value: object, methods: Collection[Method]) -> None:
    """Whether it is one of TRL's, and not ours, and of use to a stage that it holds for."""
    key = str(keys[-1])
    having = [method for method in METHODS if key in keys_of(method)]
    if reason := owned(key):
        raise _refused(keys, "is not handed on to TRL", value, reason)
    if not having:
        known = {name for method in METHODS for name in keys_of(method) if owned(name) is None}
        raise _refused(
            keys, "is no key of TRL's", value, did_you_mean(key, known, name="Those handed on are", limit=30)
        )
    if not set(having) & set(methods):
        config = CONFIGS[having[0]].__name__
        told = " and ".join(sorted(methods))
        raise _refused(
            keys, f"is a key of {config} alone, and no stage here is trained by {having[0]}, only by {told}", value
        )
    if value and key in PACKAGES and is_missing(PACKAGES[key]):
        raise _refused(keys, lacking(PACKAGES[key]), value, install(PACKAGES[key], EVERYWHERE))


def _check_values(keys: KeyPath, passed: Mapping[str, Any], training: Training) -> None:
    """By building what TRL and transformers make of them."""
    known = keys_of(training.method)
    mine = {key: value for key, value in passed.items() if key in known}
    for key, value in mine.items():
        _check_bounds((*keys, key), key, value)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            config = settings_of(training)
            make_optimizer(torch.nn.Linear(1, 1), training)
    except Exception as error:  # configs refuse in as many ways as they are written
        raise _blamed(keys, mine, error) from None
    for warned in told:
        if issubclass(warned.category, FutureWarning | DeprecationWarning):
            raise _blamed(keys, mine, warned.message)
    types = {field.name: field.type for field in fields(config)}
    for key, value in mine.items():
        found = getattr(config, key)
        _check_type((*keys, key), value, found, types[key])
        _check_choice((*keys, key), key, value, found, training.method)


def settings_of(training: Training) -> Any:
    """TRL's settings as a stage would make them, on a CPU. Raises what TRL raises."""
    if training.method == "sft":
        return sft_settings(training, seed=0, device=CPU, folder="unused")
    return grpo_settings(training, seed=0, device=CPU, folder="unused", max_tokens=1, ends=(0,))


def _check_type(keys: KeyPath, value: object, found: object, wanted: Any) -> None:
    if isinstance(wanted, str):
        return
    try:
        TypeAdapter(wanted, config=ConfigDict(strict=True, arbitrary_types_allowed=True)).validate_python(found)
    except ValidationError:
        name = getattr(wanted, "__name__", None) if isinstance(wanted, type) else None
        raise _refused(keys, f"must be of TRL's type {name or wanted}", value) from None


def _check_bounds(keys: KeyPath, key: str, value: object) -> None:
    """Of numbers; what is none is told by its type."""
    if not isinstance(value, int | float):
        return
    if key in LEAST and value < LEAST[key]:
        raise _refused(keys, f"must be at least {LEAST[key]:g}", value)
    if key in MOST and not 0 < value <= MOST[key]:
        raise _refused(keys, f"must be above 0 and at most {MOST[key]:g}", value)


def _check_choice(keys: KeyPath, key: str, value: object, found: Any, method: Method) -> None:
    """Of words, and of what transformers looks at only when it generates. `found`: what TRL made of the value."""
    choices = CHOICES[method].get(key)
    if choices and found not in choices:
        of = f" for {method}" if any(key in CHOICES[other] for other in METHODS if other != method) else ""
        raise _refused(
            keys,
            f"must be one of {', '.join(map(str, choices))}{of}",
            value,
            if_near(str(value), map(str, choices)),
        )
    if found is not None and key in WARPERS:
        try:
            WARPERS[key](found)
        except ValueError as error:
            raise _refused(keys, f"is refused by transformers: {str(error).replace('`', '')}", value) from None


def _blamed(keys: KeyPath, mine: Mapping[str, Any], error: object) -> CurriculumError:
    """The key that an error of TRL's speaks of, or the only one, or all of them."""
    text = " ".join(str(error).split())
    named = [name for name in sorted(mine, key=len, reverse=True) if name in text]
    key = next(iter(named or (mine if len(mine) == 1 else ())), None)
    place = (*keys, key) if key else keys
    return _refused(place, f"is refused by TRL: {text[:300]}", mine[key] if key else dict(mine))


def _refused(keys: KeyPath, rule: str, value: object, hint: str | None = None) -> CurriculumError:
    return CurriculumError(rule, key=dotted(keys), value=value, hint=hint)
