"""From what the curriculum says of a domain to its three disjoint splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from domains.errors import DataError
from domains.example import Example, Split
from domains.frozen import fingerprint
from domains.items import item_of, prompt_of
from domains.leaks import normal
from domains.rewards import build_reward
from domains.sources import load_rows
from domains.sources.pool import MADE, Pool, Request, Row
from domains.spec import DomainSpec
from domains.splits import Key, Sizes, Splits, cut, distinct, hashed_order, identity, rows_to_make

GOLD_CHECKED = 32
"""Training items whose reference answers are scored before anything is trained."""
GOLD_LEAST = 0.5


def prepare(name: str, spec: DomainSpec, *, validation: int, test: int, seed: int, base: Path) -> Splits:
    """`validation` and `test` items and at least one to train on; the same seed gives the same data anywhere.

    Relative paths start at `base`. Raises DataError, with the key under ``domains.<name>``: see the sources,
    `splits`, `leaks` and `templates` for what can be wrong.
    """
    try:
        return _prepare(spec, Sizes(validation, test, spec.train), seed, base)
    except DataError as error:
        key = f"domains.{name}.{error.key}" if error.key else f"domains.{name}"
        raise DataError(
            error.rule, file=error.file, line=error.line, key=key, value=error.value, hint=error.hint
        ) from None


def data_versions(splits: Mapping[Split, Sequence[Example]]) -> dict[Split, str]:
    """Fingerprint of each split's examples in their order."""
    return {split: fingerprint(list(items)) for split, items in splits.items()}


def _prepare(spec: DomainSpec, sizes: Sizes, seed: int, base: Path) -> Splits:
    need = rows_to_make(sizes, sizes.train or MADE)

    def prompt(row: Row) -> str:
        return normal(prompt_of(spec, row))

    pool = load_rows(spec.source, Request(base, seed, need, prompt))
    sizes = Sizes(sizes.validation, sizes.test, sizes.train or pool.limit)
    examples = distinct(_examples(spec, pool.rows, pool.places))
    key = identity(examples, spec.kind, sizes)
    held = _test_items(spec, pool, key, {key(item) for item in examples}, seed)
    splits = cut(examples, key, sizes, seed, pool.layout, test=held, name=pool.name)
    check_gold(spec, splits["train"])
    return splits


def _examples(spec: DomainSpec, rows: Sequence[Row], places: Sequence[str]) -> list[Example]:
    """Rendered rows; a DataError names the place."""
    return [item_of(spec, row, places[number] if places else None) for number, row in enumerate(rows)]


def _test_items(spec: DomainSpec, pool: Pool, key: Key, known: set[str], seed: int) -> list[Example] | None:
    """Distinct items of the source's own test rows, or None. DataError where some are `known`."""
    if pool.test is None:
        return None
    items = list({key(item): item for item in _examples(spec, pool.test, pool.test_places)}.values())
    if both := [item for item in items if key(item) in known]:
        raise DataError(
            f"{len(both)} of {len(items)} test items occur in the training data, the first",
            file=pool.test_file,
            key="source.test",
            value=both[0].prompt,
            hint="Remove them from one of the two.",
        )
    return items if pool.layout == "regions" else hashed_order(items, key, seed)


def check_gold(spec: DomainSpec, train: Sequence[Example]) -> None:
    """Reference answers of a structured domain must score high by its own primary metric; else DataError."""
    metric = spec.metric or spec.rewards[0].type
    chosen = next((reward for reward in spec.rewards if reward.type == metric), None)
    if chosen is None or spec.kind == "creative":
        return
    reward = build_reward(chosen, train)
    items = train[:GOLD_CHECKED]
    marks = [reward([item.answer], item)[0] for item in items]
    if any(mark.stopped for mark in marks):
        raise DataError(
            f"{metric!r} must score every reference answer in time, it was stopped on",
            key="rewards",
            value=next(item.answer for item, mark in zip(items, marks, strict=True) if mark.stopped),
            hint="The expression backtracks: let no two of its parts match the same text.",
        )
    mean = sum(mark.score for mark in marks) / len(marks)
    if mean < GOLD_LEAST:
        raise DataError(
            f"the reference answers must score 1 by {metric!r}, their mean is {mean:.2f}; the first answer",
            key="rewards",
            value=items[0].answer,
            hint="Do the answer template and the reward ask for the same form?",
        )
