"""Disjoint splits of a pool, the same for the same seed everywhere.

No prompt is in two splits, and validation and test hold each prompt once. A creative domain with too few
prompts for that (one instruction, many texts) is split by prompt and answer together. Running text is split
into whole regions, so that neighbours do not stand on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domains.errors import DataError
from domains.example import Example, Kind, Split
from domains.frozen import fingerprint
from domains.leaks import near_leaks, normal

Key = Callable[[Example], str]
Splits = dict[Split, tuple[Example, ...]]


@dataclass(frozen=True)
class Sizes:
    """Items that evaluation asks for, and the most that training keeps (None: all)."""

    validation: int
    test: int
    train: int | None


def by_prompt(example: Example) -> str:
    """Identity of a structured item."""
    return normal(example.prompt)


def by_text(example: Example) -> str:
    """Identity of a creative item whose prompt recurs."""
    return normal(example.prompt + "\n" + example.answer)


def identity(examples: Sequence[Example], kind: Kind, sizes: Sizes) -> Key:
    """What may not be in two splits: the prompt; for creative domains with few prompts, prompt and answer."""
    if kind == "structured":
        return by_prompt
    prompts = len({by_prompt(example) for example in examples})
    return by_prompt if prompts > sizes.validation + sizes.test else by_text


def distinct(examples: Sequence[Example]) -> list[Example]:
    """The first of each prompt-and-answer pair."""
    return list({by_text(example): example for example in reversed(examples)}.values())[::-1]


def hashed_order(examples: Sequence[Example], key: Key, seed: int) -> list[Example]:
    """By hash(seed, key): the place of an item depends on no other item."""
    return sorted(examples, key=lambda item: (fingerprint([seed, key(item)]), fingerprint([seed, item.id])))


def region_order(examples: Sequence[Example], seed: int) -> list[Example]:
    """Running text, turned so that another seed starts at another place."""
    start = int(fingerprint([seed, len(examples)])[:8], 16) % len(examples)
    return [*examples[start:], *examples[:start]]


def cut(
    ordered: Sequence[Example],
    key: Key,
    sizes: Sizes,
    seed: int,
    *,
    test: Sequence[Example] | None,
    name: str = "the data",
) -> Splits:
    """Test first (unless given), then validation, then train, each without duplicates of those before it.

    Train is in the order of hash(seed, item), so that a smaller one holds as many prompts as it can. Raises
    DataError where there are too few items.
    """
    held_test = _first(ordered if test is None else test, key, sizes.test)
    rest = without(ordered, held_test, key)
    validation = _first(rest, key, sizes.validation)
    train = hashed_order(without(rest, validation, key), by_text, seed)[: sizes.train]
    if len(held_test) < sizes.test or len(validation) < sizes.validation or not train:
        # Test is filled first, then validation: what they hold is all there is.
        cut_here = len(validation) + len(train) + (len(held_test) if test is None else 0)
        raise too_small(sizes, name, cut_here, None if test is None else len(held_test))
    return {"train": tuple(train), "validation": tuple(validation), "test": tuple(held_test)}


def without(examples: Sequence[Example], held_out: Sequence[Example], key: Key) -> list[Example]:
    """`examples` less those whose identity equals, or whose text nearly equals, a held-out item's."""
    held = {key(item) for item in held_out}
    kept = [item for item in examples if key(item) not in held]
    seen = near_leaks([shown(item, key) for item in kept], [shown(item, key) for item in held_out])
    return [item for i, item in enumerate(kept) if i not in seen]


def shown(example: Example, key: Key) -> str:
    """The text that identity rests on, as it was written."""
    return example.prompt if key is by_prompt else example.prompt + "\n" + example.answer


def too_small(sizes: Sizes, name: str, there: int, test: int | None) -> DataError:
    """What evaluation asks for, and how many items without duplicates there are (`test`: in a file of its own)."""
    if test is not None and test < sizes.test:
        return DataError(f"needs {sizes.test} distinct test items, got {test}", hint="Lower evaluation.test.")
    wanted = f"{sizes.validation} validation" + ("" if test is not None else f" + {sizes.test} test")
    return DataError(
        f"needs {wanted} + at least 1 train items with distinct prompts, got {there} from {name}",
        hint="Lower evaluation.validation and evaluation.test or give more data.",
    )


def _first(examples: Sequence[Example], key: Key, count: int) -> list[Example]:
    """The first `count` items of distinct identity."""
    found: dict[str, Example] = {}
    for item in examples:
        if len(found) == count:
            break
        found.setdefault(key(item), item)
    return list(found.values())
