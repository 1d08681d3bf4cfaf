"""Items: examples by the hashes that decide where they go, taken once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted

from domains.example import Example
from domains.examples import Examples, taken
from domains.leaks import normal, normal_pair

Key = Callable[[Example], str]
BYTES = 16
"""Of a hash. Two of a billion items agree by chance once in 10²⁰ data sets."""


def by_prompt(example: Example) -> str:
    """Identity of a structured item."""
    return normal(example.prompt)


def by_text(example: Example) -> str:
    """Identity of a creative item whose prompt recurs."""
    return normal(example.prompt + "\n" + example.answer)


@dataclass(frozen=True, slots=True)
class Item:
    """One example of a sequence. Normal forms and fingerprints take most of the time that preparation takes."""

    of: Sequence[Example]
    at: int
    prompt: bytes
    """Hash of the seed and `by_prompt`."""
    text: bytes
    """Hash of the seed and `by_text`."""
    own: bytes
    """Hash of the seed and the example's id."""
    prompt_lane: int
    text_lane: int
    """Numbers by hash of the seed and either identity."""

    @property
    def example(self) -> Example:
        """The example itself."""
        return self.of[self.at]

    def identity(self, key: Key) -> bytes:
        """Hash of what `key` gives: `by_prompt` or `by_text`."""
        return self.prompt if key is by_prompt else self.text

    def lane(self, key: Key) -> int:
        """The number that decides its lane."""
        return self.prompt_lane if key is by_prompt else self.text_lane

    def shown(self, key: Key) -> str:
        """The text that identity rests on, as it was written."""
        example = self.example
        return example.prompt if key is by_prompt else example.prompt + "\n" + example.answer


def items_of(examples: Sequence[Example], seed: int) -> list[Item]:
    """All of a sequence, in its order."""
    return [_item(examples, at, example, seed) for at, example in enumerate(examples)]


def distinct_items(items: Sequence[Item]) -> list[Item]:
    """The first of each prompt-and-answer pair, in the order of the last ones."""
    return list({item.text: item for item in reversed(items)}.values())[::-1]


def examples_of(items: Sequence[Item]) -> Sequence[Example]:
    """The examples again."""
    sources = {id(item.of) for item in items}
    if len(sources) == 1 and isinstance(items[0].of, Examples):
        return taken(items[0].of, (item.at for item in items))
    return tuple(item.example for item in items)


def _item(examples: Sequence[Example], at: int, example: Example, seed: int) -> Item:
    # Written out, not by way of `fingerprint` and the keys, whose values these are: this runs for every row.
    prompt, text = map(quoted, normal_pair(example.prompt, example.answer))
    return Item(
        of=examples,
        at=at,
        prompt=_hash(f"[{seed},{prompt}]"),
        text=_hash(f"[{seed},{text}]"),
        own=_hash(f"[{seed},{quoted(example.id)}]"),
        prompt_lane=int.from_bytes(_hash(f'[{seed},"lane",{prompt}]')[:4], "big"),
        text_lane=int.from_bytes(_hash(f'[{seed},"lane",{text}]')[:4], "big"),
    )


def _hash(text: str) -> bytes:
    """The first bytes of the fingerprint whose canonical JSON this is."""
    return sha256(text.encode()).digest()[:BYTES]
