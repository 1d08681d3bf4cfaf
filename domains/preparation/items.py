"""Items: examples by the hashes that decide where they go, taken once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted

from domains.example import Example
from domains.examples import Examples, taken, texts_of
from domains.preparation.leaks import normal, normal_pair

Key = Callable[[Example], str]
Hashes = tuple[bytes, bytes, bytes, int, int, bytes]
Known = Callable[[Example], bytes]
"""By what else an example is known to other domains; see crossings.py."""
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
    known: bytes = b""
    """What `Known` gave."""

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
        prompt, answer = texts_of(self.of, self.at)
        return prompt if key is by_prompt else prompt + "\n" + answer


def nothing(example: Example) -> bytes:
    """A `Known` where other domains do not matter."""
    return b""


def items_of(examples: Iterable[Example], seed: int, known: Known = nothing) -> list[Item]:
    """All of the examples in their order, each hashed while it is at hand, and kept as its line."""
    hashes: list[Hashes] = []

    def noted() -> Iterator[Example]:
        for example in examples:
            hashes.append((*_hashes(example, seed), known(example)))
            yield example

    kept = Examples.of(noted())
    return [Item(kept, at, *each) for at, each in enumerate(hashes)]


def distinct_items(items: Sequence[Item]) -> list[Item]:
    """The first of each prompt-and-answer pair, in the order of the last ones."""
    return list({item.text: item for item in reversed(items)}.values())[::-1]


def examples_of(items: Sequence[Item]) -> Sequence[Example]:
    """The examples again."""
    sources = {id(item.of) for item in items}
    if len(sources) == 1 and isinstance(items[0].of, Examples):
        return taken(items[0].of, (item.at for item in items))
    return tuple(item.example for item in items)


def _hashes(example: Example, seed: int) -> tuple[bytes, bytes, bytes, int, int]:
    # Written out, not by way of `Example.id`, `fingerprint` and the keys, whose values these are: for every row.
    prompt, text = map(quoted, normal_pair(example.prompt, example.answer))
    own = sha256(f"[{quoted(example.prompt)},{quoted(example.answer)}]".encode()).hexdigest()[:16]
    return (
        _hash(f"[{seed},{prompt}]"),
        _hash(f"[{seed},{text}]"),
        _hash(f'[{seed},"{own}"]'),
        int.from_bytes(_hash(f'[{seed},"lane",{prompt}]')[:4], "big"),
        int.from_bytes(_hash(f'[{seed},"lane",{text}]')[:4], "big"),
    )


def _hash(text: str) -> bytes:
    """The first bytes of the fingerprint whose canonical JSON this is."""
    return sha256(text.encode()).digest()[:BYTES]
