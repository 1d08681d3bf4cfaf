"""Procedural tasks of the library reasoning-gym, with their own scorers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any, Literal

from pydantic import Field, field_validator

from domains.errors import DataError
from domains.frozen import fingerprint
from domains.sources.kind import SourceBase, SourceKind
from domains.sources.pool import MADE, Pool, Row, SourceRequest, json_fields, made
from domains.suggest import did_you_mean

ORIGIN = "reasoning_gym"
"""The field that says how to make the entry again: task, config (JSON), seed, index."""
BLOCK = 512
"""Items made from one dataset object; setting one up may read a word list."""
UNSTABLE = frozenset({"isomorphic_strings", "polynomial_multiplication", "ransom_note", "word_ladder"})
"""Tasks that walk over Python sets, so that PYTHONHASHSEED changes their items (reasoning-gym 0.1.25)."""
PATIENCE = 4000
"""Draws without a new item after which a task is taken to have no more."""


class ReasoningGymSource(SourceBase):
    """A reasoning-gym task. Template fields: ``question``, ``answer`` and everything in its metadata."""

    type: Literal["reasoning_gym"]
    task: str = Field(min_length=1)
    """The dataset's name, e.g. ``chain_sum``."""
    config: dict[str, Any] = Field(default_factory=dict)
    """Arguments of the task's own config (not `seed` or `size`)."""

    @field_validator("config")
    @classmethod
    def _ours(cls, config: dict[str, Any]) -> dict[str, Any]:
        if taken := {"seed", "size"} & config.keys():
            raise ValueError(f"must not hold {sorted(taken)[0]!r}: data_seed and train say it")
        return config


def load(spec: ReasoningGymSource, request: SourceRequest) -> Pool:
    """Up to `request.need` rows with distinct keys; fewer where the task has no more.

    Item i depends on hash(seed, i) only, so seeds share no run of items. Raises DataError for an unknown
    task or a config that the task refuses.
    """
    check(spec)
    found: dict[Any, Row] = {}
    stale = 0
    for row in _rows(spec, request.seed):
        key = request.key(row)
        stale = stale + 1 if key in found else 0
        found.setdefault(key, row)
        if len(found) >= request.need or stale >= PATIENCE:
            break
    return Pool(rows=made(found.values()), name=f"task {spec.task}", limit=MADE, layout="made")


def check(spec: ReasoningGymSource) -> None:
    """Raise DataError unless the task exists, repeats itself in every process and takes the config."""
    from reasoning_gym.factory import DATASETS

    if spec.task not in DATASETS:
        raise DataError(
            "must be a reasoning-gym task",
            key="source.task",
            value=spec.task,
            hint=did_you_mean(spec.task, DATASETS, name="Tasks are"),
        )
    if spec.task in UNSTABLE:
        raise DataError("a task must make the same items in every process", key="source.task", value=spec.task)
    try:
        regenerate(spec.task, _text(spec.config), 0, 0)
    except Exception as error:
        raise DataError(
            f"{spec.task} refuses its config: {str(error) or type(error).__name__}", key="source.config"
        ) from None


def regenerate(task: str, config: str, seed: int, index: int) -> tuple[Any, dict[str, Any]]:
    """The dataset object and the entry that were drawn; `config` is JSON text. Scorers need both."""
    dataset = _dataset(task, config, seed)
    return dataset, dataset[index]


@lru_cache(maxsize=32)
def _dataset(task: str, config: str, seed: int) -> Any:
    from reasoning_gym import create_dataset

    return create_dataset(task, seed=seed, size=BLOCK, **json.loads(config))


def _rows(spec: ReasoningGymSource, seed: int) -> Iterator[Row]:
    config = _text(spec.config)
    for block in count():
        start = int(fingerprint([seed, spec.task, block])[:8], 16) % 2**31
        for index in range(BLOCK):
            _, entry = regenerate(spec.task, config, start, index)
            if not str(entry["answer"]).strip():
                # base_conversion turns 0 into an empty text (reasoning-gym 0.1.25).
                continue
            origin = {"task": spec.task, "config": config, "seed": start, "index": index}
            yield {**_fields(entry), ORIGIN: origin}


def _fields(entry: dict[str, Any]) -> Row:
    """Question, answer and metadata side by side; nested metadata as ``outer.inner``."""
    metadata = {key: value for key, value in entry.get("metadata", {}).items() if not key.startswith("source_")}
    flat: dict[str, Any] = {}
    for key, value in metadata.items():
        nested = value if isinstance(value, dict) else None
        flat.update({f"{key}.{inner}": item for inner, item in nested.items()} if nested else {key: value})
    return json_fields({**flat, "question": entry["question"], "answer": entry["answer"]})


def _text(config: dict[str, Any]) -> str:
    return json.dumps(config, sort_keys=True)


KIND = SourceKind(spec=ReasoningGymSource, load=load, makes=True)
